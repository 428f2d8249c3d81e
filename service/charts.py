"""Where the ink of a chart goes. Numbers only: the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from babel.dates import format_date

from service.domain.periods import next_month

WIDTH, HEIGHT = 320, 152  # about the pixels of a card, so that the words in a chart keep their size
LEFT, RIGHT, TOP, BOTTOM = 42, 306, 20, 126  # the frame the line is drawn in
_STEPS = (1, 2, 3, 4, 5, 6, 8, 10)
_ROOM = 4  # months a label needs beside it


@dataclass(frozen=True)
class Point:
    """A place in the chart, and the words beside it."""

    x: float
    y: float
    label: str = ""
    anchor: str = "middle"


@dataclass(frozen=True)
class Bar:
    """One bar, the ends of its margin along it when it has one, its name and its value."""

    x: float
    y: float
    width: float
    height: float
    name: Point
    value: Point
    whisker: tuple[float, float] | None = None


@dataclass(frozen=True)
class Chart:
    """One line over the months, broken where a month is hidden or not published; or bars."""

    lines: list[str]  # paths
    areas: list[str]  # paths
    alone: list[Point]  # months seen between two that are not
    veils: list[tuple[float, float]]  # left edge and width of each run of hidden months
    rungs: list[Point]  # the scale, from zero up
    feet: list[Point]  # the months
    last: Point | None  # the latest month, when it is seen
    year_before: Point | None  # the same month a year before, when it is seen
    bands: Sequence[str] = ()  # paths: what a value may truly be, or was expected to be
    bars: Sequence[Bar] = ()
    height: int = HEIGHT
    marks: Sequence[Point] = ()  # months that stand out


EMPTY = Chart([], [], [], [], [], [], None, None)


@dataclass(frozen=True)
class Series:
    """Month after month with none left out: None where there is nothing to draw; `hidden` when it was published."""

    months: Sequence[date]
    values: Sequence[Decimal | None]
    hidden: Sequence[bool]
    bounds: Sequence[tuple[Decimal, Decimal] | None] = ()  # least and most, month by month: drawn as a band
    standing_out: Sequence[bool] = ()


@dataclass(frozen=True)
class Scale:
    """From zero to `top`, with the words of a value."""

    top: Decimal
    unit: str = ""

    def in_words(self, value: Decimal) -> str:
        """Return a value of the scale without needless decimals."""
        return f"{value.normalize():f}".replace(".", ",") + self.unit


def month_in_short(month: date) -> str:
    """Return a month for the foot of a chart, for example « oct. 2026 »."""
    return str(format_date(month, "MMM y", locale="fr"))


def day_in_short(day: date) -> str:
    """Return a day for the foot of a chart, for example « 16 nov. »."""
    return str(format_date(day, "d MMM" if day.day > 1 else "d'er' MMM", locale="fr"))


def all_months(first: date, last: date) -> list[date]:
    """Return every month from the first to the last."""
    months = [first]
    while months[-1] < last:
        months.append(next_month(months[-1]))
    return months


def round_top(highest: Decimal) -> Decimal:
    """Return a round number at least as high, for the top of a scale."""
    if highest <= 0:
        return Decimal(1)
    power = Decimal(10) ** highest.adjusted()
    return next(step * power for step in _STEPS if step * power >= highest)


def draw(series: Series, scale: Scale, label: str) -> Chart:
    """Return the chart of a series; `label` is written beside the latest value."""
    points = [
        None if value is None else Point(_x(place, series), place_of(value, scale))
        for place, value in enumerate(series.values)
    ]
    runs = [list(run) for is_seen, run in groupby(points, key=lambda point: point is not None) if is_seen]
    strokes = [[point for point in run if point] for run in runs]
    last = points[-1]
    return Chart(
        lines=[_path(stroke) for stroke in strokes if len(stroke) > 1],
        areas=[_area(stroke) for stroke in strokes if len(stroke) > 1],
        alone=[stroke[0] for stroke in strokes if len(stroke) == 1],
        veils=_veils(series),
        rungs=rungs_of(scale),
        feet=_feet(series),
        last=Point(last.x, last.y, label, "end") if last else None,
        year_before=points[-13] if len(points) > 12 else None,  # noqa: PLR2004  Twelve months before the last.
        bands=_bands(series, scale),
        marks=[point for point, is_out in zip(points, series.standing_out, strict=False) if point and is_out],
    )


def draw_weeks(series: Series, scale: Scale, label: str) -> Chart:
    """Return the chart of a series whose places are weeks: their Mondays stand at its foot, nothing a year before."""
    weeks, end = series.months, len(series.months) - 1
    feet = [Point(_x(end, series), BOTTOM, day_in_short(weeks[end]), "end")]
    if end >= _ROOM:
        feet.append(Point(_x(0, series), BOTTOM, day_in_short(weeks[0]), "start"))
    return replace(draw(series, scale, label), feet=feet, year_before=None)


def _bands(series: Series, scale: Scale) -> list[str]:
    """Return one closed path for each run of months whose bounds are known."""
    places = list(enumerate(series.bounds))
    bands = []
    for is_known, run in groupby(places, key=lambda place: place[1] is not None):
        if is_known:
            ends = [(_x(place, series), *bounds) for place, bounds in run if bounds]
            low = [Point(x, _within(least, scale)) for x, least, _ in ends]
            high = [Point(x, _within(most, scale)) for x, _, most in ends]
            bands.append(f"{_path(high)}L{_path(low[::-1])[1:]}Z")
    return bands


def _within(value: Decimal, scale: Scale) -> float:
    return place_of(max(Decimal(0), min(value, scale.top)), scale)


def rungs_of(scale: Scale) -> list[Point]:
    """Return the lines of a scale: zero, its middle, its top."""
    return [
        Point(LEFT, place_of(value, scale), scale.in_words(value)) for value in (Decimal(0), scale.top / 2, scale.top)
    ]


def _step(series: Series) -> float:
    return (RIGHT - LEFT) / max(1, len(series.months) - 1)


def _x(place: int, series: Series) -> float:
    from_the_end = len(series.months) - 1 - place
    return round(RIGHT - from_the_end * _step(series), 1)


def place_of(value: Decimal, scale: Scale) -> float:
    """Return how far down a value stands."""
    return round(BOTTOM - float(value / scale.top) * (BOTTOM - TOP), 1)


def _path(stroke: Sequence[Point]) -> str:
    return "M" + "L".join(f"{point.x},{point.y}" for point in stroke)


def _area(stroke: Sequence[Point]) -> str:
    return f"{_path(stroke)}L{stroke[-1].x},{BOTTOM}L{stroke[0].x},{BOTTOM}Z"


def _veils(series: Series) -> list[tuple[float, float]]:
    """Cover each run of hidden months, half a step on each side, within the frame."""
    half, veils = _step(series) / 2, []
    for is_hidden, run in groupby(range(len(series.months)), key=lambda place: series.hidden[place]):
        if is_hidden:
            places = list(run)
            left, right = max(LEFT, _x(places[0], series) - half), min(RIGHT, _x(places[-1], series) + half)
            veils.append((round(left, 1), round(right - left, 1)))
    return veils


def _feet(series: Series) -> list[Point]:
    """Name the first and last months, and each January that has room between them."""
    end = len(series.months) - 1
    feet = [Point(_x(end, series), BOTTOM, month_in_short(series.months[end]), "end")]
    for place, month in enumerate(series.months[:end]):
        if place == 0 and end >= _ROOM:
            feet.append(Point(_x(place, series), BOTTOM, month_in_short(month), "start"))
        elif month.month == 1 and _ROOM < place < end - _ROOM:
            feet.append(Point(_x(place, series), BOTTOM, month_in_short(month)))
    return feet

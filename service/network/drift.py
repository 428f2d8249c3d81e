"""The panel of the text model's weeks: the table, three charts, and what they say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service.charts import Chart, Scale, Series, draw_weeks, round_top
from service.domain.quality import Week, merge, next_week
from service.journey.drift import Report, day_in_words, report, tenths
from service.journey.quality import SHOWN
from service.network.figures import whole

NOT_MEASURED = "non mesuré"
_HUNDRED = Decimal(100)
_DRAWN: dict[str, tuple[str, Callable[[Week], float | None]]] = {
    "inconnus": ("Mots inconnus", lambda week: week.unknown_share),
    "confiance": ("Confiance moyenne", lambda week: week.confidence),
    "corrections": ("Corrections", lambda week: week.override_rate),
}
HEADS = (
    "Messages lus", "Laissés à une personne", "Confiance moyenne", "Mots inconnus", "Corrigés en sept jours",
    "Tirés au sort", "Vérifiés", "Dont bons",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One chart with its name and what it says."""

    name: str
    label: str
    chart: Chart
    reading: str


@dataclass(frozen=True)
class Line:
    """One line of the table, as people read it; the cells are in the order of HEADS."""

    week: str
    version: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Drift:
    """The panel: what is said, the charts, and the lines of the table from the latest on."""

    report: Report
    charts: list[Figure]
    lines: list[Line]


def make_drift(weeks: Sequence[Week]) -> Drift:
    """Return what to show; `weeks` may go back further than what is shown, so that the first can be compared."""
    shown = merge(weeks)[-SHOWN:]
    return Drift(
        report=report(weeks),
        charts=[_figure(name, label, shown, value) for name, (label, value) in _DRAWN.items()] if shown else [],
        lines=[_line(week) for week in reversed(weeks) if week.week >= shown[0].week],
    )


def _line(week: Week) -> Line:
    unknown = NOT_MEASURED if week.unknown_share is None else tenths(week.unknown_share)
    return Line(
        day_in_words(week.week),
        week.model_version,
        (
            whole(week.messages),
            whole(week.abstained),
            tenths(week.confidence),
            unknown,
            whole(week.overridden),
            whole(week.drawn),
            whole(week.audited),
            whole(week.audited_right),
        ),
    )


def _figure(name: str, label: str, weeks: Sequence[Week], value: Callable[[Week], float | None]) -> Figure:
    by_week = {one.week: value(one) for one in weeks}
    calendar = _all_weeks(weeks[0].week, weeks[-1].week)
    shares = [by_week.get(week) for week in calendar]
    values = [None if share is None else Decimal(str(share)) * _HUNDRED for share in shares]
    highest = max((one for one in values if one is not None), default=Decimal(0))
    scale = Scale(min(_HUNDRED, round_top(highest)), "\u202f%")
    last = "" if shares[-1] is None else tenths(shares[-1])
    chart = draw_weeks(Series(calendar, values, [False] * len(calendar)), scale, last)
    return Figure(name, label, chart, _reading(list(zip(shares, calendar, strict=True))))


def _all_weeks(first: date, last: date) -> list[date]:
    weeks = [first]
    while weeks[-1] < last:
        weeks.append(next_week(weeks[-1]))
    return weeks


def _reading(points: Sequence[tuple[float | None, date]]) -> str:
    seen = [(share, week) for share, week in points if share is not None]
    if not seen:
        return "Pas encore de chiffre."
    (lowest, then), (highest, when), (last, week) = min(seen), max(seen), seen[-1]
    if lowest == highest:
        return f"{tenths(last)} chaque semaine."
    return (
        f"{tenths(last)}, semaine du {day_in_words(week)}. Le plus bas : {tenths(lowest)}, semaine du "
        f"{day_in_words(then)}. Le plus haut : {tenths(highest)}, semaine du {day_in_words(when)}."
    )

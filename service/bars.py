"""Bars and columns, for what is not a line over the months. Numbers only: the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from service.charts import BOTTOM, EMPTY, LEFT, RIGHT, WIDTH, Bar, Chart, Point, Scale, place_of, rungs_of

_LINE, _NAME, _THICK = 40, 20, 12  # a bar with its name over it


@dataclass(frozen=True)
class Length:
    """What one bar shows: None where there is nothing to draw; `words` stands beside it either way."""

    name: str
    value: Decimal | None
    words: str
    margin: Decimal = Decimal(0)


def draw_bars(lengths: Sequence[Length], scale: Scale) -> Chart:
    """Return bars that lie one under the other, each under its name, longest at the top of the scale."""
    bars = []
    for place, one in enumerate(lengths):
        top = place * _LINE + _NAME
        bars.append(
            Bar(
                x=0,
                y=top,
                width=0 if one.value is None else _along(one.value, scale),
                height=_THICK,
                name=Point(0, top - 5, one.name, "start"),
                value=Point(WIDTH, top - 5, one.words, "end"),
                whisker=_ends(one, scale),
            )
        )
    return replace(EMPTY, bars=bars, height=len(lengths) * _LINE)


def draw_columns(lengths: Sequence[Length], scale: Scale) -> Chart:
    """Return columns that stand side by side on one foot, each over its name, as the steps of a short scale."""
    step = (RIGHT - LEFT) / max(1, len(lengths))
    bars = []
    for place, one in enumerate(lengths):
        top = BOTTOM if one.value is None else place_of(one.value, scale)
        left = round(LEFT + place * step, 1)
        name = Point(round(left + step / 2, 1), BOTTOM + 18, one.name)
        bars.append(Bar(left + 2, top, round(step - 4, 1), round(BOTTOM - top, 1), name, replace(name, label="")))
    return replace(EMPTY, bars=bars, rungs=rungs_of(scale))


def _along(value: Decimal, scale: Scale) -> float:
    return round(float(max(Decimal(0), min(value, scale.top)) / scale.top) * WIDTH, 1)


def _ends(one: Length, scale: Scale) -> tuple[float, float] | None:
    if one.value is None or not one.margin:
        return None
    return _along(one.value - one.margin, scale), _along(one.value + one.margin, scale)

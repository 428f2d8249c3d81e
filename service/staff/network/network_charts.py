"""A member beside the middle of the network: curves over the months, and one strip a line of a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from service.charts import Chart, Scale, Series, all_months, draw, round_top
from service.journey.trends.own_standing import Line

WIDTH = 160  # of a strip, in its own units
_DOT = 5  # the radius of a dot: none is cut at an end
_TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Strip:
    """One line of a table, drawn: the middle of the network, its median, and the member's own dot."""

    band: tuple[float, float] | None  # left edge and width
    median: float | None
    own: float | None


def tenths(value: float | None) -> str:
    """Return a rate with one decimal; « n.s. » where it is not significant."""
    return "n.s." if value is None else f"{value:.1f}".replace(".", ",")


def highest(lines: Sequence[Line]) -> float:
    """Return the highest value that any of these lines shows."""
    values = [value for one in lines for value in (one.own, one.middle and one.middle.high) if value]
    return max(values, default=1.0)


def strip(line: Line, top: float) -> Strip:
    """Return where the ink of a line goes, on a scale from zero to `top`."""
    middle = line.middle
    band = None
    if middle and middle.low is not None and middle.high is not None:
        left, right = _x(middle.low, top), _x(middle.high, top)
        band = (left, max(round(right - left, 1), 1.0))
    return Strip(
        band,
        _x(middle.median, top) if middle and middle.median is not None else None,
        _x(line.own, top) if line.own is not None else None,
    )


def _x(value: float, top: float) -> float:
    return round(_DOT + (WIDTH - 2 * _DOT) * min(max(value, 0.0) / top, 1.0), 1)


def curve(months: Sequence[date], lines: Sequence[Line]) -> Chart:
    """Return the curve of a member over the months, in front of the middle of the network."""
    every = all_months(months[0], months[-1])
    known = dict(zip(months, lines, strict=True))
    found = [known.get(month) for month in every]
    values = [_decimal(one.own) if one else None for one in found]
    bounds = [_bounds(one) if one else None for one in found]
    scale = Scale(
        round_top(max([*(value for value in values if value), *(high for _, high in filter(None, bounds)), _TENTH]))
    )
    chart = draw(Series(every, values, [False] * len(every), bounds), scale, tenths(lines[-1].own))
    return replace(chart, areas=[], year_before=None)


def _bounds(line: Line) -> tuple[Decimal, Decimal] | None:
    if not line.middle or line.middle.low is None or line.middle.high is None:
        return None
    return _decimal(line.middle.low) or Decimal(0), _decimal(line.middle.high) or Decimal(0)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(_TENTH)

"""The published periods on a calendar: what stands in each, what was withdrawn, and the page as of an older month."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from service.charts import BOTTOM, LEFT, RIGHT, Chart, Point, Scale, Series, draw
from service.domain.estimates import Estimate
from service.domain.periods import end_of, months_before, next_month
from service.domain.products import PRODUCTS
from service.journey.dates import month_in_words, quarter_in_words
from service.journey.trends.published import Published
from service.network.figures import nice_top, quarter_in_short, week_in_words

WITHDRAWN, ABSENT = "retiré", "non publié"
_ROOM = 2  # quarters, for two names at the foot of a chart
_IN_WORDS: Mapping[str, Callable[[date], str]] = {
    "month": month_in_words,
    "quarter": quarter_in_words,
    "week": week_in_words,
}


@dataclass(frozen=True)
class Line:
    """A figure month after month, none left out: None where it is not shown or not published."""

    months: Sequence[date]
    values: Sequence[Estimate | None]
    absent: Mapping[date, str]  # month -> why there is no table


def as_of(published: Published, month: date) -> Published:
    """Return what was published once a month was: its own tables and those before, with what is wrong with them."""
    until = next_month(month)

    def is_known(code: str, period: date) -> bool:
        return code in PRODUCTS and end_of(period, PRODUCTS[code].length) <= until

    kept = {
        code: {period: one for period, one in periods.items() if is_known(code, period)}
        for code, periods in published.snapshots.items()
    }
    errata = tuple(one for one in published.errata if is_known(one.product, one.period))
    return replace(published, snapshots=kept, errata=errata)


def last_of(published: Published, product: str) -> date | None:
    """Return the latest published period of a product."""
    return next(reversed(published.periods(product)), None)


def same_last_year(published: Published, product: str, period: date) -> date | None:
    """Return the same month or quarter a year before, when it is published."""
    then = months_before(period, 12)
    return then if then in published.periods(product) else None


def stock_of(published: Published, product: str, period: date) -> int:
    """Return the dwellings of the network on the day a table was drawn."""
    return sum(published.dwellings(product, period).values())


def period_in_words(product: str, period: date) -> str:
    """Return a period as people say it."""
    return _IN_WORDS[PRODUCTS[product].length](period)


def errata_of(published: Published, *products: str) -> tuple[str, ...]:
    """Return what is known to be wrong with some products, in sentences."""
    return tuple(
        f"{period_in_words(one.product, one.period).capitalize()}, «\u00a0{PRODUCTS[one.product].label}\u00a0» : "
        f"{'tableau retiré. ' if one.is_withdrawn else ''}{one.words}"
        for one in published.errata
        if one.product in products
    )


def calendar(published: Published, product: str) -> list[date]:
    """Return every period from the first published one of a product to the last, none left out."""
    periods, length = published.periods(product), PRODUCTS[product].length
    found = periods[:1]
    while found and found[-1] < periods[-1]:
        found.append(end_of(found[-1], length))
    return found


def absences(published: Published, product: str) -> dict[date, str]:
    """Return the periods of a product that have no table, and why."""
    withdrawn = {one.period for one in published.errata if one.product == product and one.is_withdrawn}
    periods = published.periods(product)
    return {
        period: WITHDRAWN if period in withdrawn else ABSENT
        for period in calendar(published, product)
        if period not in periods
    }


def draw_line(line: Line, scale: Scale, label: str) -> Chart:
    """Return the chart of a line, with the band of its margins; a gap is left where nothing was published."""
    return draw(
        Series(
            line.months,
            [None if one is None else Decimal(str(one.value)) for one in line.values],
            [one is None and month not in line.absent for month, one in zip(line.months, line.values, strict=True)],
            [
                None if one is None else (Decimal(str(one.value - one.margin)), Decimal(str(one.value + one.margin)))
                for one in line.values
            ],
        ),
        scale,
        label,
    )


def draw_quarters(line: Line, scale: Scale, label: str) -> Chart:
    """Return the chart of a line whose places are quarters."""
    ends = [Point(RIGHT, BOTTOM, quarter_in_short(line.months[-1]), "end")]
    if len(line.months) > _ROOM:
        ends.append(Point(LEFT, BOTTOM, quarter_in_short(line.months[0]), "start"))
    return replace(draw_line(line, scale, label), feet=ends, year_before=None)


def scale_of(lines: Sequence[Line], unit: str = "") -> Scale:
    """Return one scale for several lines, so that their heights compare."""
    return Scale(
        nice_top(max((one.value + one.margin for line in lines for one in line.values if one), default=0)), unit
    )

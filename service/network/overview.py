"""All that the page of trends says, worked out from the published months and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service.charts import Chart, Scale, Series, all_months, draw, round_top
from service.domain.taxonomy import FAMILIES
from service.journey.trends import MonthOfTrends
from service.network.changes import reference_of, what_changed, year_before
from service.network.figures import hundredths, month_in_words, per_thousand, percent, share

SHOWN = 25  # months on the page: two years and the month they are compared with; the file has them all
PER_CENT = Scale(Decimal(100), "\u202f%")


@dataclass(frozen=True)
class Theme:
    """One family: its latest figure, the one it is compared with, its chart and what it says."""

    code: str
    label: str
    dwellings: int | None
    rate: Decimal | None
    rate_before: Decimal | None
    chart: Chart
    reading: str


@dataclass(frozen=True)
class Row:
    """One published month in the tables."""

    month: date
    rates: list[Decimal | None]  # in the order of the families
    answers: int | None
    satisfied: int | None
    share: Decimal | None


@dataclass(frozen=True)
class Overview:
    """The whole page."""

    latest: MonthOfTrends
    reference: MonthOfTrends | None
    published: int  # months, shown or not
    changes: list[str]
    themes: list[Theme]
    scale: str  # the top of every theme's chart
    satisfaction: Row
    satisfaction_before: Row | None  # the same month a year before
    satisfaction_chart: Chart
    satisfaction_reading: str
    rows: list[Row]  # the latest first

    @property
    def has_year_before(self) -> bool:
        """Whether the latest month is compared with the same month a year before."""
        return self.reference is not None and self.reference.month.month == self.latest.month.month


def make_overview(published: Sequence[MonthOfTrends]) -> Overview:
    """Return what to show of the published months, of which there is at least one."""
    months = published[-SHOWN:]
    rows, then = [_row(month) for month in months], year_before(months)
    scale = Scale(round_top(max((rate for row in rows for rate in row.rates if rate is not None), default=Decimal(0))))
    shares = _series(months, [row.share for row in rows])
    return Overview(
        latest=months[-1],
        reference=reference_of(months),
        published=len(published),
        changes=what_changed(months),
        themes=[
            _theme(months, family, [row.rates[place] for row in rows], scale) for place, family in enumerate(FAMILIES)
        ],
        scale=scale.in_words(scale.top),
        satisfaction=rows[-1],
        satisfaction_before=_row(then) if then else None,
        satisfaction_chart=draw(shares, PER_CENT, "" if rows[-1].share is None else percent(rows[-1].share)),
        satisfaction_reading=read_shares(rows),
        rows=rows[::-1],
    )


def _row(month: MonthOfTrends) -> Row:
    return Row(
        month=month.month,
        rates=[per_thousand(month.families.get(family), month.stock) for family in FAMILIES],
        answers=month.answers,
        satisfied=month.satisfied,
        share=share(month.satisfied, month.answers),
    )


def _series(months: Sequence[MonthOfTrends], values: Sequence[Decimal | None]) -> Series:
    """Put the values on the calendar: a month that was not published is empty, and is not called hidden."""
    by_month = {one.month: value for one, value in zip(months, values, strict=True)}
    calendar = all_months(months[0].month, months[-1].month)
    return Series(
        calendar,
        [by_month.get(month) for month in calendar],
        [month in by_month and by_month[month] is None for month in calendar],
    )


def _theme(months: Sequence[MonthOfTrends], family: str, rates: Sequence[Decimal | None], scale: Scale) -> Theme:
    reference, latest = reference_of(months), months[-1]
    label = "" if rates[-1] is None else hundredths(rates[-1])
    return Theme(
        code=family,
        label=FAMILIES[family],
        dwellings=latest.families.get(family),
        rate=rates[-1],
        rate_before=per_thousand(reference.families.get(family), reference.stock) if reference else None,
        chart=draw(_series(months, rates), scale, label),
        reading=read_theme(months, rates),
    )


def read_theme(months: Sequence[MonthOfTrends], rates: Sequence[Decimal | None]) -> str:
    """Return one sentence on a family's months, and its highest one."""
    seen = [(rate, one.month) for rate, one in zip(rates, months, strict=True) if rate is not None]
    name, then = month_in_words(months[-1].month), year_before(months)
    if not seen:
        return "Le chiffre est masqué tous les mois."
    if rates[-1] is None:
        rate, month = seen[-1]
        return f"Masqué en {name}. Le dernier chiffre visible est {hundredths(rate)}, en {month_in_words(month)}."
    said = f"{hundredths(rates[-1])} en {name}"
    if then:
        before = rates[list(months).index(then)]
        said += f", masqué en {month_in_words(then.month)}" if before is None else _against(before, then.month)
    highest, month = max(seen, key=lambda one: one[0])
    return f"{said}. Le mois le plus haut est {month_in_words(month)}, avec {hundredths(highest)}."


def _against(before: Decimal, month: date) -> str:
    return f", contre {hundredths(before)} en {month_in_words(month)}"


def read_shares(rows: Sequence[Row]) -> str:
    """Return one sentence on the satisfaction of the months that are seen."""
    seen = [(row.share, row.month) for row in rows if row.share is not None]
    if not seen:
        return "La satisfaction est masquée tous les mois."
    (lowest, then), (highest, when) = min(seen), max(seen)
    if lowest == highest:
        return f"La satisfaction est de {percent(lowest)} chaque mois visible."
    return (
        f"Sur les mois visibles, la satisfaction va de {percent(lowest)} en {month_in_words(then)} "
        f"à {percent(highest)} en {month_in_words(when)}."
    )

"""Steering one's own member: the period looked at and those it is compared with, and what figures are made of.

Figures are exact and the member's own. They are by team, agency and organisation, never by person.
"""

import math
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from service.domain.errors import BadInput

FEWEST = 5  # cases under which nobody is judged: one good or bad day decides alone
LONGEST = 366 * 3  # days that one page looks at
WEEKLY_UP_TO = 100  # days; a longer curve goes by month
RECURRING_FROM, RECURRING_WITHIN = 3, timedelta(weeks=12)  # one subject in one residence
WELL_ABOVE, WELL_ABOVE_FROM = 2, 5  # so many times what is usual there, and at least so many
_MONTHS = 12


@dataclass(frozen=True)
class Period:
    """Some days, both ends included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.since).days + 1

    @property
    def months(self) -> int | None:
        """How many months it covers when it begins with one, the last perhaps not over; None otherwise."""
        if self.since.day > 1:
            return None
        return (self.until.year - self.since.year) * _MONTHS + self.until.month - self.since.month + 1

    def before(self) -> "Period":
        """Return the period just before: as many months when it goes by months, as many days otherwise."""
        months = self.months
        return self.earlier(months) if months else self._moved(self.days)

    def year_before(self) -> "Period":
        """Return the same days a year before."""
        return self.earlier(_MONTHS)

    def earlier(self, months: int) -> "Period":
        """Return it so many months before; the end of a month stays the end of one."""
        return Period(_earlier(self.since, months), _earlier(self.until, months, to_the_end=_is_last(self.until)))

    def _moved(self, days: int) -> "Period":
        return Period(self.since - timedelta(days=days), self.until - timedelta(days=days))

    def cut_up(self) -> list["Period"]:
        """Return the weeks it is made of, or the months when it is long; the first and the last may be parts of one."""
        parts, since = [], self.since
        while since <= self.until:
            week = self.days <= WEEKLY_UP_TO
            end = since + timedelta(days=6 - since.weekday()) if week else _end_of_month(since)
            parts.append(Period(since, min(end, self.until)))
            since = end + timedelta(days=1)
        return parts


def _is_last(day: date) -> bool:
    return day == _end_of_month(day)


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _earlier(day: date, months: int, *, to_the_end: bool = False) -> date:
    year, month = divmod(day.year * _MONTHS + day.month - 1 - months, _MONTHS)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, last if to_the_end else min(day.day, last))


def _month(today: date, back: int) -> Period:
    first = _earlier(today.replace(day=1), back)
    return Period(first, _end_of_month(first) if back else today)


def _quarter(today: date, back: int) -> Period:
    first = _earlier(today.replace(day=1), (today.month - 1) % 3 + 3 * back)
    return Period(first, _end_of_month(_earlier(first, -2)) if back else today)


def _year(today: date) -> Period:
    return Period(_earlier(today, _MONTHS) + timedelta(days=1), today)


def usual_periods(today: date) -> dict[str, tuple[str, Period]]:
    """Return the periods people choose most, by the word of the address, with their names."""
    return {
        "mois": ("Ce mois", _month(today, 0)),
        "mois-dernier": ("Le mois dernier", _month(today, 1)),
        "trimestre": ("Ce trimestre", _quarter(today, 0)),
        "trimestre-dernier": ("Le trimestre dernier", _quarter(today, 1)),
        "12-mois": ("12 mois", _year(today)),
    }


def check_period(since: date, until: date) -> Period:
    """Return the period from one day to another; BadInput when it is none, or longer than a page looks at."""
    if until < since:
        raise BadInput("ends_before_it_starts", "au")
    if (until - since).days >= LONGEST:
        raise BadInput("too_long_a_period", "au")
    return Period(since, until)


def percentile(histogram: Mapping[int, int], share: float) -> int | None:
    """Return the least value that this share of the cases does not exceed; None when there are none."""
    wanted, seen = math.ceil(sum(histogram.values()) * share), 0
    for value in sorted(histogram):
        seen += histogram[value]
        if seen >= wanted > 0:
            return value
    return None


def part(some: int, whole: int) -> Decimal | None:
    """Return a share in per cent, to the tenth; None of nothing."""
    return _rounded(Decimal(100 * some) / whole) if whole else None


def per_thousand(count: int, dwellings: int) -> Decimal | None:
    """Return how many for 1,000 dwellings, to the tenth; None where there is no dwelling."""
    return _rounded(Decimal(1000 * count) / dwellings) if dwellings else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


def is_well_above(count: int, before: int, spans: float) -> bool:
    """Say whether a residence has many more of something than usual there: `before` of it in `spans` such spans."""
    return count >= WELL_ABOVE_FROM and count >= WELL_ABOVE * max(before / spans, 1)


Narrowing = Mapping[str, str]
_APART, _IS = ";", "="


def write_narrowing(narrowing: Narrowing) -> str:
    """Return what narrows a figure as an address carries it."""
    return _APART.join(f"{name}{_IS}{value}" for name, value in sorted(narrowing.items()))


def read_narrowing(key: str | None) -> dict[str, str]:
    """Return what narrows a figure; BadInput when the address was tampered with."""
    pairs = [one.partition(_IS) for one in (key or "").split(_APART) if one]
    if not all(name and value for name, _, value in pairs):
        raise BadInput("unknown_value", "cle")
    return {name: value for name, _, value in pairs}

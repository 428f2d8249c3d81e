"""When one member works: its opening hours, its closed days. Instants go in and out, days are those of Paris."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SATURDAY = 5
_ZONE = ZoneInfo("Europe/Paris")
_LONGEST_CLOSURE = 3650  # days; a calendar closed for longer is a mistake, not a holiday


class NeverOpen(Exception):
    """The calendar has no working day for years."""


@dataclass(frozen=True)
class WorkingTime:
    """The hours of one member. `is_closed` says which days are off besides weekends: public holidays, closures."""

    is_closed: Callable[[date], bool]
    opens_at: time = time(8, 30)
    closes_at: time = time(17, 30)
    zone: ZoneInfo = _ZONE

    def day_of(self, at: datetime) -> date:
        """Return the day it is in the member's offices."""
        return at.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Say whether the offices are open that day."""
        return day.weekday() < _SATURDAY and not self.is_closed(day)

    def is_open(self, at: datetime) -> bool:
        """Say whether somebody is at the office at that instant."""
        there = at.astimezone(self.zone)
        return self.is_working_day(there.date()) and self.opens_at <= there.time() < self.closes_at

    def after(self, day: date, count: int) -> date:
        """Return the day that is `count` working days after `day`; with zero, the day itself, working or not.

        Raises
        ------
        NeverOpen
            When ten years hold too few working days.

        """
        found = day
        for _ in range(count):
            found = self._next(found)
        return found

    def _next(self, day: date) -> date:
        for later in range(1, _LONGEST_CLOSURE):
            found = day + timedelta(days=later)
            if self.is_working_day(found):
                return found
        raise NeverOpen(day.isoformat())

    def between(self, first: date, last: date) -> int:
        """Return how many working days come after `first`, up to `last` included; zero when `last` is not later."""
        days = (first + timedelta(days=one) for one in range(1, (last - first).days + 1))
        return sum(map(self.is_working_day, days))

    def ages(self, days: Collection[date], last: date) -> dict[date, int]:
        """Return how many working days come after each of several days, up to `last` included: read once for all."""
        found, count, day = dict.fromkeys(days, 0), 0, last
        first = min(days, default=last)
        while day >= first:
            if day in found:
                found[day] = count
            count += self.is_working_day(day)
            day -= timedelta(days=1)
        return found

    def end_of(self, day: date) -> datetime:
        """Return the instant, in UTC, at which the offices close that day, whether they open or not."""
        return datetime.combine(day, self.closes_at, self.zone).astimezone(UTC)

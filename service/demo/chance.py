"""Reproducible chance: one seed, and an independent stream of draws for each purpose."""

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from service.journey.ports import Calendar
from service.journey.submission.submission import PARIS

_SATURDAY = 5
OPENS, CLOSES = 8.5, 17.5  # hours of a working day


def stream(seed: int, *purpose: str) -> Random:
    """Return the draws of one purpose: adding draws to one purpose leaves the others as they were."""
    return Random("/".join((str(seed), *purpose)))


def new_id(random: Random) -> UUID:
    """Return an id of the usual kind, drawn from the stream."""
    return UUID(int=random.getrandbits(128), version=4)


def new_phone(random: Random) -> str:
    """Return a mobile number in the range kept for fiction."""
    return f"06 39 98 {random.randrange(100):02d} {random.randrange(100):02d}"


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Say whether offices are open that day."""
    return day.weekday() < _SATURDAY and not calendar.is_holiday(day)


def in_office_hours(random: Random, day: date) -> datetime:
    """Return a moment of the day when somebody is at the office, in Paris time."""
    hours = random.uniform(OPENS, CLOSES)
    return datetime.combine(day, time(), PARIS) + timedelta(seconds=int(hours * 3600))


def working_days_after(random: Random, moment: datetime, days: int, calendar: Calendar) -> datetime:
    """Return an office moment a number of working days after `moment`; zero is the same day when still possible."""
    day = moment.astimezone(PARIS).date()
    for _ in range(days):
        day = _next_open(day + timedelta(days=1), calendar)
    wanted = in_office_hours(random, _next_open(day, calendar))
    if wanted > moment:
        return wanted
    return in_office_hours(random, _next_open(day + timedelta(days=1), calendar))


def _next_open(day: date, calendar: Calendar) -> date:
    while not is_working_day(day, calendar):
        day += timedelta(days=1)
    return day

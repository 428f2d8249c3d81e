"""When a tenant is promised a first answer. Whole days, in the member's working week."""

from collections.abc import Callable
from datetime import date, timedelta

# Working days until the first human answer, by urgency; zero means the same day, working or not.
PROMISED_WORKING_DAYS = {"danger": 0, "urgent": 1, "normal": 5, "faible": 5}
_SATURDAY = 5


def promised_answer_by(received_on: date, urgency: str | None, is_holiday: Callable[[date], bool]) -> date:
    """Return the day by which a person will have answered; what is not sorted yet is promised as `normal`."""
    day = received_on
    remaining = PROMISED_WORKING_DAYS[urgency or "normal"]
    while remaining:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and not is_holiday(day):
            remaining -= 1
    return day


def tighten(promised: date, candidate: date) -> date:
    """Return the earlier date: a promise already made to a tenant is never put back."""
    return min(promised, candidate)

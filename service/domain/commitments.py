"""What is promised to a tenant for a day: which days may be named, and whether it was kept. Pure rules."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from service.domain.errors import BadInput
from service.domain.submission import MAX_REASON, check_text

FARTHEST = timedelta(days=365)
_PARIS = ZoneInfo("Europe/Paris")


class Standing(StrEnum):
    """Whether it was kept."""

    COMING = "coming"
    LATE = "late"
    KEPT = "kept"
    DROPPED = "dropped"


IN_WORDS = {
    Standing.COMING: "À venir",
    Standing.LATE: "En retard",
    Standing.KEPT: "Tenu",
    Standing.DROPPED: "Retiré",
}


def check_promise(what: str, due_on: date, today: date) -> None:
    """Check what is about to be promised.

    Raises
    ------
    BadInput
        `blank` or `too_long` on `what`; `day_passed` or `day_too_far` on `due_on`.

    """
    check_text(what, "what", MAX_REASON)
    check_day(due_on, today)


def check_day(due_on: date, today: date) -> None:
    """Check a day on which something is to be done: neither past nor beyond a year."""
    if due_on < today:
        raise BadInput("day_passed", "due_on")
    if due_on > today + FARTHEST:
        raise BadInput("day_too_far", "due_on")


def standing(due_on: date, kept_at: datetime | None, dropped_at: datetime | None, today: date) -> Standing:
    """Return where a promise stands on a day; what was kept after its day was kept late."""
    if dropped_at:
        return Standing.DROPPED
    if kept_at:
        return Standing.LATE if kept_at.astimezone(_PARIS).date() > due_on else Standing.KEPT
    return Standing.LATE if due_on < today else Standing.COMING

"""What the network may read: whole closed months, distinct dwellings, nothing small."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

MIN_DWELLINGS = 11  # a figure standing on fewer distinct dwellings is hidden
PUBLISH_FROM_DAY = 5  # of the following month


def month_start(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous_month(month: date) -> date:
    """Return the first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def last_publishable_month(today: date) -> date:
    """Return the latest month that is over and has had its five days for late entries."""
    month = previous_month(today)
    return month if today.day >= PUBLISH_FROM_DAY else previous_month(month)


def hide_small(count: int) -> int | None:
    """Return the count, or None when it stands on too few dwellings to be shown."""
    return count if count >= MIN_DWELLINGS else None


def hide_small_share(part: int, whole: int) -> int | None:
    """Return the part, or None when it or the rest of the whole is too small to be shown."""
    return part if min(part, whole - part) >= MIN_DWELLINGS else None


def add_up(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sum, key by key, of the members' own counts; a dwelling belongs to one member only."""
    total: dict[str, int] = {}
    for one in counts:
        for key, value in one.items():
            total[key] = total.get(key, 0) + value
    return total

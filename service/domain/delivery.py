"""How often an outside delivery is tried again, and when it is given up to a person."""

from datetime import timedelta

# Wait after the n-th failed attempt. After the last one a named person is told.
BACK_OFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
CLAIM = timedelta(seconds=90)  # how long one process may hold a delivery before another takes it over


def next_wait(failed_attempts: int) -> timedelta | None:
    """Return how long to wait before trying again, or None when it is time to give up."""
    return BACK_OFF[failed_attempts - 1] if failed_attempts <= len(BACK_OFF) else None

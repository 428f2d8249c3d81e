"""Whom to call for a danger, and when again, until somebody says that they have it."""

from datetime import timedelta

FIRST, SECOND, EVERYBODY = 1, 2, 3  # levels of those on duty
_ROUNDS = 2  # at each of the first two levels
_SOON, _LATER = timedelta(minutes=5), timedelta(minutes=15)


def level_of(number: int) -> int:
    """Return who is called in the round of this number, the first one being 1."""
    return min(EVERYBODY, FIRST + (number - 1) // _ROUNDS)


def is_new_level(number: int) -> bool:
    """Say whether a round is the first of its level."""
    return number == 1 or level_of(number) != level_of(number - 1)


def wait_after(number: int) -> timedelta:
    """Return how long to wait for an acknowledgement before the next round."""
    return _LATER if level_of(number) == EVERYBODY else _SOON

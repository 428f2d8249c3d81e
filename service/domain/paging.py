"""Whom to call for a danger, and when again, until somebody says that they have it.

Neighbours who write of one danger are called about once: see `speaks_for`. What is in doubt is called about.
"""

from collections.abc import Iterable
from datetime import timedelta

FIRST, SECOND, EVERYBODY = 1, 2, 3  # levels of those on duty
_ROUNDS = 2  # at each of the first two levels
SOON, _LATER = timedelta(minutes=5), timedelta(minutes=15)

# What happens to one person: a neighbour's is another danger, whatever the trouble of the building.
OWN = frozenset({"aggression", "weapon", "distress", "child", "health", "locked_in"})
# What somebody may be in at this moment: of each such message those called are told, gathered minute by minute.
IMMEDIATE = frozenset({"gas", "co", "fire", "trapped"})
BETWEEN = timedelta(minutes=1)  # two such words to the same people
STEPS = (2, 5, 10, 25, 50, 100, 250, 500, 1000)  # households at which those called hear that there are more
# How long after somebody took a danger in hand the same danger, written by a neighbour, is taken for theirs.
_HELD_FOR, _HELD_FOR_IMMEDIATE = timedelta(hours=12), timedelta(hours=1)


def level_of(number: int) -> int:
    """Return who is called in the round of this number, the first one being 1."""
    return min(EVERYBODY, FIRST + (number - 1) // _ROUNDS)


def is_new_level(number: int) -> bool:
    """Say whether a round is the first of its level."""
    return number == 1 or level_of(number) != level_of(number - 1)


def wait_after(number: int) -> timedelta:
    """Return how long to wait for an acknowledgement before the next round."""
    return _LATER if level_of(number) == EVERYBODY else SOON


def kinds_of(types: Iterable[str], category: str | None) -> frozenset[str]:
    """Return what a danger is about: the types heard, or its subject where none was."""
    return frozenset(types) or frozenset({category or "unknown"})


def speaks_for(called: frozenset[str], kinds: frozenset[str]) -> bool:
    """Say whether calls about some kinds of danger stand for a neighbour's: nothing of it is of another kind."""
    return kinds <= called and not kinds & OWN


def is_immediate(kinds: frozenset[str]) -> bool:
    """Say whether whoever wrote may be in it at this moment."""
    return bool(kinds & IMMEDIATE)


def held_for(kinds: frozenset[str]) -> timedelta:
    """Return how long a danger that somebody has covers what neighbours write of it afterwards."""
    return _HELD_FOR_IMMEDIATE if is_immediate(kinds) else _HELD_FOR


def is_a_step(households: int, told: int) -> bool:
    """Say whether those who were told of some households should hear that there are so many now."""
    return any(told < step <= households for step in STEPS)

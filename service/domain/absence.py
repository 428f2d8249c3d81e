"""Who does the work of somebody who is away, or who left."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Post:
    """What counts of one person on one day."""

    is_here: bool
    substitute_id: UUID | None = None  # of whoever left: who took over


def is_away(since: date | None, until: date | None, today: date) -> bool:
    """Say whether somebody is away, from the first day to the last, both included; without a last day, for long."""
    return since is not None and since <= today and (until is None or today <= until)


def stands_in(person_id: UUID, posts: Mapping[UUID, Post], but: Container[UUID] = ()) -> UUID | None:
    """Return who does a person's work: that person, or the first of the substitutes who is here; None when nobody is.

    A substitute who is away too has one in turn. `but` are those who may not be given this work.
    """
    seen: set[UUID] = set()
    current: UUID | None = person_id
    while current is not None and current not in seen and current in posts:
        if posts[current].is_here and current not in but:
            return current
        seen.add(current)
        current = posts[current].substitute_id
    return None


def would_loop(person_id: UUID, substitute_id: UUID, posts: Mapping[UUID, Post]) -> bool:
    """Say whether work given to this substitute would come back to the person while both are away."""
    seen: set[UUID] = set()
    current: UUID | None = substitute_id
    while current is not None and current not in seen:
        if current == person_id:
            return True
        seen.add(current)
        current = posts[current].substitute_id if current in posts else None
    return False

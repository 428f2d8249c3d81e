"""Who is called in danger at which hours: a level where somebody was named stays one where somebody is."""

from collections.abc import Iterable
from dataclasses import dataclass

from service.domain.routing import OFF, WORKING

PERIODS = (WORKING, OFF)
Place = tuple[int, str]  # a level, and one of the periods


@dataclass(frozen=True)
class Call:
    """At which level somebody is called, and when: `hours` is working or off by the member's hours; None: always."""

    level: int
    hours: str | None = None

    @property
    def places(self) -> frozenset[Place]:
        """Every level and period this stands for."""
        return frozenset((self.level, period) for period in PERIODS if self.is_made(is_working=period == WORKING))

    def is_made(self, *, is_working: bool) -> bool:
        """Say whether somebody is called at that moment."""
        return self.hours is None or (self.hours == WORKING) is is_working


def emptied(before: Iterable[Call], after: Iterable[Call]) -> frozenset[Place]:
    """Return the levels and periods where somebody was called by name, and nobody would be any more."""
    return _covered(before) - _covered(after)


def _covered(calls: Iterable[Call]) -> frozenset[Place]:
    return frozenset[Place]().union(*(call.places for call in calls))

"""What a clock is made of: the events heard, the pauses, the delay that runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.domain.deadlines import PAUSABLE, Clock, Target
from service.domain.status import EventKind
from service.domain.working_time import WorkingTime

MACHINES = frozenset({"tenant", "model", "lexicon", "rules", "system"})  # actors that are not people of the member


@dataclass(frozen=True)
class Happening:
    """What is needed of one event."""

    kind: EventKind
    at: datetime
    actor: str
    data: Mapping[str, Any]

    @property
    def is_by_person(self) -> bool:
        """Whether somebody did it, rather than the service or the tenant."""
        return self.actor not in MACHINES


@dataclass(frozen=True)
class Pause:
    """The tenant was asked; `until` is None while nobody knows when it ends."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Run:
    """One clock in the present cycle: the delay in force and the instant it counts from."""

    clock: Clock
    target: Target
    since: datetime
    began_at: datetime
    stopped_at: datetime | None = None
    extension: int = 0  # working days

    def due(self, time: WorkingTime, pauses: Iterable[Pause] = ()) -> datetime:
        """Return when it is due, the finished pauses being added."""
        mine = [pause for pause in pauses if self.clock in PAUSABLE and pause.until and pause.until > self.since]
        spans = [(max(pause.since, self.since), pause.until or pause.since) for pause in mine]
        days = sum(time.between(time.day_of(first), time.day_of(last)) for first, last in spans)
        waited = sum((last - first for first, last in spans), timedelta())
        return self.target.due(self.since, time, added=days + self.extension, waited=waited)

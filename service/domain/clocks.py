"""What the history of a complaint says of its clocks. Everything is made anew from the events; nothing is kept here.

A cycle begins when the tenant writes and again when they reopen. In a cycle each clock has a delay counted from an
instant; pauses and the extension lengthen it; an event stops it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service.domain.cycle import Cycle, hear
from service.domain.deadlines import PAUSABLE, Clock, Target, Targets
from service.domain.runs import Happening, Run
from service.domain.status import EventKind
from service.domain.working_time import WorkingTime


@dataclass(frozen=True)
class ClockState:
    """One clock now. `due_at` is None while it is paused or once it stopped."""

    clock: Clock
    target: Target
    since: datetime
    due_at: datetime | None
    is_paused: bool
    extension: int
    stopped_at: datetime | None
    is_late: bool


@dataclass(frozen=True)
class Clocks:
    """Every clock of a complaint now."""

    states: tuple[ClockState, ...]
    promised: date  # of the first answer in this cycle, before any pause: only ever tightened
    is_vital: bool
    paused_since: datetime | None
    resumes_at: datetime | None  # by itself, when the tenant does not answer
    can_pause: bool
    can_extend: bool

    @property
    def next(self) -> ClockState | None:
        """The running clock that is due first."""
        due = [state for state in self.states if state.due_at is not None]
        return min(due, key=lambda state: (state.due_at, state.clock)) if due else None

    @property
    def is_paused(self) -> bool:
        """Whether the tenant's answer is waited for."""
        return self.paused_since is not None


def read_clocks(history: Sequence[Happening], fallback: Targets, time: WorkingTime, now: datetime) -> Clocks:
    """Return every clock as the events say, at an instant.

    `fallback` are the delays in force while no event has set any, and for complaints older than such events. The
    history begins with the submission; what is not of HEARD changes nothing.
    """
    cycle = Cycle(time, history[0].at, fallback)
    for event in history[1:]:
        if event.kind == EventKind.REOPENED:
            cycle = Cycle(time, event.at, cycle.targets, cycle.is_vital, has_organisation=cycle.has_organisation)
        else:
            hear(cycle, event)
    cycle.settle(now)
    return Clocks(
        states=tuple(_state(cycle, run, now) for run in cycle.runs.values()),
        promised=cycle.promised or time.day_of(cycle.started_at),
        is_vital=cycle.is_vital,
        paused_since=cycle.waiting.since if cycle.waiting else None,
        resumes_at=cycle.resumes_at,
        can_pause=cycle.can_pause,
        can_extend=cycle.can_extend,
    )


def _state(cycle: Cycle, run: Run, now: datetime) -> ClockState:
    is_running = run.stopped_at is None
    is_paused = is_running and run.clock in PAUSABLE and cycle.waiting is not None
    due = run.due(cycle.time, cycle.pauses)
    return ClockState(
        clock=run.clock,
        target=run.target,
        since=run.since,
        due_at=due if is_running and not is_paused else None,
        is_paused=is_paused,
        extension=run.extension,
        stopped_at=run.stopped_at,
        is_late=due < (run.stopped_at or now) and not is_paused,
    )

"""One wait of a tenant, from the message or the reopening to the end, as its events tell it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from service.domain.deadlines import (
    EXTENDABLE,
    LONGEST_EXTENSION,
    LONGEST_PAUSE,
    PAUSABLE,
    Clock,
    Targets,
    Unit,
    read_targets,
)
from service.domain.runs import Happening, Pause, Run
from service.domain.status import EventKind
from service.domain.working_time import WorkingTime

_ENDS = frozenset({EventKind.CLOSED, EventKind.PASSED_ON})
# A person's hand on it shows that it was read.
_READS = _ENDS | {
    EventKind.ASSIGNED, EventKind.CORRECTED, EventKind.CONFIRMED, EventKind.TRANSFERRED, EventKind.REFUSED,
    EventKind.ASKED, EventKind.ANSWERED, EventKind.ACKNOWLEDGED, EventKind.PLANNED, EventKind.MENDED,
    EventKind.COMMITTED, EventKind.PARTNER_WRITTEN, EventKind.PLACED,
}  # fmt: skip
_ANSWERS = frozenset({EventKind.ANSWERED, EventKind.INCIDENT_NEWS})
_GIVES = frozenset({EventKind.ROUTED, EventKind.TRANSFERRED})
_TAKES = _ENDS | {
    EventKind.ACCEPTED, EventKind.REFUSED, EventKind.PLANNED, EventKind.WORK_DONE, EventKind.ANSWERED,
}  # fmt: skip
_RESUMES = _ENDS | {EventKind.TENANT_WROTE, EventKind.ANSWERED, EventKind.DANGER_RAISED}
# What this module listens to; anything else leaves the clocks as they are.
HEARD = frozenset(
    {
        EventKind.SUBMITTED, EventKind.REOPENED, EventKind.TARGETS_SET, EventKind.EXTENDED, EventKind.NOTED,
        *_READS, *_ANSWERS, *_GIVES, *_TAKES, *_RESUMES,
    }
)  # fmt: skip


@dataclass
class Cycle:
    """What the events heard so far amount to."""

    time: WorkingTime
    started_at: datetime
    targets: Targets
    is_vital: bool = False
    is_set: bool = False  # a target was set in this cycle
    is_over: bool = False
    was_extended: bool = False
    has_organisation: bool = False
    promised: date | None = None

    def __post_init__(self) -> None:
        self.pauses: list[Pause] = []
        self.runs: dict[Clock, Run] = {}
        for clock in (Clock.READ, Clock.FIRST_ANSWER):
            self.start(clock, self.started_at)
        if self.has_organisation:
            self.start(Clock.HANDOVER, self.started_at)
        self.promise()

    def start(self, clock: Clock, at: datetime) -> None:
        """Let a clock run from an instant."""
        self.runs[clock] = Run(clock, self.targets[clock], at, at)

    def stop(self, clock: Clock, at: datetime) -> None:
        """Stop a clock that runs."""
        run = self.runs.get(clock)
        if run and run.stopped_at is None:
            self.runs[clock] = replace(run, stopped_at=at)

    def promise(self) -> None:
        """Keep the earliest day ever given for the first answer."""
        day = self.time.day_of(self.runs[Clock.FIRST_ANSWER].due(self.time))
        self.promised = min(self.promised or day, day)

    @property
    def waiting(self) -> Pause | None:
        """The pause that is not over."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].until is None else None

    @property
    def pause_left(self) -> int:
        """Working days that pauses may still last in this cycle."""
        days = (self.time.between(self.time.day_of(one.since), self.time.day_of(one.until or one.since))
                for one in self.pauses)  # fmt: skip
        return LONGEST_PAUSE - sum(days)

    @property
    def resumes_at(self) -> datetime | None:
        """When the open pause ends by itself."""
        if self.waiting is None:
            return None
        return self.time.end_of(self.time.after(self.time.day_of(self.waiting.since), self.pause_left))

    def resume(self, at: datetime) -> None:
        """End the open pause at an instant, or when it ended by itself if that was before."""
        waiting, last = self.waiting, self.resumes_at
        if waiting and last:
            self.pauses[-1] = Pause(waiting.since, max(waiting.since, min(at, last)))

    def settle(self, at: datetime) -> None:
        """End the open pause if it was over by itself at that instant."""
        if self.resumes_at and self.resumes_at <= at:
            self.resume(at)

    @property
    def can_pause(self) -> bool:
        """Whether a question would make a clock wait."""
        running = any(clock in PAUSABLE and run.stopped_at is None for clock, run in self.runs.items())
        return running and not self.is_vital and not self.waiting and self.pause_left > 0

    @property
    def can_extend(self) -> bool:
        """Whether the full answer may still be put back."""
        run = self.runs.get(EXTENDABLE)
        is_running = run is not None and run.stopped_at is None and run.target.unit == Unit.WORKING_DAYS
        return is_running and not self.is_vital and not self.was_extended


def hear(cycle: Cycle, event: Happening) -> None:
    """Let an event change the cycle; once it is over, nothing does but another cycle."""
    if cycle.is_over:
        return
    for kinds, change in _CHANGES:
        if event.kind in kinds:
            change(cycle, event)


def _resume(cycle: Cycle, event: Happening) -> None:
    cycle.resume(event.at)


def _read(cycle: Cycle, event: Happening) -> None:
    if event.is_by_person:
        cycle.stop(Clock.READ, event.at)


def _answer(cycle: Cycle, event: Happening) -> None:
    cycle.stop(Clock.FIRST_ANSWER, event.at)
    if Clock.FULL_ANSWER not in cycle.runs:
        cycle.start(Clock.FULL_ANSWER, event.at)


def _give(cycle: Cycle, event: Happening) -> None:
    """Hand it over, or take it back: a clock runs while an outside organisation has not answered."""
    cycle.stop(Clock.HANDOVER, event.at)
    cycle.has_organisation = bool(event.data.get("organisation"))
    if cycle.has_organisation:
        cycle.start(Clock.HANDOVER, event.at)


def _take(cycle: Cycle, event: Happening) -> None:
    if event.kind != EventKind.NOTED or event.data.get("by_mail"):
        cycle.stop(Clock.HANDOVER, event.at)


def _ask(cycle: Cycle, event: Happening) -> None:
    if cycle.can_pause:
        cycle.pauses.append(Pause(event.at))


def _extend(cycle: Cycle, event: Happening) -> None:
    if cycle.can_extend:
        run = cycle.runs[EXTENDABLE]
        cycle.was_extended = True
        cycle.runs[EXTENDABLE] = replace(run, extension=max(0, min(int(event.data["days"]), LONGEST_EXTENSION)))


def _set_targets(cycle: Cycle, event: Happening) -> None:
    """Take the delays frozen in the event.

    The first ones of a cycle count from its beginning. Later ones too when they are looser; tighter ones count from
    the moment the urgency was known, and never put back what was due.
    """
    cycle.targets = read_targets(event.data)
    cycle.is_vital = bool(event.data.get("is_vital"))
    if cycle.is_vital:
        cycle.resume(event.at)
    for clock, run in cycle.runs.items():
        if run.stopped_at is None:
            cycle.runs[clock] = _retarget(cycle, run, event.at)
    cycle.is_set = True
    cycle.promise()


def _retarget(cycle: Cycle, run: Run, at: datetime) -> Run:
    loose = replace(run, target=cycle.targets[run.clock], since=run.began_at)
    if not cycle.is_set or loose.due(cycle.time) >= run.due(cycle.time):
        return loose
    return min(run, replace(loose, since=max(at, loose.since)), key=lambda one: one.due(cycle.time))


def _end(cycle: Cycle, event: Happening) -> None:
    for clock in Clock:
        cycle.stop(clock, event.at)
    cycle.is_over = True


# Heard in this order: an answer first ends the pause, then stops one clock and starts another.
_CHANGES: tuple[tuple[frozenset[EventKind], Callable[[Cycle, Happening], None]], ...] = (
    (_RESUMES, _resume),
    (_READS, _read),
    (_GIVES, _give),
    (_TAKES | {EventKind.NOTED}, _take),
    (_ANSWERS, _answer),
    (frozenset({EventKind.ASKED}), _ask),
    (frozenset({EventKind.EXTENDED}), _extend),
    (frozenset({EventKind.TARGETS_SET}), _set_targets),
    (_ENDS, _end),
)

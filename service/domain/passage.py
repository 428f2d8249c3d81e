"""What steering counts of a complaint, made from its events: the delays of its first wait, and where it was sent first.

A reopening begins another wait. It is counted, but changes nothing of how the first one went: a member can be judged
on it once, and the figure of a past month stays what it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from service.domain.cycle import Cycle, hear
from service.domain.deadlines import PAUSABLE, Clock, Targets
from service.domain.runs import Happening
from service.domain.status import EventKind
from service.domain.working_time import WorkingTime


@dataclass(frozen=True)
class Passage:
    """How one complaint went through the member. Days are working days, the pauses taken out."""

    answer_due_at: datetime
    answer_done_at: datetime | None
    answer_days: int | None
    full_due_at: datetime | None  # None before the first answer
    full_done_at: datetime | None
    full_days: int | None  # from the message, not from the first answer: this is what a tenant lives through
    reopenings: int
    was_extended: bool
    first_category: str | None  # None: read by nobody, or not for sure
    first_team: str | None  # by name, as the event has it
    lost_days: int | None  # from the first desk to the last; None when it never changed hands


def read_passage(
    history: Sequence[Happening], fallback: Targets, time: WorkingTime, now: datetime, category: str | None = None
) -> Passage:
    """Return what the history says, which begins with the submission and holds what domain.cycle hears.

    `category` is the present one: that of a history which says nothing of it, for nobody ever changed it.
    """
    first = list(takewhile(lambda one: one.kind != EventKind.REOPENED, history))
    cycle = Cycle(time, first[0].at, fallback)
    for event in first[1:]:
        hear(cycle, event)
    cycle.settle(history[len(first)].at if len(first) < len(history) else now)
    answer, full = cycle.runs[Clock.FIRST_ANSWER], cycle.runs.get(Clock.FULL_ANSWER)
    ended = answer.stopped_at if cycle.is_over else None  # Ended without an answer before: one word was both.
    full_done = full.stopped_at if full else ended
    return Passage(
        answer_due_at=answer.due(time, cycle.pauses),
        answer_done_at=answer.stopped_at,
        answer_days=_days(cycle, answer.stopped_at, Clock.FIRST_ANSWER),
        full_due_at=full.due(time, cycle.pauses) if full else (answer.due(time, cycle.pauses) if ended else None),
        full_done_at=full_done,
        full_days=_days(cycle, full_done, Clock.FULL_ANSWER),
        reopenings=sum(one.kind == EventKind.REOPENED for one in history),
        was_extended=cycle.was_extended,
        first_category=_first_category(first, category),
        first_team=next((one.data.get("team") for one in first if one.kind == EventKind.ROUTED), None),
        lost_days=_lost_days(history, time),
    )


def _days(cycle: Cycle, done_at: datetime | None, clock: Clock) -> int | None:
    """Return the working days from the message to an instant, without those on which the tenant was waited for."""
    if done_at is None:
        return None
    time = cycle.time
    days = time.between(time.day_of(cycle.started_at), time.day_of(done_at))
    over = [pause for pause in cycle.pauses if clock in PAUSABLE and pause.until and pause.since < done_at]
    waited = sum(time.between(time.day_of(one.since), time.day_of(min(one.until or done_at, done_at))) for one in over)
    return max(days - waited, 0)


def _first_category(first: Sequence[Happening], category: str | None) -> str | None:
    """Return the subject as it was first read: delays are set for it at once; a person may have been quicker."""
    for one in first:
        if one.kind == EventKind.TARGETS_SET:
            return one.data.get("category")
        if one.kind == EventKind.CORRECTED:
            return one.data.get("from")
    return category


def _lost_days(history: Sequence[Happening], time: WorkingTime) -> int | None:
    routed = next((one for one in history if one.kind == EventKind.ROUTED), None)
    moves = [one for one in history if one.kind == EventKind.TRANSFERRED]
    if routed is None or not moves:
        return None
    return time.between(time.day_of(routed.at), time.day_of(moves[-1].at))

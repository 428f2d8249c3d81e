"""The clocks of one complaint: what is due, pauses, the one extension, calls to those on duty."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.domain.clocks import Clocks, ClockState
from service.domain.deadlines import LABELS, LONGEST_EXTENSION, Clock
from service.domain.status import EventKind, Status, is_allowed
from service.journey.clocks import clocks
from service.journey.danger import paging, sharing
from service.journey.reading import Sheet
from service.models.clock import Page
from service.models.complaint import Complaint, Event
from service.staff import wording
from service.staff.complaint.timeline import Entry, entries
from service.staff.request_context import now, ports

# The events that moved a clock, as the history of the delays tells them.
_TOLD = frozenset(
    {
        EventKind.TARGETS_SET, EventKind.ASKED, EventKind.TENANT_WROTE, EventKind.EXTENDED, EventKind.ANSWERED,
        EventKind.DANGER_RAISED, EventKind.CLOSED, EventKind.REOPENED,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One clock in words, and the tone in which it is shown."""

    label: str
    text: str
    tone: str


@dataclass(frozen=True)
class Duty:
    """The calls for a danger: how many rounds, whom, when the next is."""

    is_waiting: bool
    rounds: int
    called: Sequence[str]
    next_round: str
    by: str
    when: str
    leading: Complaint | None = None  # another danger of its incident, whose calls stand for this one
    others: Sequence[Complaint] = ()  # those its own calls stand for


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/clocks.html` and `duty.html` show beside a complaint."""
    complaint = sheet.complaint
    found = clocks.read(session, complaint, sheet.events, ports())
    is_open = is_allowed(Status(complaint.status), EventKind.ASKED)
    page = paging.last_page(session, complaint.id)
    return {
        "lines": _lines(found),
        "is_vital": found.is_vital,
        "paused_since": wording.moment_in_words(found.paused_since) if found.paused_since else None,
        "resumes_on": wording.moment_in_words(found.resumes_at) if found.resumes_at else None,
        "can_ask": is_open,
        "waits": found.can_pause,
        "can_extend": is_open and found.can_extend,
        "longest": LONGEST_EXTENSION,
        "history": _history(sheet.events),
        "duty": _duty(session, complaint, page, sheet.events) if page else None,
    }


def _lines(found: Clocks) -> list[Line]:
    ordered = sorted(found.states, key=lambda state: list(Clock).index(state.clock))
    return [_line(state) for state in ordered]


def _line(state: ClockState) -> Line:
    label = LABELS[state.clock]
    label = label[0].upper() + label[1:]
    if state.stopped_at:
        kept = "en retard" if state.is_late else "à temps"
        return Line(label, f"le {wording.moment_in_words(state.stopped_at)}, {kept}", "calm")
    if state.due_at is None:
        return Line(label, "attend le locataire", "calm")
    until = wording.moment_in_words(state.due_at)
    if state.due_at < now():
        return Line(label, f"attendu avant le {until}\u00a0: en retard", "danger")
    return Line(label, f"avant le {until}", "calm")


def _history(events: Sequence[Event]) -> list[Entry]:
    return entries([event for event in events if event.kind in _TOLD])


def _duty(session: Session, complaint: Complaint, page: Page, events: Sequence[Event]) -> Duty:
    found = sharing.round_for(session, complaint, page) if page.acknowledged_at is None else None
    rounds = [event for event in events if event.kind == EventKind.PAGED and event.id > page.event_id]
    called: dict[str, None] = dict.fromkeys(str(name) for event in rounds for name in event.data["to"])
    return Duty(
        is_waiting=page.acknowledged_at is None,
        rounds=page.rounds,
        called=list(called),
        next_round=wording.moment_in_words(page.next_round_at),
        by=page.acknowledged_by or "",
        when=wording.moment_in_words(page.acknowledged_at or page.started_at),
        leading=found.complaint if found else None,
        others=[] if found else [one for one, _ in sharing.shared(session, page)],
    )

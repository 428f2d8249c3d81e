"""Mending: what staff wrote to a tenant is changed, sent at once or kept back before it leaves; and what is told.

The step that tells the tenant waits in the outbox until the message leaves. Whoever mends holds the complaint, then
that step unless a worker has it already: then the message is leaving, and the person is told so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.mending import Fate, departure, fates, first_answer, heard, said, status_from
from service.domain.status import Audience, EventKind, Status
from service.domain.templates import check_words
from service.journey.clocks import clocks
from service.journey.closing import reviewers
from service.journey.events import record
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.member import Member
from service.models.outbox import OutboxStep
from service.models.people import Staff

TENANT_WROTE = "tenant_wrote"  # why the service itself keeps a closing back


@dataclass(frozen=True)
class Said:
    """One event a tenant may read now, and its words as mended; None where it has no words."""

    event: Event
    text: str | None


@dataclass(frozen=True)
class Standing:
    """Where a complaint stands as far as the tenant was told."""

    is_closed: bool
    closed_at: datetime | None
    outcome: str | None
    sentence: str | None
    first_answered_at: datetime | None
    is_paused: bool


@dataclass(frozen=True)
class Waiting:
    """A message that has not left yet."""

    event: Event
    fate: Fate


def told(events: Sequence[Event], now: datetime) -> list[Said]:
    """Return what a tenant may read now, in order: nothing that was kept back or has not left."""
    known = fates(events)
    return [
        Said(event, known[event.id].text if event.id in known else event.data.get("text"))
        for event in said(events, now)
        if event.audience == Audience.TENANT
    ]


def words(event: Event, events: Sequence[Event]) -> str | None:
    """Return the words of a message as they leave; None when it was kept back or has none."""
    fate = fates(events).get(event.id)
    return fate.text if fate else event.data.get("text")


def standing(complaint: Complaint, events: Sequence[Event], now: datetime) -> Standing:
    """Return where the complaint stands as far as the tenant was told."""
    is_closed = is_closed_for_tenant(complaint, events, now)
    known = said(events, now)
    asked = next((one for one in reversed(events) if one.kind == EventKind.ASKED), None)
    return Standing(
        is_closed=is_closed,
        closed_at=complaint.closed_at if is_closed else None,
        outcome=complaint.outcome if is_closed else None,
        sentence=complaint.closing_sentence if is_closed else None,
        first_answered_at=first_answer(known) if waiting(events, now) else complaint.first_answered_at,
        is_paused=complaint.is_paused and (asked is None or asked in known),
    )


def is_closed_for_tenant(complaint: Complaint, events: Sequence[Event], now: datetime) -> bool:
    """Say whether the tenant was told that the complaint is closed."""
    return complaint.status == Status.CLOSED and _waiting_closing(events, now) is None


def status_told(complaint: Complaint, events: Sequence[Event], now: datetime) -> str:
    """Return the status of a complaint as far as the tenant was told."""
    return status_from(said(events, now)) if waiting(events, now) else complaint.status


def waiting(events: Sequence[Event], now: datetime) -> list[Waiting]:
    """Return the messages that have not left yet."""
    known = fates(events)
    return [Waiting(one, known[one.id]) for one in events if one.id in known and known[one.id].waits(now)]


def _waiting_closing(events: Sequence[Event], now: datetime) -> Waiting | None:
    return next((one for one in waiting(events, now) if one.event.kind == EventKind.CLOSED), None)


def when_it_leaves(session: Session, complaint: Complaint, now: datetime, *, at_once: bool) -> dict[str, str]:
    """Return what a message of staff carries of its departure. What is dangerous never waits."""
    is_danger = complaint.urgency == "danger" or (complaint.danger == "danger" and not complaint.danger_is_judged)
    minutes = session.get_one(Member, complaint.member_id).minutes_to_mend
    return departure(now, minutes, at_once=at_once or is_danger)


def history(session: Session, complaint_id: UUID) -> Sequence[Event]:
    """Return the events of a complaint, in order."""
    return session.scalars(select(Event).where(Event.complaint_id == complaint_id).order_by(Event.id)).all()


@dataclass(frozen=True)
class _Held:
    """A message, its complaint and the step that will tell the tenant, all held."""

    session: Session
    complaint: Complaint
    event: Event
    fate: Fate
    step: OutboxStep
    staff: str

    def mend(self, text: str | None, ports: Ports, **data: str) -> None:
        """Write down what becomes of it."""
        about = {"of": self.event.id, "text": text, **data}
        now = ports.clock.now()
        record(self.session, self.complaint, EventKind.MENDED, at=now, actor=self.staff, data=about)


def mend(  # noqa: PLR0913  Whose, which, by whom, and what: a bag would only hide them.
    member_id: UUID, complaint_id: UUID, event_id: int, staff_id: UUID, *, text: str, seen: int, ports: Ports
) -> None:
    """Change the words of a message before it leaves. `seen` is the `last_id` of the words that were shown.

    Raises
    ------
    BadInput
        When the words are blank or too long, or something in them still stands in braces.
    NotFound
        When there is no such message.
    NotAllowed
        `already_left`, `already_withheld`, `under_review`, or `mended_meanwhile` when a colleague wrote other words.

    """
    check_words(text, "mended")
    with member_transaction(member_id) as session:
        held = _held(session, complaint_id, event_id, staff_id, ports)
        if held.fate.text == text:
            return  # A double click, or nothing changed.
        if held.fate.last_id != seen:
            raise NotAllowed("mended_meanwhile")
        reviewers.keep_off(session, held.complaint, session.get_one(Staff, staff_id))
        held.mend(text, ports)
        if held.event.kind == EventKind.CLOSED:
            held.complaint.closing_sentence = text
        clocks.refresh(session, held.complaint, ports)


def send_now(member_id: UUID, complaint_id: UUID, event_id: int, staff_id: UUID, ports: Ports) -> None:
    """Let a message leave at once; `already_left`, `already_withheld` or `under_review`, NotFound as above."""
    with member_transaction(member_id) as session:
        held = _held(session, complaint_id, event_id, staff_id, ports)
        reviewers.keep_off(session, held.complaint, session.get_one(Staff, staff_id))
        now = ports.clock.now()
        held.mend(held.fate.text, ports, leaves_at=now.isoformat())
        held.step.run_after = now
        clocks.refresh(session, held.complaint, ports)


def withhold(member_id: UUID, complaint_id: UUID, event_id: int, staff_id: UUID, ports: Ports) -> None:
    """Keep a message back: it counts as never said, a closing opens the complaint again; refusals as for `mend`."""
    with member_transaction(member_id) as session:
        withhold_in(session, complaint_id, event_id, staff_id, ports)


def withhold_in(session: Session, complaint_id: UUID, event_id: int, staff_id: UUID, ports: Ports) -> None:
    """Keep a message back in the transaction at hand; refusals as for `mend`."""
    _keep_back(_held(session, complaint_id, event_id, staff_id, ports), ports)


def hold_closing(session: Session, complaint: Complaint, ports: Ports) -> bool:
    """Keep back a closing the tenant does not know of, because they just wrote; say whether there was one.

    The complaint is held. It is open again, as the tenant believes, and a person reads what they wrote.
    """
    if complaint.status != Status.CLOSED:
        return False
    found = _waiting_closing(history(session, complaint.id), ports.clock.now())
    step = step_that_tells(session, found.event.id) if found else None
    if found is None or step is None:
        return False
    held = _Held(session, complaint, found.event, found.fate, step, "system")
    _keep_back(held, ports, why=TENANT_WROTE)
    return True


def _keep_back(held: _Held, ports: Ports, **data: str) -> None:
    held.mend(None, ports, **data)
    held.step.done_at = ports.clock.now()
    complaint, session = held.complaint, held.session
    kept = heard(history(session, complaint.id))
    complaint.first_answered_at = first_answer(kept)
    complaint.status = status_from(kept)
    complaint.review_asked_at = reviewers.pending_since(kept)
    if complaint.status != Status.CLOSED:
        complaint.closed_at = complaint.outcome = complaint.closing_sentence = None
    clocks.refresh(session, complaint, ports)


def _held(session: Session, complaint_id: UUID, event_id: int, staff_id: UUID, ports: Ports) -> _Held:
    complaint = session.get(Complaint, complaint_id, with_for_update=True)
    event, staff = session.get(Event, event_id), session.get(Staff, staff_id)
    if complaint is None or staff is None or event is None or event.complaint_id != complaint.id:
        raise NotFound("complaint")
    fate = fates(history(session, complaint.id)).get(event.id)
    if fate is None:
        raise NotFound("message")
    if fate.is_withheld:
        raise NotAllowed("already_withheld")
    step = step_that_tells(session, event.id)
    if step is None or not fate.waits(ports.clock.now()):
        raise NotAllowed("already_left")
    return _Held(session, complaint, event, fate, step, staff.name)


def step_that_tells(session: Session, event_id: int) -> OutboxStep | None:
    """Return the step that will tell the tenant, held; None when it was taken.

    A worker holds a step before its complaint: waiting for it here, the complaint being held, would last for ever.
    """
    tells = select(OutboxStep).where(
        OutboxStep.event_id == event_id, OutboxStep.name == "notify", OutboxStep.done_at.is_(None)
    )
    return session.scalars(tells.with_for_update(skip_locked=True)).first()

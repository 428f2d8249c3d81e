"""Paging: in danger, people on duty are called until one of them says that they have it."""

import logging
from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from service.domain.errors import NotFound
from service.domain.paging import is_new_level, level_of, wait_after
from service.domain.status import EventKind, Status
from service.domain.submission import check_text
from service.journey.clocks import clocks
from service.journey.danger import duty
from service.journey.delivery.planning import Channel, plan
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.clock import Page
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.outbox import OutboxStep
from service.models.patrimoine import Residence

log = logging.getLogger(__name__)
MAX_NAME = 80  # characters
NOBODY = (
    "Personne n'a pu être appelé : aucun contact d'astreinte et aucun responsable n'est enregistré. "
    "Les appels continuent : ajoutez un contact, ou prenez le danger en charge ici."
)
# What makes a danger new when somebody already had the last one.
_RAISES = (EventKind.DANGER_RAISED, EventKind.REOPENED, EventKind.CORRECTED)
# What the calls end with: somebody has it, or there is none any more.
_ENDS = (EventKind.ACKNOWLEDGED, EventKind.CLOSED, EventKind.PASSED_ON)


def start(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Begin to call those on duty for a complaint in danger, unless they are being called or somebody has it."""
    if complaint.urgency != "danger" or complaint.status == Status.CLOSED or _is_cared_for(session, complaint):
        return
    now = ports.clock.now()
    page = Page(
        id=uuid4(), member_id=complaint.member_id, complaint_id=complaint.id, event_id=event.id, started_at=now,
        next_round_at=now, rounds=0, level=0,
    )  # fmt: skip
    session.add(page)
    session.add(_next_round(page))
    session.flush()


def _next_round(page: Page) -> OutboxStep:
    return OutboxStep(
        member_id=page.member_id, complaint_id=page.complaint_id, event_id=page.event_id, name="page",
        run_after=page.next_round_at,
    )  # fmt: skip


def _is_cared_for(session: Session, complaint: Complaint) -> bool:
    last = last_page(session, complaint.id)
    if last is None or last.acknowledged_at is None:
        return last is not None
    # By the order in which it was written: the clocks of two machines may disagree by seconds.
    since = select(Event).where(
        Event.complaint_id == complaint.id, Event.id > _end_of(session, last), Event.kind.in_(_RAISES)
    )
    return not any(_is_raise(event) for event in session.scalars(since))


def _end_of(session: Session, page: Page) -> int:
    """Return the last event that ended the calls of a page, or the one that began them when none says why."""
    is_lowered = and_(Event.kind == EventKind.CORRECTED, Event.data["urgency"].astext != "danger")
    ends = select(func.max(Event.id)).where(
        Event.complaint_id == page.complaint_id, Event.id > page.event_id, or_(Event.kind.in_(_ENDS), is_lowered)
    )
    return session.scalar(ends) or page.event_id


def _is_raise(event: Event) -> bool:
    return event.kind != EventKind.CORRECTED or event.data["urgency"] == "danger" != event.data["from_urgency"]


def last_page(session: Session, complaint_id: UUID) -> Page | None:
    """Return the latest page of a complaint, acknowledged or not."""
    pages = select(Page).where(Page.complaint_id == complaint_id).order_by(Page.event_id.desc(), Page.started_at.desc())
    return session.scalars(pages).first()


def page(session: Session, complaint: Complaint, _event: Event, ports: Ports) -> None:
    """Make one round of calls, and plan the next unless somebody acknowledged."""
    now, current = ports.clock.now(), last_page(session, complaint.id)
    if current is None or current.acknowledged_at or now < current.next_round_at:
        return  # Over, or this round was made by a step that ran before.
    if complaint.status == Status.CLOSED or complaint.urgency != "danger":
        _end(session, current, "Sève", ports)
        return
    current.rounds += 1
    current.level = level_of(current.rounds)
    current.next_round_at = now + wait_after(current.rounds)
    _call(session, complaint, current, ports)
    session.add(_next_round(current))


def _call(session: Session, complaint: Complaint, page: Page, ports: Ports) -> None:
    contacts = duty.contacts_of(session, page.level)
    if not contacts:
        _say_nobody(session, complaint, page, ports)
        return
    said = {"round": page.rounds, "level": page.level, "to": duty.names(contacts)}
    made = record(session, complaint, EventKind.PAGED, at=ports.clock.now(), actor="system", data=said)
    data = {"page": str(page.id), "round": page.rounds, "town": _town(session, complaint)}
    for contact in contacts:
        for means, address in contact.ways:
            plan(session, made, Channel("page", means, address, data={**data, "contact": contact.key}), ports)
    if is_new_level(page.rounds):
        for endpoint in session.scalars(_member_wide()):
            plan(session, made, Channel.to(endpoint, "alert"), ports)


def _member_wide() -> Select[Endpoint]:
    return select(Endpoint).where(
        Endpoint.kind == "webhook", Endpoint.is_active, Endpoint.team_id.is_(None), Endpoint.organisation_id.is_(None)
    )


def _say_nobody(session: Session, complaint: Complaint, page: Page, ports: Ports) -> None:
    log.error("page_reaches_nobody %s", complaint.id)
    if page.rounds == 1:
        record(session, complaint, EventKind.NOTED, at=ports.clock.now(), actor="system", data={"text": NOBODY})


def _town(session: Session, complaint: Complaint) -> str | None:
    residence = session.get(Residence, complaint.residence_id) if complaint.residence_id else None
    return residence.city if residence else None


def acknowledge(member_id: UUID, page_id: UUID, contact_key: str, by: str, ports: Ports) -> UUID:
    """Take the word of somebody on duty that they have the danger; return the complaint. The first word counts.

    Raises
    ------
    BadInput
        When the name is blank or over 80 characters.
    NotFound
        When there is no such page.

    """
    by = " ".join(by.split())
    check_text(by, "name", MAX_NAME)
    with member_transaction(member_id) as session:
        found = session.get(Page, page_id)
        if found is None:
            raise NotFound("page")
        complaint = locked_complaint(session, found.complaint_id)
        session.refresh(found, with_for_update=True)
        contact = duty.find_contact(session, contact_key)
        known = {address for _, address in contact.ways} if contact else set()
        _take(session, complaint, found, f"{by} (astreinte)", known, ports)
        return complaint.id


def take(member_id: UUID, complaint_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Let a colleague say, from the complaint's own page, that they have the danger; it is theirs from then on.

    Raises
    ------
    NotFound
        When there is no such complaint.

    """
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff, current = staff_member(session, staff_id), last_page(session, complaint_id)
        if current is None or current.acknowledged_at:
            return
        if complaint.assignee_id is None and complaint.status != Status.CLOSED:
            complaint.assignee_id = staff.id
            given = {"to": staff.name}
            record(session, complaint, EventKind.ASSIGNED, at=ports.clock.now(), actor=staff.name, data=given)
        _take(session, complaint, current, staff.name, {staff.email}, ports)


def _take(session: Session, complaint: Complaint, page: Page, by: str, known: Collection[str], ports: Ports) -> None:
    if page.acknowledged_at:
        return
    record(session, complaint, EventKind.ACKNOWLEDGED, at=ports.clock.now(), actor=by, data={"by": by})
    _end(session, page, by, ports, taken_at=known)
    clocks.refresh(session, complaint, ports)


def stop(session: Session, complaint: Complaint, by: str, ports: Ports, *, passed_to: str | None = None) -> None:
    """Stop the calls when a person found no danger, closed the complaint, or passed it to a member, who calls."""
    current = last_page(session, complaint.id)
    if current and current.acknowledged_at is None:
        _end(session, current, by, ports, passed_to=passed_to)


def _end(
    session: Session, page: Page, by: str, ports: Ports, *,
    taken_at: Collection[str] | None = None, passed_to: str | None = None,
) -> None:  # fmt: skip
    """Make no more calls, and tell those already called.

    `taken_at` are the addresses of whoever has it now, who knows; None when there is no danger to have any more here.
    """
    page.acknowledged_at, page.acknowledged_by = ports.clock.now(), by
    mine = (Delivery.complaint_id == page.complaint_id, Delivery.purpose == "page", Delivery.event_id > page.event_id)
    session.execute(update(Delivery).where(*mine, Delivery.status == "waiting").values(status="cancelled"))
    # What was on its way when it was stopped may arrive all the same.
    is_called = or_(Delivery.status == "sent", and_(Delivery.status == "cancelled", Delivery.attempts > 0))
    called = select(Delivery.channel, Delivery.recipient).where(*mine, is_called).distinct()
    latest = select(Event).where(Event.complaint_id == page.complaint_id).order_by(Event.id.desc()).limit(1)
    event = session.scalars(latest).one()
    data = {"page": str(page.id), "by": by, "is_taken": taken_at is not None}
    data |= {"passed_to": passed_to} if passed_to else {}
    for means, recipient in session.execute(called).all():
        if recipient not in (taken_at or ()):
            plan(session, event, Channel("page_over", means, recipient, data=data), ports)

"""Paging: in danger, people on duty are called until one of them says that they have it.

One round stands for the dangers of one incident that are alike: see journey.danger.sharing.
"""

import logging
from collections.abc import Collection
from contextlib import suppress
from uuid import UUID, uuid4

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from service.domain.errors import NotFound
from service.domain.paging import is_new_level, level_of, wait_after
from service.domain.status import EventKind, Status
from service.domain.submission import check_text
from service.journey.clocks import clocks
from service.journey.danger import duty, joining, sharing
from service.journey.danger.ending import end
from service.journey.danger.sharing import Round
from service.journey.delivery.planning import Channel, plan
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.clock import Page
from service.models.complaint import Complaint, Event
from service.models.endpoint import Endpoint
from service.models.outbox import OutboxStep
from service.models.people import Staff

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
    if complaint.urgency != "danger" or complaint.status == Status.CLOSED:
        return
    now = ports.clock.now()
    if _is_cared_for(session, complaint):
        sharing.wake(session, [complaint.id], now)  # what was said since may be of another kind
        return
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
    """Make one round of calls, or leave it to the round that stands for this danger; plan the next look."""
    now, current = ports.clock.now(), last_page(session, complaint.id)
    if current is None or current.acknowledged_at or now < current.next_round_at:
        return  # Over, or this round was made by a step that ran before.
    if complaint.status == Status.CLOSED or complaint.urgency != "danger":
        end(session, current, "Sève", ports)
        return
    joined = joining.join(session, complaint, current, ports)
    if joined is None:
        current.rounds += 1
        current.level = level_of(current.rounds)
        current.next_round_at = now + wait_after(current.rounds)
        _call(session, complaint, current, ports)
    elif joined.round.taken_by and not joined.is_owed:
        _take_with(session, complaint, current, joined.round, ports)
        return
    session.add(_next_round(current))


def _call(session: Session, complaint: Complaint, page: Page, ports: Ports) -> None:
    is_working = clocks.ways_of(session, complaint.member_id, ports).time.is_open(ports.clock.now())
    contacts = duty.contacts_of(session, page.level, is_working=is_working)
    if not contacts:
        _say_nobody(session, complaint, page, ports)
        return
    kinds = sharing.kinds_in(complaint)
    count = sharing.households(session, complaint, kinds)
    said = {"round": page.rounds, "level": page.level, "to": duty.names(contacts)}
    said |= {"page": str(page.id), "kinds": sorted(kinds), "households": count}
    made = record(session, complaint, EventKind.PAGED, at=ports.clock.now(), actor="system", data=said)
    data = {"page": str(page.id), "round": page.rounds, "households": count, "town": joining.town(session, complaint)}
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


def acknowledge(member_id: UUID, page_id: UUID, contact_key: str, by: str, ports: Ports) -> UUID:
    """Take the word of somebody on duty that they have the danger; return the complaint. The first word counts.

    They then have the dangers that the same calls stand for, too.

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
        leading = _leading(session, complaint, found)
        _take(session, complaint, found, f"{by} (astreinte)", known, ports)
    if leading:
        acknowledge(member_id, leading.id, contact_key, by, ports)
    return found.complaint_id


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
        leading = _leading(session, complaint, current)
        _take(session, complaint, current, staff.name, {staff.email}, ports)
    if leading:
        with suppress(NotFound):  # they may not see it any more: its calls go on
            take(member_id, leading.complaint_id, staff_id, ports)


def _leading(session: Session, complaint: Complaint, page: Page) -> Page | None:
    """Return the page whose calls stand for this one, and go on."""
    found = sharing.round_for(session, complaint, page) if page.acknowledged_at is None else None
    return found.page if found and not found.taken_by else None


def _take(session: Session, complaint: Complaint, page: Page, by: str, known: Collection[str], ports: Ports) -> None:
    if page.acknowledged_at:
        return
    record(session, complaint, EventKind.ACKNOWLEDGED, at=ports.clock.now(), actor=by, data={"by": by})
    end(session, page, by, ports, taken_at=known)
    clocks.refresh(session, complaint, ports)
    sharing.wake(session, [one.id for one, _ in sharing.shared(session, page)], ports.clock.now())


def _take_with(session: Session, complaint: Complaint, page: Page, found: Round, ports: Ports) -> None:
    """Give a danger to whoever took in hand the calls that stand for it, and the complaint where it is nobody's."""
    by, now = str(found.taken_by), ports.clock.now()
    owner = session.get(Staff, found.complaint.assignee_id) if found.complaint.assignee_id else None
    if owner and owner.name == by and complaint.assignee_id is None:
        complaint.assignee_id = owner.id
        record(session, complaint, EventKind.ASSIGNED, at=now, actor=by, data={"to": by})
    said = {"by": by, "with": found.complaint.reference}
    record(session, complaint, EventKind.ACKNOWLEDGED, at=now, actor=by, data=said)
    end(session, page, by, ports, taken_at=())
    clocks.refresh(session, complaint, ports)


def stop(session: Session, complaint: Complaint, by: str, ports: Ports, *, passed_to: str | None = None) -> None:
    """Stop the calls when a person found no danger, closed the complaint, or passed it to a member, who calls."""
    current = last_page(session, complaint.id)
    if current and current.acknowledged_at is None:
        end(session, current, by, ports, passed_to=passed_to)

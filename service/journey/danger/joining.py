"""Joining: a danger looks whether others of its incident are being called about, before it calls by itself."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.paging import BETWEEN, SOON, is_a_step, is_immediate
from service.domain.status import EventKind
from service.journey.danger import duty, sharing
from service.journey.danger.duty import Contact
from service.journey.danger.sharing import Round
from service.journey.delivery.planning import Channel, plan
from service.journey.events import record
from service.journey.incidents import incidents
from service.journey.incidents.incident_reports import hold_residence
from service.journey.ports import Ports
from service.models.clock import Page
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.outbox import OutboxStep
from service.models.patrimoine import Residence
from service.models.people import Staff

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Joined:
    """The round that stands for a danger, and whether a word about it is still owed to those called."""

    round: Round
    is_owed: bool


def join(session: Session, complaint: Complaint, page: Page, ports: Ports) -> Joined | None:
    """Return the round that stands for a danger, which looks again when it has to; None when it calls by itself.

    Those called hear of it when it crosses a step, or when whoever wrote may be in danger at this moment: at most once
    a minute, each time of all that is new.
    """
    _look_around(session, complaint, ports)
    found = sharing.round_for(session, complaint, page)
    if found is None:
        return None
    now, joined = ports.clock.now(), _joined(session, page, found)
    count = sharing.households(session, found.complaint, found.kinds)
    is_told = joined is not None and found.calls[-1].id >= joined.id
    is_news = is_a_step(count, found.told) or (is_immediate(sharing.kinds_in(complaint)) and not is_told)
    is_owed = is_news and now < found.last_at + BETWEEN
    contacts = _called(session, found) if is_news and not is_owed else []
    if contacts or joined is None:
        _tell(session, complaint, found, contacts, count, ports)
    page.next_round_at = found.last_at + BETWEEN if is_owed else now + SOON
    return Joined(found, is_owed)


def _look_around(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Find the incident first, and let one danger of it look after the other. Whatever fails here, people are called.

    The step that looks around is taken later than the calls: what it finds has to be known before them.
    """
    waiting = select(OutboxStep.event_id).where(
        OutboxStep.complaint_id == complaint.id, OutboxStep.name == "watch", OutboxStep.done_at.is_(None)
    )
    event_id = session.scalars(waiting.order_by(OutboxStep.event_id.desc())).first()
    try:
        with session.begin_nested():
            if event_id is not None:
                incidents.watch(session, complaint, session.get_one(Event, event_id), ports)
            if complaint.incident_id and complaint.residence_id:
                hold_residence(session, complaint.residence_id)
    except Exception:
        log.exception("incident_not_looked_for %s", complaint.id)


def _joined(session: Session, page: Page, found: Round) -> Event | None:
    """Return the event by which a danger joined a round, in the time of its present page."""
    said = select(Event).where(
        Event.complaint_id == page.complaint_id,
        Event.kind == EventKind.PAGED,
        Event.id > page.event_id,
        Event.data["page"].astext == str(found.page.id),
    )
    return session.scalars(said.order_by(Event.id)).first()


def _called(session: Session, found: Round) -> list[Contact]:
    """Return who was called in a round, by the addresses they have now, and who has it."""
    sent = select(Delivery.data["contact"].astext).where(
        Delivery.complaint_id == found.complaint.id,
        Delivery.purpose == "page",
        Delivery.data["page"].astext == str(found.page.id),
    )
    keys = set(session.scalars(sent))
    owner = session.get(Staff, found.complaint.assignee_id) if found.complaint.assignee_id else None
    if owner and owner.is_active and owner.name == found.taken_by:
        keys.add(f"staff:{owner.id}")
    return duty.once(contact for key in sorted(keys) if (contact := duty.find_contact(session, key)))


def _tell(
    session: Session, complaint: Complaint, found: Round, contacts: Sequence[Contact], count: int, ports: Ports
) -> None:
    said = {"with": found.complaint.reference, "page": str(found.page.id), "households": count}
    made = record(
        session, complaint, EventKind.PAGED, at=ports.clock.now(), actor="system",
        data=said | {"to": duty.names(contacts)},
    )  # fmt: skip
    is_close = is_immediate(sharing.kinds_in(complaint))
    data = said | {"town": town(session, complaint), "by": found.taken_by, "is_close": is_close}
    for contact in contacts:
        for means, address in contact.ways:
            plan(session, made, Channel("page_more", means, address, data=data | {"contact": contact.key}), ports)


def town(session: Session, complaint: Complaint) -> str | None:
    """Return where it is, as a text message says it; of a sensitive complaint, the letter says the place."""
    residence = session.get(Residence, complaint.residence_id) if complaint.residence_id else None
    return residence.city if residence and not complaint.is_sensitive else None

"""Reminders: an organisation that does not answer is reminded once, then a person by name takes over."""

import logging
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.status import EventKind
from service.journey.delivery import handovers
from service.journey.delivery.planning import Channel, plan
from service.journey.events import record
from service.journey.ports import Ports
from service.journey.routing import passages
from service.journey.steps import member_ids
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.handover import Handover
from service.models.member import Organisation

log = logging.getLogger(__name__)


def remind_due(ports: Ports) -> int:
    """Remind, and give to a person, what is due; return how many hand-overs were looked at.

    Harmless when two processes do it at once: each hand-over is reminded once and given once.
    """
    count = 0
    for member_id in member_ids():
        for handover_id in _unanswered(member_id, ports):
            try:
                with member_transaction(member_id) as session:
                    _remind(session, handover_id, ports)
            except Exception:
                log.exception("reminder_failed %s", handover_id)  # the others have their turn all the same
            count += 1
    return count


def _unanswered(member_id: UUID, ports: Ports) -> list[UUID]:
    with member_transaction(member_id) as session:
        late = select(Handover.id).where(
            Handover.status == rules.Handover.OFFERED,
            Handover.answer_due_at <= ports.clock.now(),
            Handover.expires_at > ports.clock.now(),
        )
        return list(session.scalars(late.order_by(Handover.answer_due_at)).all())


def _remind(session: Session, handover_id: UUID, ports: Ports) -> None:
    complaint_id = session.get_one(Handover, handover_id).complaint_id
    complaint = session.get_one(Complaint, complaint_id, with_for_update=True)
    handover = session.get_one(Handover, handover_id, with_for_update=True, populate_existing=True)
    now = ports.clock.now()
    is_open = handovers.door_of(handover, complaint, now) == handovers.Door.OPEN
    if not is_open or handover.status != rules.Handover.OFFERED:
        return  # Answered, or moved, since the list was made.
    organisation = session.get_one(Organisation, handover.organisation_id)
    if organisation.email:
        offered = session.get_one(Event, handover.event_id)
        plan(session, offered, Channel("handover_reminder", "email", organisation.email), ports)
    if rules.is_silent(handover.offered_at, handover.answer_due_at, now) and not _is_given(session, handover):
        _give_to_a_person(session, complaint, handover, organisation, ports)


def _is_given(session: Session, handover: Handover) -> bool:
    noted = select(Event.id).where(
        Event.complaint_id == handover.complaint_id,
        Event.kind == EventKind.NOTED,
        Event.data["handover"].astext == str(handover.id),
    )
    return session.scalars(noted).first() is not None


def _give_to_a_person(
    session: Session, complaint: Complaint, handover: Handover, organisation: Organisation, ports: Ports
) -> None:
    person = passages.in_charge(session, complaint)
    passages.give_to(session, complaint, person, ports)
    name = person.name if person else "Un responsable"
    event = record(
        session,
        complaint,
        EventKind.NOTED,
        at=ports.clock.now(),
        actor="system",
        data={
            "text": f"{organisation.name} n'a pas répondu, malgré un rappel. {name} appelle, ou choisit quelqu'un.",
            "organisation": organisation.name,
            "handover": str(handover.id),
        },
    )
    if person:
        plan(session, event, Channel("team_told", "email", person.email), ports)

"""Telling a person that complaints were given to them: at once, to whoever chose so, and never of one's own hand."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.bulk import Kind
from service.domain.told import Told, told
from service.journey.delivery.planning import Channel, plan, plan_alone
from service.journey.ports import Ports
from service.models.complaint import Complaint, Event
from service.models.people import Staff
from service.models.workspace import BulkAct

PURPOSE = "assigned"
NAMED = 50  # references in one mail


def tell(session: Session, complaint: Complaint, event: Event, by: Staff, ports: Ports) -> None:
    """Tell whoever a complaint was just given to by somebody else."""
    person = _who(session, complaint.assignee_id, by.id)
    if person:
        plan(session, event, Channel(PURPOSE, "email", person.email), ports)


def tell_of_act(session: Session, act: BulkAct, by: Staff, ports: Ports) -> None:
    """Tell each person, in one mail, of the complaints that one act on many gave them. Twice is once."""
    given = {
        item["id"]: UUID(item["before"]["now"]) for item in act.items if "done" in item and act.kind == Kind.ASSIGN
    }
    named = select(Complaint.id, Complaint.reference).where(Complaint.id.in_([UUID(one) for one in given]))
    theirs: dict[UUID, list[str]] = {}
    for row in session.execute(named.order_by(Complaint.submitted_at, Complaint.id)):
        theirs.setdefault(given[str(row.id)], []).append(row.reference)
    for person_id, references in theirs.items():
        person = _who(session, person_id, by.id)
        if person:
            data = {"references": references[:NAMED], "count": len(references), "by": by.name}
            key = f"assigned-{act.id}-{person.id}"
            plan_alone(session, by.member_id, key, Channel(PURPOSE, "email", person.email, data=data), ports)


def _who(session: Session, person_id: UUID | None, by_id: UUID) -> Staff | None:
    """Return who is to be told: nobody who took it themselves, or who chose otherwise."""
    person = session.get(Staff, person_id) if person_id and person_id != by_id else None
    if person is None or not person.is_active or told(person.role, person.choices) != Told.AT_ONCE:
        return None
    return person

"""Telling a tenant again: what did not arrive leaves by the way we have now, once somebody says so."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.domain.news import NEWS
from service.domain.status import EventKind
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.news import news
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery

SENT_AGAIN = "Les messages non arrivés repartent vers les nouvelles coordonnées."


def may_leave_again(session: Session, complaint: Complaint) -> list[Delivery]:
    """Return what did not arrive and would now leave another way, or to another address."""
    return [one for one in session.scalars(_lost(complaint)) if _has_another_way(session, complaint, one)]


def tell_again(member_id: UUID, complaint_id: UUID, staff_id: UUID, ports: Ports) -> int:
    """Let what did not arrive leave by the way we have now; return how many messages. Asked twice, it is done once.

    Raises
    ------
    NotFound
        When there is no such complaint.

    """
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        lost = session.scalars(_lost(complaint).with_for_update()).all()
        again = [one for one in lost if _has_another_way(session, complaint, one)]
        now = ports.clock.now()
        for delivery in again:
            delivery.status = "told_otherwise"
            delivery.data = {**delivery.data, "settled_by": staff.name, "settled_at": now.isoformat()}
            news.tell(session, complaint, session.get_one(Event, delivery.event_id), delivery.purpose, ports)
        if again:
            record(session, complaint, EventKind.NOTED, at=now, actor=staff.name, data={"text": SENT_AGAIN})
        return len(again)


def _lost(complaint: Complaint) -> Select[Delivery]:
    given_up = (Delivery.complaint_id == complaint.id, Delivery.status == "given_up", Delivery.purpose.in_(NEWS))
    return select(Delivery).where(*given_up, Delivery.event_id.is_not(None)).order_by(Delivery.event_id, Delivery.id)


def _has_another_way(session: Session, complaint: Complaint, delivery: Delivery) -> bool:
    """Say whether a way we have now was not tried for this yet."""
    same = (Delivery.event_id == delivery.event_id, Delivery.purpose == delivery.purpose)
    tried = {
        (row.channel, row.recipient)
        for row in session.execute(select(Delivery.channel, Delivery.recipient).where(*same))
    }
    ways = {(way.value, address) for way, address in news.ways_of(session, complaint, delivery.purpose)}
    return bool(ways - tried)

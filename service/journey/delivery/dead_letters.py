"""What did not arrive: given up to a person by name, sent again, or settled by another way."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.news import GROUPED
from service.domain.permissions import LEADERS
from service.domain.status import EventKind, Status
from service.journey.delivery import breaker
from service.journey.delivery.planning import Channel, last_moment, plan, plan_alone, step_for, step_name
from service.journey.delivery.withdrawals import is_for_nobody
from service.journey.events import record
from service.journey.news import grouping, news
from service.journey.ports import Ports
from service.journey.routing import passages
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.people import Staff


def give_up(session: Session, delivery: Delivery, error: str, ports: Ports) -> None:
    """Stop trying, and give what did not arrive to a person by name: in the timeline, on the page, and by mail.

    News for a tenant leave once more, by another way that we have.
    """
    if delivery.purpose == GROUPED:
        _give_up_together(session, delivery, error, ports)
        return
    delivery.last_error = error
    delivery.status = "given_up"
    delivery.held_until = delivery.parked_at = None
    endpoint = session.get(Endpoint, delivery.endpoint_id) if delivery.endpoint_id else None
    complaint = session.get(Complaint, delivery.complaint_id) if delivery.complaint_id else None
    person = _person(session, delivery, complaint, endpoint)
    delivery.given_to_id = person.id if person else None
    if complaint is None:
        return
    instead = news.tell_otherwise(session, complaint, delivery, ports)
    is_everybodys = endpoint is not None and endpoint.team_id is None and endpoint.organisation_id is None
    if person and not is_everybodys and complaint.status != Status.CLOSED and complaint.assignee_id is None:
        passages.give_to(session, complaint, person, ports)
    event = record(
        session,
        complaint,
        EventKind.DELIVERY_FAILED,
        at=ports.clock.now(),
        actor="system",
        data={
            "purpose": delivery.purpose,
            "channel": delivery.channel,
            "error": error,
            "given_to": person.name if person else None,
        }
        | ({"instead": instead.value} if instead else {}),
    )
    if person is None or delivery.purpose == "failed":
        return  # A mail about a mail that failed would go on for ever.
    if endpoint and is_everybodys:
        _tell_once_a_day(session, endpoint, person, error, ports)
    else:
        plan(session, event, Channel("failed", "email", person.email), ports)


def _give_up_together(session: Session, mail: Delivery, error: str, ports: Ports) -> None:
    """Give up each of the news that stand in a mail of the evening: each is its complaint's."""
    mail.status, mail.last_error = "cancelled", error
    for one in grouping.parts(session, mail):
        session.get_one(Complaint, one.complaint_id, with_for_update=True)
        one.attempts = mail.attempts
        give_up(session, one, error, ports)


def _person(
    session: Session, delivery: Delivery, complaint: Complaint | None, endpoint: Endpoint | None
) -> Staff | None:
    """Return whose it is now: who follows the complaint, or a supervisor. A machine of everybody's: a supervisor."""
    if complaint is None:
        people = session.scalars(select(Staff).where(Staff.is_active, Staff.email != delivery.recipient)).all()
        return min(people, key=lambda one: (one.role not in LEADERS, one.name), default=None)
    if endpoint is None or endpoint.team_id or endpoint.organisation_id:
        return passages.in_charge(session, complaint)
    return passages.person_for(session, complaint)


def _tell_once_a_day(session: Session, endpoint: Endpoint, person: Staff, error: str, ports: Ports) -> None:
    """Write one mail for everything that one machine did not take in a day: the page has the list."""
    key = f"endpoint-{endpoint.id}-{person.id}-{ports.clock.now().date()}"
    told = {"address": endpoint.address, "error": error}
    channel = Channel("endpoint_failed", "email", person.email, data=told)
    plan_alone(session, endpoint.member_id, key, channel, ports)


def replay(member_id: UUID, delivery_id: UUID, ports: Ports) -> bool:
    """Send again what was given up; say whether there was something to send. Asked twice, it leaves once.

    What the complaint's desk or organisation need not be told any more is stopped instead.
    """
    with member_transaction(member_id) as session:
        delivery = held(session, delivery_id)
        if delivery.endpoint_id:
            _trust_again(session, _held_endpoint(session, delivery.endpoint_id), ports)
        return _replay(session, delivery, ports)


def replay_all(member_id: UUID, endpoint_id: UUID, ports: Ports) -> int:
    """Send again everything that was given up for one endpoint, the oldest first; return how many.

    One at a time: a transaction that holds many complaints would wait for those who hold one of them, and they for it.
    """
    with member_transaction(member_id) as session:
        given_up = select(Delivery.id).where(Delivery.endpoint_id == endpoint_id, Delivery.status == "given_up")
        ids = session.scalars(given_up.order_by(Delivery.event_id)).all()
        _trust_again(session, _held_endpoint(session, endpoint_id), ports)
    count = 0
    for delivery_id in ids:
        with member_transaction(member_id) as session:
            count += _replay(session, held(session, delivery_id), ports)
    return count


def _trust_again(session: Session, endpoint: Endpoint, ports: Ports) -> None:
    """Let one call through at once, even to an endpoint that was left alone: a person says that it answers again."""
    if not endpoint.is_active:
        raise NotAllowed("endpoint_retired")
    if endpoint.open_until:
        endpoint.open_until = min(endpoint.open_until, ports.clock.now())
    breaker.release(session, endpoint, ports)


def _replay(session: Session, delivery: Delivery, ports: Ports) -> bool:
    if delivery.status != "given_up":
        return False
    if is_for_nobody(session, delivery):
        delivery.status = "cancelled"
        return False
    delivery.status = "waiting"
    delivery.given_to_id = None
    delivery.give_up_at = last_moment(delivery.endpoint_id, ports)
    about = {"member_id": delivery.member_id, "complaint_id": delivery.complaint_id, "event_id": delivery.event_id}
    session.add(step_for(about, delivery.id, step_name(delivery.purpose, delivery.endpoint_id), ports))
    session.flush()
    return True


def settle_otherwise(member_id: UUID, delivery_id: UUID, staff_id: UUID, ports: Ports) -> bool:
    """Note that a person told the recipient another way; say whether it still had to be said."""
    with member_transaction(member_id) as session:
        delivery = held(session, delivery_id)
        if delivery.status != "given_up":
            return False
        person = session.get_one(Staff, staff_id)
        now = ports.clock.now()
        delivery.status = "told_otherwise"
        delivery.data = {**delivery.data, "settled_by": person.name, "settled_at": now.isoformat()}
        complaint = session.get(Complaint, delivery.complaint_id) if delivery.complaint_id else None
        if complaint:
            said = f"{_PURPOSES.get(delivery.purpose, 'Envoi non arrivé')} : prévenu autrement."
            record(session, complaint, EventKind.NOTED, at=now, actor=person.name, data={"text": said})
        return True


# What did not arrive, at the start of a note that staff read.
_PURPOSES = {
    "received": "Accusé de réception non arrivé",
    "answered": "Réponse non arrivée",
    "closed": "Avis de fin non arrivé",
    "arrival": "Avis d'arrivée non arrivé",
    "handover": "Transmission non arrivée",
    "withdrawn": "Avis de changement de destinataire non arrivé",
}


def held(session: Session, delivery_id: UUID) -> Delivery:
    """Return the delivery, held after its complaint, as every step that sends does."""
    complaint_id = session.scalar(select(Delivery.complaint_id).where(Delivery.id == delivery_id))
    if complaint_id:
        session.get_one(Complaint, complaint_id, with_for_update=True)
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound("delivery")
    return delivery


def _held_endpoint(session: Session, endpoint_id: UUID) -> Endpoint:
    # Others may go on planning deliveries for it meanwhile.
    endpoint = session.get(Endpoint, endpoint_id, with_for_update={"key_share": True})
    if endpoint is None:
        raise NotFound("endpoint")
    return endpoint

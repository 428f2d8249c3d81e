"""Taking back what was given outside: an organisation that lost a complaint is told so, once, the way it was told."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from service.journey.planning import Channel
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.member import Organisation

OUTSIDE = ("handover", "withdrawn")
FOR_ITS_DESK = ("arrival", "handover", "handover_reminder")


def stop_what_waits(session: Session, event: Event, kept: Collection[Channel]) -> None:
    """Stop what still waits to leave for the desk that events before this one chose, or to take back what is given."""
    waiting = select(Delivery).where(
        Delivery.complaint_id == event.complaint_id,
        Delivery.event_id < event.id,
        Delivery.status == "waiting",
        Delivery.purpose.in_((*FOR_ITS_DESK, "withdrawn")),
    )
    ways = {(channel.means, channel.recipient) for channel in kept}
    for delivery in session.scalars(waiting.with_for_update()):
        if delivery.purpose != "withdrawn" or (delivery.channel, delivery.recipient) in ways:
            delivery.status = "cancelled"
    session.flush()


def taken_back(session: Session, complaint: Complaint, kept: Collection[Channel] = ()) -> list[Channel]:
    """Return how to tell the organisations that were given the complaint that it is no longer theirs.

    What was tried may have arrived, whatever was answered: it is taken back too. What is being taken back is not twice.
    """
    told = select(Delivery).where(
        Delivery.complaint_id == complaint.id,
        Delivery.purpose.in_(OUTSIDE),
        or_(
            Delivery.status == "sent",
            Delivery.attempts > 0,
            and_(Delivery.purpose == "withdrawn", Delivery.status == "waiting"),
        ),
    )
    latest = {(one.channel, one.recipient): one for one in session.scalars(told.order_by(Delivery.event_id))}
    still = {(channel.means, channel.recipient) for channel in kept}
    lost = [one for way, one in sorted(latest.items()) if one.purpose == "handover" and way not in still]
    return [_word(session, one) for one in lost]


def _word(session: Session, given: Delivery) -> Channel:
    """Return the way to take it back. Open311 has no word for it: the organisation is written to.

    One without an e-mail address gets a delivery that cannot be made: a person is told, and calls.
    """
    email = _email_of(session, given.endpoint_id) if given.channel == "open311" else None
    if email:
        return Channel("withdrawn", "email", email)
    return Channel("withdrawn", given.channel, given.recipient, endpoint_id=given.endpoint_id)


def _email_of(session: Session, endpoint_id: UUID | None) -> str | None:
    endpoint = session.get(Endpoint, endpoint_id) if endpoint_id else None
    owner = session.get(Organisation, endpoint.organisation_id) if endpoint and endpoint.organisation_id else None
    return owner.email if owner else None

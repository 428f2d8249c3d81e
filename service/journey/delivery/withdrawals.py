"""Taking back what was given outside: an organisation that lost a complaint is told so, once, the way it was told."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from service.domain.status import EventKind, Status
from service.domain.transfers import is_live
from service.journey.delivery.planning import Channel
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.handover import Handover
from service.models.member import Organisation

OUTSIDE = ("handover", "withdrawn")
FOR_ITS_DESK = ("arrival", "handover", "handover_danger", "handover_reminder", "partner_message")
# What brings a complaint to another desk, or back to the same one: it is then told anew.
MOVES = (EventKind.ROUTED, EventKind.TRANSFERRED, EventKind.PASSED_ON, EventKind.REOPENED)


def is_for_nobody(session: Session, delivery: Delivery) -> bool:
    """Say whether what tells a desk of a complaint comes too late: it moved since, or it is closed."""
    if delivery.purpose not in FOR_ITS_DESK or delivery.complaint_id is None:
        return False
    complaint = session.get_one(Complaint, delivery.complaint_id)
    if complaint.status == Status.CLOSED:
        return True
    # The one of the event, or one before it that was kept.
    until = select(Handover).where(Handover.complaint_id == complaint.id, Handover.event_id <= delivery.event_id)
    given = session.scalars(until.order_by(Handover.event_id.desc())).first()
    if given and delivery.purpose != "arrival":
        return not is_live(given.status) or given.organisation_id != complaint.organisation_id
    later = select(Event.id).where(
        Event.complaint_id == delivery.complaint_id, Event.id > delivery.event_id, Event.kind.in_(MOVES)
    )
    return session.scalars(later).first() is not None


def stop_what_waits(session: Session, event: Event, kept: Collection[Channel]) -> None:
    """Stop what still waits to leave for the desk that events before this one chose, or to take back what is given.

    So is what was given up: nobody has to bring it there any more.
    """
    waiting = select(Delivery).where(
        Delivery.complaint_id == event.complaint_id,
        Delivery.event_id < event.id,
        Delivery.status.in_(("waiting", "given_up")),
        Delivery.purpose.in_((*FOR_ITS_DESK, "withdrawn")),
    )
    ways = {(channel.means, channel.recipient) for channel in kept}
    for delivery in session.scalars(waiting.with_for_update()):
        if delivery.purpose != "withdrawn" or not ways.isdisjoint(_ways(delivery)):
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
    latest = {way: one for one in session.scalars(told.order_by(Delivery.event_id)) for way in _ways(one)}
    still = {(channel.means, channel.recipient) for channel in kept}
    lost = [one for way, one in sorted(latest.items()) if one.purpose == "handover" and way not in still]
    return _one_each([_word(session, one) for one in lost])


def _ways(delivery: Delivery) -> set[tuple[str, str]]:
    """Return the ways a delivery stands for: its own, and those that have no word for what it says."""
    return {(delivery.channel, delivery.recipient), *(("open311", one) for one in delivery.data.get("instead_of", ()))}


def _one_each(words: list[Channel]) -> list[Channel]:
    """Return one word for each recipient, which stands for all that have none of their own."""
    found: dict[tuple[str, str], Channel] = {}
    for word in words:
        before = found.get((word.means, word.recipient), word)
        instead_of = {*before.data.get("instead_of", ()), *word.data.get("instead_of", ())}
        data = {"instead_of": sorted(instead_of)} if instead_of else {}
        found[word.means, word.recipient] = replace(word, data=data)
    return list(found.values())


def _word(session: Session, given: Delivery) -> Channel:
    """Return the way to take it back. Open311 has no word for it: the organisation is written to.

    One without an e-mail address gets a delivery that cannot be made: a person is told, and calls.
    """
    email = _email_of(session, given.endpoint_id) if given.channel == "open311" else None
    if email:
        return Channel("withdrawn", "email", email, data={"instead_of": [given.recipient]})
    return Channel("withdrawn", given.channel, given.recipient, endpoint_id=given.endpoint_id)


def _email_of(session: Session, endpoint_id: UUID | None) -> str | None:
    endpoint = session.get(Endpoint, endpoint_id) if endpoint_id else None
    owner = session.get(Organisation, endpoint.organisation_id) if endpoint and endpoint.organisation_id else None
    return owner.email if owner else None

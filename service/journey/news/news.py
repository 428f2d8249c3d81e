"""News for tenants: told by the way they prefer among those we have, at once or in the mail of the evening."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.news import NEWS, OPTIONAL, Reach, Way, next_evening, telephone_number, waits, ways
from service.journey.delivery.planning import Channel, hold, plan
from service.journey.ports import Ports
from service.journey.submission.sent import hash_of
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.feedback import OptOut
from service.models.patrimoine import Dwelling, Residence

BY_MACHINE = (Way.EMAIL, Way.SMS)
_LOST = ("given_up", "told_otherwise")  # how a delivery that did not arrive ends


def tell(session: Session, complaint: Complaint, event: Event, purpose: str, ports: Ports) -> None:
    """Plan what tells the tenant of an event; nothing when there is no way to. Planning it twice is harmless."""
    is_held = waits(purpose, complaint.pace, complaint.urgency)
    for way, address in ways_of(session, complaint, purpose):
        channel = Channel(purpose, way.value, address)
        if is_held and way in BY_MACHINE:
            until = next_evening(ports.clock.now())
            hold(session, event, replace(channel, data={"until": until.isoformat()}), ports)
        else:
            plan(session, event, channel, ports)


def ways_of(session: Session, complaint: Complaint, purpose: str) -> list[tuple[Way, str]]:
    """Return how the tenant is told of news of this kind now; what they refused is not sent another way either."""
    if has_refused(session, complaint, purpose):
        return []
    return list(ways(complaint.preferred_channel, reach_of(session, complaint), purpose))


def has_refused(session: Session, complaint: Complaint, purpose: str) -> bool:
    """Say whether the household wants no more of this, by whichever of its addresses. In a danger it is told all."""
    refused = OPTIONAL.get(purpose)
    if refused is None or (purpose in NEWS and _is_in_danger(session, complaint)):
        return False
    return any(is_opted_out(session, address, refused) for address in addresses_of(complaint))


def addresses_of(complaint: Complaint) -> list[str]:
    """Return where a machine may write to the household."""
    return [one for one in (complaint.tenant_email, complaint.tenant_phone) if one]


def _is_in_danger(session: Session, complaint: Complaint) -> bool:
    """Say whether the complaint, or another one about the same incident, tells of a danger."""
    if complaint.urgency == "danger" or complaint.incident_id is None:
        return complaint.urgency == "danger"
    others = select(Complaint.id).where(Complaint.incident_id == complaint.incident_id, Complaint.urgency == "danger")
    return session.scalars(others.limit(1)).first() is not None


def reach_of(session: Session, complaint: Complaint) -> Reach:
    """Return what we have of the tenant. An address from which a mail came back is none, until it is changed."""
    email = complaint.tenant_email
    is_lost = email is not None and comes_back(session, complaint) is not None
    return Reach(None if is_lost else email, complaint.tenant_phone, _postal_address(session, complaint))


def comes_back(session: Session, complaint: Complaint) -> Delivery | None:
    """Return the latest mail that came back from the tenant's address; None when none did."""
    lost = select(Delivery).where(
        Delivery.complaint_id == complaint.id,
        Delivery.channel == Way.EMAIL.value,
        Delivery.recipient == complaint.tenant_email,
        Delivery.status.in_(_LOST),
        Delivery.last_error.startswith("bounce"),
    )
    return session.scalars(lost.order_by(Delivery.event_id.desc())).first()


def _postal_address(session: Session, complaint: Complaint) -> str | None:
    """Return where a letter goes: to a name, at the address they typed, else at their dwelling.

    Without a name a letter is only posted to whoever asked for letters: anybody may open one to nobody.
    """
    if not complaint.tenant_name and complaint.preferred_channel != Way.POST:
        return None
    place = _place(session, complaint)
    return "\n".join((complaint.tenant_name or "À l'occupant du logement", *place)) if place else None


def has_place(session: Session, complaint: Complaint) -> bool:
    """Say whether we know where to post a letter."""
    return bool(_place(session, complaint))


def _place(session: Session, complaint: Complaint) -> tuple[str, ...]:
    return _typed_place(complaint) or _dwelling_place(session, complaint)


def _typed_place(complaint: Complaint) -> tuple[str, ...]:
    given = complaint.place_given.get("address") or {}
    line, town = given.get("line"), " ".join(filter(None, (given.get("postcode"), given.get("city"))))
    return (line, town) if line and town else ()


def _dwelling_place(session: Session, complaint: Complaint) -> tuple[str, ...]:
    dwelling = session.get(Dwelling, complaint.dwelling_id) if complaint.dwelling_id else None
    if dwelling is None:
        return ()
    residence = session.get_one(Residence, dwelling.residence_id)
    named = (("Bâtiment", dwelling.building), ("escalier", dwelling.stair), ("porte", dwelling.door))
    inside = ", ".join(f"{name} {value}" for name, value in named if value)
    return tuple(filter(None, (inside, dwelling.address_line, f"{residence.postcode} {residence.city}")))


def tell_otherwise(session: Session, complaint: Complaint, delivery: Delivery, ports: Ports) -> Way | None:
    """Plan the tenant's other way for news that did not arrive, once; return that way, None when there is none."""
    if delivery.purpose not in NEWS or delivery.channel not in BY_MACHINE or "instead_of" in delivery.data:
        return None
    if has_refused(session, complaint, delivery.purpose):
        return None
    failed = Way(delivery.channel)
    found = ways(complaint.preferred_channel, reach_of(session, complaint), delivery.purpose, but=(failed,))
    if not found or delivery.event_id is None:
        return None
    way, address = found[0]
    event = session.get_one(Event, delivery.event_id)
    channel = Channel(delivery.purpose, way.value, address, data={"instead_of": failed.value})
    plan(session, event, channel, ports)
    return way


def is_opted_out(session: Session, address: str, purpose: str) -> bool:
    """Say whether whoever has this address wants no more of what is called `purpose` in OPTIONAL."""
    refused = select(OptOut.id).where(OptOut.address_hash == mark_of(address), OptOut.purpose == purpose)
    return session.scalars(refused).first() is not None


def mark_of(address: str) -> str:
    """Return the mark under which an address that refused something is kept."""
    return hash_of(telephone_number(address) or address.strip().lower())

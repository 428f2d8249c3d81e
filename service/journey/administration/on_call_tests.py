"""A test call to somebody on call: the same ways as in danger, and how the last one ended."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotFound
from service.journey.delivery.planning import Channel, plan_alone
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.clock import OnCallContact
from service.models.delivery import Delivery

PURPOSE = "duty_test"
EVERY = 5  # minutes: pressed twice, one test leaves


def send(member_id: UUID, contact_id: UUID, ports: Ports) -> str:
    """Plan a test by every way somebody has; return their name. Raise NotFound when they are not called any more."""
    now = ports.clock.now()
    slot = now.replace(minute=now.minute - now.minute % EVERY, second=0, microsecond=0)
    with member_transaction(member_id) as session:
        contact = session.get(OnCallContact, contact_id)
        if contact is None:
            raise NotFound("contact")
        for means, address in (("email", contact.email), ("sms", contact.phone)):
            if address:
                key = f"{PURPOSE}:{contact_id}:{means}:{slot:%Y%m%d%H%M}"
                plan_alone(session, member_id, key, Channel(PURPOSE, means, address), ports)
        return contact.name


def last(session: Session) -> dict[UUID, list[tuple[str, str]]]:
    """Return for each person the ways of their last test, and how each stands: waiting, sent or given_up."""
    tests = session.execute(
        select(Delivery.key, Delivery.channel, Delivery.status).where(Delivery.purpose == PURPOSE)
    ).all()
    found: dict[UUID, dict[str, tuple[str, str]]] = {}
    for key, channel, status in sorted(tests, key=lambda one: str(one.key).rpartition(":")[2]):
        found.setdefault(UUID(str(key).split(":")[1]), {})[channel] = (channel, status)
    return {contact: list(ways.values()) for contact, ways in found.items()}

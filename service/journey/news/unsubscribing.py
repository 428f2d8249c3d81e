"""Refusing what nobody needs, surveys and news of incidents, from the letter itself and without an account."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import NotFound
from service.domain.news import OPTIONAL
from service.journey.news import news
from service.journey.news.personal_links import UNSUBSCRIBE, ids_in
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.feedback import OptOut


@dataclass(frozen=True)
class Subscription:
    """What an address gets from a member, whether it was refused, and the language of its letters."""

    member_id: UUID
    purpose: str  # survey or incident_news
    is_refused: bool
    language: str


def look(token: str, ports: Ports) -> Subscription:
    """Return what a link is about, changing nothing; NotFound when we did not sign it."""
    with member_transaction(ids_in(token, UNSUBSCRIBE, ports)[0]) as session:
        delivery, purpose = _letter(session, token, ports)
        complaint = session.get(Complaint, delivery.complaint_id) if delivery.complaint_id else None
        is_refused = news.is_opted_out(session, delivery.recipient, purpose)
        return Subscription(delivery.member_id, purpose, is_refused, complaint.language if complaint else "fr")


def refuse(token: str, ports: Ports) -> None:
    """Send no more of it to this household; harmless twice. NotFound when we did not sign the link."""
    with member_transaction(ids_in(token, UNSUBSCRIBE, ports)[0]) as session:
        delivery, purpose = _letter(session, token, ports)
        for mark in _marks(session, delivery):
            session.execute(
                insert(OptOut)
                .values(
                    id=uuid4(),
                    member_id=delivery.member_id,
                    address_hash=mark,
                    purpose=purpose,
                    at=ports.clock.now(),
                )
                .on_conflict_do_nothing()
            )


def accept_again(token: str, ports: Ports) -> None:
    """Send it to this household again; harmless twice. NotFound when we did not sign the link."""
    with member_transaction(ids_in(token, UNSUBSCRIBE, ports)[0]) as session:
        delivery, purpose = _letter(session, token, ports)
        marks = _marks(session, delivery)
        session.execute(delete(OptOut).where(OptOut.address_hash.in_(marks), OptOut.purpose == purpose))


def _marks(session: Session, delivery: Delivery) -> set[str]:
    """Return the marks of the address of a letter, and of the other one of the same household."""
    complaint = session.get(Complaint, delivery.complaint_id) if delivery.complaint_id else None
    others = news.addresses_of(complaint) if complaint else []
    return {news.mark_of(one) for one in (delivery.recipient, *others)}


def _letter(session: Session, token: str, ports: Ports) -> tuple[Delivery, str]:
    delivery = session.get(Delivery, ids_in(token, UNSUBSCRIBE, ports)[1])
    if delivery is None or delivery.purpose not in OPTIONAL:
        raise NotFound("link")
    return delivery, OPTIONAL[delivery.purpose]

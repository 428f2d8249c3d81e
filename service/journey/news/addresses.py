"""A new address: asked whether it is its reader's, while the one before is told, for it may know nothing of it."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.domain.news import CONFIRMATION, WARNING, Way, mobile_number
from service.journey.delivery.planning import Channel, plan
from service.journey.news import news
from service.journey.ports import Ports
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery

OPEN_FOR = timedelta(days=2)  # how long a new address may be confirmed
MOST_A_DAY = 5  # addresses that one page may have written to: it must not serve to write to strangers
AGAIN_AFTER = timedelta(minutes=10)  # before the same address is written to again


def confirmations(complaint: Complaint) -> Select[Delivery]:
    """Return the letters that asked new addresses of a complaint."""
    return select(Delivery).where(Delivery.complaint_id == complaint.id, Delivery.purpose == CONFIRMATION)


def waits_for(session: Session, complaint: Complaint, now: datetime) -> str | None:
    """Return the address that is still to be confirmed; None when there is none, or it was not in time."""
    asked = confirmations(complaint).join(Event, Event.id == Delivery.event_id).where(Event.at > now - OPEN_FOR)
    latest = session.scalars(asked.order_by(Delivery.event_id.desc())).first()
    return latest.recipient if latest and latest.recipient != complaint.tenant_email else None


def is_written_to(session: Session, complaint: Complaint, email: str, now: datetime) -> bool:
    """Say whether this very address was asked a moment ago."""
    lately = select(Delivery.recipient).join(Event, Event.id == Delivery.event_id)
    lately = lately.where(
        Delivery.complaint_id == complaint.id, Delivery.purpose == CONFIRMATION, Event.at > now - AGAIN_AFTER
    )
    return session.scalars(lately.order_by(Delivery.event_id.desc())).first() == email


def ask(session: Session, complaint: Complaint, event: Event, email: str, ports: Ports) -> None:
    """Write to the new address, which answers, and to the old one, which may know nothing of it.

    NotAllowed `too_many_addresses` when many were written to today.
    """
    today = select(func.count()).select_from(Delivery).join(Event, Event.id == Delivery.event_id)
    today = today.where(
        Delivery.complaint_id == complaint.id,
        Delivery.purpose == CONFIRMATION,
        Event.at > ports.clock.now() - timedelta(days=1),
    )
    if (session.scalar(today) or 0) >= MOST_A_DAY:
        raise NotAllowed("too_many_addresses", "email")
    plan(session, event, Channel(CONFIRMATION, Way.EMAIL.value, email), ports)
    _warn_by_mail(session, complaint, event, ports)


def warn(session: Session, complaint: Complaint, event: Event, number: str, ports: Ports) -> None:
    """Write to the number that was changed, which may know nothing of it; by mail where no message gets there."""
    mobile = mobile_number(number)
    if mobile:
        plan(session, event, Channel(WARNING, Way.SMS.value, mobile), ports)
    else:
        _warn_by_mail(session, complaint, event, ports)


def _warn_by_mail(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Write to the address we have, unless mails come back from it."""
    if complaint.tenant_email and news.comes_back(session, complaint) is None:
        plan(session, event, Channel(WARNING, Way.EMAIL.value, complaint.tenant_email), ports)

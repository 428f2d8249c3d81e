"""Ending: no more calls for a danger, and those who were called hear it."""

from collections.abc import Collection

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from service.journey.delivery.planning import Channel, plan
from service.journey.ports import Ports
from service.models.clock import Page
from service.models.complaint import Event
from service.models.delivery import Delivery


def end(
    session: Session, page: Page, by: str, ports: Ports, *,
    taken_at: Collection[str] | None = None, passed_to: str | None = None,
) -> None:  # fmt: skip
    """Make no more calls, and tell those already called.

    `taken_at` are the addresses of whoever has it now, who knows; None when there is no danger to have any more here.
    """
    page.acknowledged_at, page.acknowledged_by = ports.clock.now(), by
    mine = (Delivery.complaint_id == page.complaint_id, Delivery.purpose == "page", Delivery.event_id > page.event_id)
    session.execute(update(Delivery).where(*mine, Delivery.status == "waiting").values(status="cancelled"))
    # What was on its way when it was stopped may arrive all the same.
    is_called = or_(Delivery.status == "sent", and_(Delivery.status == "cancelled", Delivery.attempts > 0))
    called = select(Delivery.channel, Delivery.recipient).where(*mine, is_called).distinct()
    latest = select(Event).where(Event.complaint_id == page.complaint_id).order_by(Event.id.desc()).limit(1)
    event = session.scalars(latest).one()
    data = {"page": str(page.id), "by": by, "is_taken": taken_at is not None}
    data |= {"passed_to": passed_to} if passed_to else {}
    for means, recipient in session.execute(called).all():
        if recipient not in (taken_at or ()):
            plan(session, event, Channel("page_over", means, recipient, data=data), ports)

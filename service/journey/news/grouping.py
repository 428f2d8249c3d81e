"""Grouping: news that may wait are held until the evening, and leave as one mail for each address.

One transaction makes the mail and marks what is in it: killed before it ends, nothing was done; done twice, the second
finds nothing held.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.news import GROUPED
from service.journey.delivery.planning import HELD, SEND, Channel, plan_alone, step_for
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, shared_transaction
from service.models.delivery import Delivery
from service.models.member import Member

log = logging.getLogger(__name__)

IN_IT = "grouped"  # what became of news that stand in the mail of the evening, until it is sent


def send_due(ports: Ports) -> int:
    """Let the news leave whose evening has come; return how many mails were made. Harmless when two processes do."""
    with shared_transaction() as session:
        member_ids = session.scalars(select(Member.id)).all()
    count = 0
    for member_id in member_ids:
        try:
            with member_transaction(member_id) as session:
                count += _send(session, member_id, ports)
        except Exception:
            log.exception("grouping_failed %s", member_id)  # the others have their turn all the same
    return count


def _send(session: Session, member_id: UUID, ports: Ports) -> int:
    found: dict[tuple[str, str, UUID | None], list[Delivery]] = defaultdict(list)
    for delivery in _held(session, ports.clock.now()):
        # A text message leads to one page, so it speaks of one complaint.
        about = delivery.complaint_id if delivery.channel == "sms" else None
        found[delivery.channel, delivery.recipient, about].append(delivery)
    for news in found.values():
        _send_together(session, member_id, news, ports)
    return len(found)


def _held(session: Session, now: datetime) -> Sequence[Delivery]:
    held = select(Delivery).where(Delivery.status == HELD).order_by(Delivery.event_id)
    rows = session.scalars(held.with_for_update(skip_locked=True)).all()
    return [one for one in rows if datetime.fromisoformat(one.data["until"]) <= now]


def _send_together(session: Session, member_id: UUID, news: Sequence[Delivery], ports: Ports) -> None:
    if len(news) == 1:
        let_go(session, news[0], ports)
        return
    first = news[0]
    inside = {"parts": [str(one.id) for one in news]}
    channel = Channel(GROUPED, first.channel, first.recipient, data=inside)
    # The first of them is in one mail only: it makes the mail one of its kind.
    plan_alone(session, member_id, f"{GROUPED}-{first.id}", channel, ports)
    for one in news:
        one.status = IN_IT
    session.flush()


def let_go(session: Session, delivery: Delivery, ports: Ports) -> None:
    """Let held news leave alone, at once."""
    delivery.status = "waiting"
    about = {"member_id": delivery.member_id, "complaint_id": delivery.complaint_id, "event_id": delivery.event_id}
    session.add(step_for(about, delivery.id, SEND, ports))
    session.flush()


def held_of(session: Session, complaint_id: UUID) -> Sequence[Delivery]:
    """Return what is held of a complaint, the oldest first."""
    held = select(Delivery).where(Delivery.complaint_id == complaint_id, Delivery.status == HELD)
    return session.scalars(held.order_by(Delivery.event_id).with_for_update()).all()


def parts(session: Session, mail: Delivery) -> Sequence[Delivery]:
    """Return the news that stand in a mail of the evening, the oldest first."""
    ids = [UUID(one) for one in mail.data["parts"]]
    inside = select(Delivery).where(Delivery.id.in_(ids), Delivery.status != "cancelled")
    return session.scalars(inside.order_by(Delivery.event_id)).all()


def mark_sent(session: Session, mail: Delivery) -> None:
    """Write down that what stands in a mail left with it; nothing for any other mail."""
    if mail.purpose != GROUPED:
        return
    for one in parts(session, mail):
        one.status, one.sent_at = "sent", mail.sent_at

"""Surveys: two days after a complaint ended its household is asked how it went; once more, five days later."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, func, or_, select, text
from sqlalchemy.orm import Session

from service.domain.feedback import (
    ASK_AFTER,
    FORGET_AFTER,
    QUIET,
    REMIND_AFTER,
    Mark,
    is_time_to_ask,
    tenancy_marks,
    way_to_ask,
)
from service.domain.status import EventKind
from service.journey.clocks.clocks import ways_of
from service.journey.delivery.planning import Channel, plan
from service.journey.feedback.feedback import REMINDER, SURVEY, waits_for_an_answer
from service.journey.news import news
from service.journey.ports import Ports
from service.journey.steps import member_ids
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery

log = logging.getLogger(__name__)

AT_ONCE = 25  # households asked of one member in one tick: their complaints are held meanwhile, and only for a moment
# Two clocks never ask of one member at the same time: the second would not see whom the first one has just asked.
_ONE_AT_A_TIME = text("select pg_try_advisory_xact_lock(hashtextextended(:member, 6))")


def ask_due(ports: Ports) -> int:
    """Ask and remind whom it is time to; return how many surveys were planned.

    Harmless when two processes do it at once, and when one is killed: a member's surveys and the marks that they were
    sent are in one commit.
    """
    count = 0
    for member_id in member_ids():
        try:
            count += ask_for(member_id, ports)
        except Exception:
            log.exception("surveys_failed %s", member_id)  # the others have their turn all the same
    return count


def ask_for(member_id: UUID, ports: Ports) -> int:
    """Ask and remind the households of one member; return how many surveys were planned."""
    with member_transaction(member_id) as session:
        if not is_time_to_ask(ports.clock.now(), ways_of(session, member_id, ports).time):
            return 0
        if not session.scalar(_ONE_AT_A_TIME, {"member": str(member_id)}):
            return 0
        return _ask(session, ports) + _remind(session, ports)


def _ask(session: Session, ports: Ports) -> int:
    now, count = ports.clock.now(), 0
    ended = _ended(session, now)
    lately = _asked_lately(session, {mark for _, marks in ended for mark in marks}, now)
    for complaint_id, marks in ended:
        if marks & lately or not _survey(session, complaint_id, SURVEY, ports):
            continue
        session.get_one(Complaint, complaint_id).surveyed_at = now
        lately |= marks
        count += 1
        if count == AT_ONCE:
            break
    return count


def _remind(session: Session, ports: Ports) -> int:
    reminded = (one for one in _silent(session, ports.clock.now()) if _survey(session, one, REMINDER, ports))
    return len(list(islice(reminded, AT_ONCE)))


_MARKS = (Complaint.tenant_reference, Complaint.dwelling_id, Complaint.tenant_email, Complaint.tenant_phone)
# kind of mark -> where it is looked for, written as domain.feedback.tenancy_marks writes it
_COLUMNS: dict[str, ColumnElement[Any]] = {
    "contract": func.lower(func.btrim(Complaint.tenant_reference)),
    "dwelling": cast(Complaint.dwelling_id, String),
    "email": func.btrim(Complaint.email_key),
    "phone": Complaint.phone_key.expression,
}


def _ended(session: Session, now: datetime) -> list[tuple[UUID, frozenset[Mark]]]:
    """Return what ended two days ago and is still closed, with the marks of its household."""
    ended = select(Complaint.id, *_MARKS).where(
        *waits_for_an_answer(),
        Complaint.closed_at <= now - ASK_AFTER,
        Complaint.closed_at > now - FORGET_AFTER,
        Complaint.surveyed_at.is_(None) | (Complaint.surveyed_at <= now - QUIET),
        Complaint.preferred_channel.in_(("email", "sms")),
    )
    rows = session.execute(ended.order_by(Complaint.closed_at, Complaint.id))
    return [(row.id, tenancy_marks(*row[1:])) for row in rows]


def _asked_lately(session: Session, marks: Collection[Mark], now: datetime) -> set[Mark]:
    """Return the marks of those among some households that were asked this quarter."""
    if not marks:
        return set()
    values = {kind: [value for each, value in marks if each == kind] for kind, _ in marks}
    shared = [column.in_(values[kind]) for kind, column in _COLUMNS.items() if kind in values]
    asked = session.execute(select(*_MARKS).where(Complaint.surveyed_at > now - QUIET, or_(*shared)))
    return {mark for known in asked for mark in tenancy_marks(*known)}


def _silent(session: Session, now: datetime) -> Sequence[UUID]:
    """Return what was asked of five days ago, is closed still, was not answered, and of which nobody was reminded."""
    about = Delivery.complaint_id == Complaint.id
    asked = select(Complaint.id).where(
        *waits_for_an_answer(),
        Complaint.surveyed_at <= now - REMIND_AFTER,
        Complaint.surveyed_at > now - FORGET_AFTER,
        Complaint.closed_at < Complaint.surveyed_at,
        # What did not arrive is not said again.
        exists().where(about, Delivery.purpose == SURVEY, Delivery.status == "sent"),
        ~exists().where(about, Delivery.purpose == REMINDER),
    )
    return session.scalars(asked.order_by(Complaint.surveyed_at)).all()


def _survey(session: Session, complaint_id: UUID, purpose: str, ports: Ports) -> bool:
    """Plan the survey of this very end of a complaint, once; False when it is not to be asked, or not now.

    A complaint that somebody else is at has its turn a minute later: nobody waits for anybody here.
    """
    held = select(Complaint).where(Complaint.id == complaint_id, *waits_for_an_answer())
    complaint = session.scalars(held.with_for_update(skip_locked=True)).first()
    channel = _channel(session, complaint, purpose) if complaint else None
    ended = select(Event).where(Event.complaint_id == complaint_id, Event.kind == EventKind.CLOSED)
    event = session.scalars(ended.order_by(Event.id.desc())).first() if channel else None
    if channel is None or event is None:
        return False
    plan(session, event, channel, ports, key=f"{purpose}-{event.id}")
    return True


def _channel(session: Session, complaint: Complaint, purpose: str) -> Channel | None:
    """Return how the household is asked: as it prefers, never by post or telephone, and never against its word."""
    way = way_to_ask(complaint.preferred_channel, news.reach_of(session, complaint))
    if way is None or news.has_refused(session, complaint, purpose):
        return None
    return Channel(purpose, *way)

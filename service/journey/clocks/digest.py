"""The digest: once a working day, whoever chose so is told of what is late or due, in one mail rather than many."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.domain.permissions import LEADERS
from service.domain.status import EventKind, Status
from service.domain.told import Told, told
from service.domain.working_time import WorkingTime
from service.journey.clocks.clocks import ways_of
from service.journey.delivery.planning import Channel, plan_alone
from service.journey.inbox import pages
from service.journey.inbox.lists import Filters
from service.journey.incidents.incidents import news_due
from service.journey.ports import Ports
from service.journey.transactions import looking_as, member_transaction, name_member
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.people import Staff

EIGHT = time(8)  # in Paris
MOST = 15  # complaints named in one mail
_VIEWS = ("late", "due_today", "to_sort", "failed", "waiting")
# What is worth a mail: what waits for a tenant alone is not.
_CALLS_FOR = ("late", "due_today", "to_sort", "failed", "incident_news", "given", "unread")
# Whoever decides of nothing is told of what is theirs.
_OWN_VIEWS = ("late", "due_today", "unread", "failed")


def send_due(member_id: UUID, ports: Ports) -> int:
    """Plan today's digests of one member from eight o'clock on; return how many. Harmless twice, and when late.

    A day on which there is nothing to say is written down too, so that nothing leaves in the afternoon.
    """
    now = ports.clock.now()
    with member_transaction(member_id) as session:
        hours = ways_of(session, member_id, ports).time
        day = hours.day_of(now)
        if not hours.is_working_day(day) or now.astimezone(hours.zone).time() < EIGHT:
            return 0
        told = [_tell(session, staff, hours, ports) for staff in _not_told(session, day.isoformat())]
    return sum(told)


def key_of(day: str, staff_id: UUID) -> str:
    """Return what makes one person's digest of one day unique."""
    return f"digest-{day}-{staff_id}"


def _not_told(session: Session, day: str) -> list[Staff]:
    people = session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.email).with_for_update()).all()
    wanted = [staff for staff in people if told(staff.role, staff.choices) == Told.DAILY]
    keys = [key_of(day, staff.id) for staff in wanted]
    planned = set(session.scalars(select(Delivery.key).where(Delivery.key.in_(keys))))
    return [staff for staff, key in zip(wanted, keys, strict=True) if key not in planned]


def _contents(session: Session, staff: Staff, hours: WorkingTime, now: datetime) -> dict[str, Any]:
    """Return what a leader is told of the member, and anybody else of what is given to them."""
    tonight = datetime.combine(hours.day_of(now), time.max, hours.zone)
    is_due: list[ColumnElement[bool]] = [Complaint.status != Status.CLOSED, Complaint.due_at <= tonight]
    if staff.role in LEADERS:
        counts = pages.counts(session, {name: Filters(view=name) for name in _VIEWS}, now)
        counts["incident_news"] = news_due(session, now)
    else:
        own = {name: Filters(view=name, assignee_id=staff.id) for name in _OWN_VIEWS}
        counts = pages.counts(session, own, now) | {"given": _given(session, staff, hours, now)}
        is_due.append(Complaint.assignee_id == staff.id)
    rows = session.execute(
        select(Complaint.reference, Complaint.due_clock, Complaint.due_at)
        .where(*is_due)
        .order_by(Complaint.due_at, Complaint.id)
        .limit(MOST)
    ).all()
    return {
        "day": hours.day_of(now).isoformat(),
        "counts": counts,
        "complaints": [[reference, clock, due.isoformat()] for reference, clock, due in rows if due],
        "more": max(0, counts["late"] + counts["due_today"] - len(rows)),
        "worth": any(counts.get(name) for name in _CALLS_FOR),
        "own": None if staff.role in LEADERS else str(staff.id),
    }


def _given(session: Session, staff: Staff, hours: WorkingTime, now: datetime) -> int:
    """Return how many complaints others gave to a person since the morning of the last working day."""
    day = hours.day_of(now) - timedelta(days=1)
    while not hours.is_working_day(day):
        day -= timedelta(days=1)
    lately = select(Event.complaint_id).where(
        Event.complaint_id == Complaint.id, Event.kind == EventKind.ASSIGNED, Event.actor != staff.name,
        Event.at >= datetime.combine(day, EIGHT, hours.zone),
    )  # fmt: skip
    mine = (Complaint.status != Status.CLOSED, Complaint.assignee_id == staff.id, lately.exists())
    return session.scalars(select(func.count()).select_from(Complaint).where(*mine)).one()


def _tell(session: Session, staff: Staff, hours: WorkingTime, ports: Ports) -> bool:
    """Tell one person of what they may see; say whether a mail leaves."""
    with looking_as(staff.id):
        name_member(session, staff.member_id)
        data = _contents(session, staff, hours, ports.clock.now())
    name_member(session, staff.member_id)
    key = key_of(data["day"], staff.id)
    if data["worth"]:
        plan_alone(session, staff.member_id, key, Channel("digest", "email", staff.email, data=data), ports)
        return True
    session.add(
        Delivery(
            member_id=staff.member_id, key=key, purpose="digest", channel="email", recipient=staff.email, data=data,
            status="cancelled", attempts=0, give_up_at=ports.clock.now(),
        )
    )  # fmt: skip
    return False

"""Presence: who of the staff has a complaint in front of them now. A page says so every twenty seconds."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import NotFound
from service.models.complaint import Complaint
from service.models.people import Staff
from service.models.workspace import Presence

GONE = timedelta(seconds=45)  # without a word of the page


@dataclass(frozen=True)
class Here:
    """A colleague who looks at a complaint."""

    name: str
    is_writing: bool


def beat(session: Session, complaint_id: UUID, staff_id: UUID, *, is_writing: bool, now: datetime) -> None:
    """Write down that a person has a complaint in front of them.

    Raises
    ------
    NotFound
        When the member has no such complaint, or the person may not see it.

    """
    member_id = session.scalar(select(Complaint.member_id).where(Complaint.id == complaint_id))
    if member_id is None:
        raise NotFound("complaint")
    said = {"seen_at": now, "is_writing": is_writing}
    row = insert(Presence).values(id=uuid4(), member_id=member_id, complaint_id=complaint_id, staff_id=staff_id, **said)
    session.execute(row.on_conflict_do_update(index_elements=["complaint_id", "staff_id"], set_=said))


def others(session: Session, complaint_id: UUID, staff_id: UUID, now: datetime) -> list[Here]:
    """Return the colleagues who look at a complaint now, those who write first."""
    return others_at(session, [complaint_id], staff_id, now).get(complaint_id, [])


def everywhere(session: Session, staff_id: UUID, now: datetime) -> dict[UUID, list[Here]]:
    """Return the colleagues who look at any complaint of the transaction's member now: no more than are at work."""
    return _looking(session, staff_id, now)


def others_at(
    session: Session, complaint_ids: Collection[UUID], staff_id: UUID, now: datetime
) -> dict[UUID, list[Here]]:
    """Return the colleagues who look at each of several complaints now, in one query."""
    return _looking(session, staff_id, now, Presence.complaint_id.in_(complaint_ids)) if complaint_ids else {}


def _looking(session: Session, staff_id: UUID, now: datetime, *which: ColumnElement[bool]) -> dict[UUID, list[Here]]:
    found: dict[UUID, list[Here]] = defaultdict(list)
    looking = (
        select(Presence.complaint_id, Staff.name, Presence.is_writing)
        .join(Staff, Staff.id == Presence.staff_id)
        .where(Presence.staff_id != staff_id, Presence.seen_at > now - GONE, *which)
        .order_by(Presence.is_writing.desc(), Staff.name)
    )
    for complaint_id, name, is_writing in session.execute(looking):
        found[complaint_id].append(Here(name, is_writing))
    return found

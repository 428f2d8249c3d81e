"""The complaints before and after one in a list, by key: found from an index, whatever the length of the list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from service.journey.inbox.lists import Filters, narrowed
from service.journey.inbox.pages import SORTS, plan_anew
from service.models.complaint import Complaint


@dataclass(frozen=True)
class Beside:
    """The neighbours of a complaint in a list; None at either end of it."""

    previous: UUID | None = None
    following: UUID | None = None


def beside(session: Session, filters: Filters, sort: str, complaint: Complaint, now: datetime) -> Beside:
    """Return what stands before and after a complaint in a list, also when it has left the list since.

    A list of words somebody looked for has no neighbours: its complaints have nothing but the words in common.
    """
    column, is_rising = SORTS[sort]
    at = getattr(complaint, column.key)
    if filters.words or at is None:
        return Beside()
    plan_anew(session)
    held = select(Complaint.id).where(Complaint.id != complaint.id, *narrowed(session, filters, now)).limit(1)
    key, here = tuple_(column, Complaint.id), tuple_(literal(at), literal(complaint.id))
    lower = held.where(key < here).order_by(column.desc(), Complaint.id.desc())
    higher = held.where(key > here).order_by(column, Complaint.id)
    before, after = (lower, higher) if is_rising else (higher, lower)
    return Beside(session.scalar(before), session.scalar(after))

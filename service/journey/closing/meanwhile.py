"""Meanwhile: what a tenant wrote, and what was heard of danger, since somebody had a page before them.

Whoever ends a complaint, or lowers its danger, does so on what they read: it stops the calls, too.
"""

import hashlib
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.domain.status import EventKind
from service.models.complaint import Event

WRITTEN = "written_meanwhile"
_THEIRS = (
    EventKind.SUBMITTED, EventKind.TENANT_WROTE, EventKind.REOPENED, EventKind.CONTESTED, EventKind.REVIEW_ASKED,
)  # fmt: skip


def _counts() -> ColumnElement[bool]:
    data = Event.data
    is_raised = and_(
        Event.kind == EventKind.CORRECTED,
        data["urgency"].astext == "danger",
        data["from_urgency"].astext.is_distinct_from("danger"),
    )
    return or_(Event.kind.in_(_THEIRS), Event.kind == EventKind.DANGER_RAISED, is_raised)


def check(session: Session, complaint_id: UUID, seen: int | None, field: str) -> None:
    """Refuse what is done on an old page; the complaint is held. `seen` is the last event that its page showed.

    None, or 0, when nobody had a page before them.

    Raises
    ------
    NotAllowed
        `written_meanwhile`: the person looks at what is new, and does it again.

    """
    if seen and last_words(session, [complaint_id]).get(complaint_id, 0) > seen:
        raise NotAllowed(WRITTEN, field)


def last_words(session: Session, complaint_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the last event that counts of each complaint."""
    found = select(Event.complaint_id, func.max(Event.id)).where(Event.complaint_id.in_(complaint_ids), _counts())
    return {row[0]: row[1] for row in session.execute(found.group_by(Event.complaint_id))}


def mark_of(words: Mapping[UUID, int]) -> str:
    """Return what tells that many complaints are as a page showed them.

    The highest number would not do: events of two complaints may be written in another order than they are numbered.
    """
    told = " ".join(f"{complaint_id}:{words[complaint_id]}" for complaint_id in sorted(words))
    return hashlib.sha256(told.encode()).hexdigest()[:32]

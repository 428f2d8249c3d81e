"""Who looks again: another person than the one whose answer the tenant does not accept."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.domain.permissions import LEADERS
from service.domain.status import EventKind
from service.models.complaint import Complaint, Event
from service.models.people import Staff

_ANSWERS = (EventKind.ANSWERED, EventKind.CLOSED)
_NOBODY = ("tenant", "system", "rules", "model")


def take_up(session: Session, complaint: Complaint, staff: Staff) -> None:
    """Let another person's answer end the review; refuse the one of the person whose answer is contested.

    Where nobody else is left, that person may answer: the tenant is not left without anybody.

    Raises
    ------
    NotAllowed
        `under_review` when somebody else has to look.

    """
    if complaint.review_asked_at is None:
        return
    if staff.name == contested_name(session, complaint) and others(session, staff.name):
        raise NotAllowed("under_review")
    complaint.review_asked_at = None


def pending_since(events: Sequence[Event]) -> datetime | None:
    """Return when another look was asked for that no answer has followed, as these events say it."""
    last = next((one for one in reversed(events) if one.kind in (EventKind.REVIEW_ASKED, *_ANSWERS)), None)
    return last.at if last and last.kind == EventKind.REVIEW_ASKED else None


def contested_name(session: Session, complaint: Complaint) -> str | None:
    """Return whose answer is to be looked at again, as the request says; None when nobody asked."""
    asked = select(Event.data).where(Event.complaint_id == complaint.id, Event.kind == EventKind.REVIEW_ASKED)
    last = session.scalars(asked.order_by(Event.id.desc())).first()
    return str(last["answered_by"]) if last and last.get("answered_by") else None


def answerer(told: Iterable[Event]) -> str | None:
    """Return who of the member's people answered or closed last, of what the tenant was told; None when nobody did."""
    answers = [one.actor for one in told if one.kind in _ANSWERS and one.actor not in _NOBODY]
    return answers[-1] if answers else None


def reviewer(session: Session, name: str | None) -> Staff | None:
    """Return the supervisor who looks again, never the person of that name; None when there is no other."""
    return next((one for one in others(session, name) if one.role in LEADERS), None)


def others(session: Session, name: str | None) -> list[Staff]:
    """Return the member's active people but those of that name, in the order of their names."""
    people = session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name, Staff.id))
    return [one for one in people if one.name != name]

"""Who looks again: another person than the one whose answer the tenant does not accept."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.domain.permissions import LEADERS, Act, may
from service.domain.status import EventKind
from service.journey.people.absence import is_absent
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
    keep_off(session, complaint, staff)
    complaint.review_asked_at = None


def keep_off(session: Session, complaint: Complaint, staff: Staff) -> None:
    """Refuse whatever the person whose answer is contested would say to the tenant, or end, while another must look.

    Raises
    ------
    NotAllowed
        `under_review` when somebody else has to look.

    """
    if is_kept_off(session, complaint, staff):
        raise NotAllowed("under_review")


def is_kept_off(session: Session, complaint: Complaint, staff: Staff) -> bool:
    """Say whether another person has to look, and not this one."""
    if complaint.review_asked_at is None:
        return False
    return staff.name == contested_name(session, complaint) and bool(others(session, staff.name))


def check_reviewer(session: Session, complaint: Complaint, staff: Staff) -> None:
    """Refuse to give a complaint that waits for another look to the person whose answer is contested.

    Raises
    ------
    NotAllowed
        `review_by_another`.

    """
    if is_kept_off(session, complaint, staff):
        raise NotAllowed("review_by_another")


def pending_since(events: Sequence[Event]) -> datetime | None:
    """Return when another look was asked for that no answer has followed, as these events say it."""
    last = next((one for one in reversed(events) if one.kind in (EventKind.REVIEW_ASKED, *_ANSWERS)), None)
    return last.at if last and last.kind == EventKind.REVIEW_ASKED else None


def contested_name(session: Session, complaint: Complaint) -> str | None:
    """Return whose answer is to be looked at again, by their present name; None when nobody asked."""
    asked = select(Event.data).where(Event.complaint_id == complaint.id, Event.kind == EventKind.REVIEW_ASKED)
    last = session.scalars(asked.order_by(Event.id.desc())).first()
    if last is None or not last.get("answered_by"):
        return None
    known = session.get(Staff, UUID(last["answered_by_id"])) if last.get("answered_by_id") else None
    return known.name if known else str(last["answered_by"])  # A new name does not make another person.


def id_of(session: Session, name: str) -> UUID | None:
    """Return which of the member's people has a name; None when nobody has, or several."""
    found = session.scalars(select(Staff.id).where(Staff.name == name)).all()
    return found[0] if len(found) == 1 else None


def answerer(told: Iterable[Event]) -> str | None:
    """Return who of the member's people answered or closed last, of what the tenant was told; None when nobody did."""
    answers = [one.actor for one in told if one.kind in _ANSWERS and one.actor not in _NOBODY]
    return answers[-1] if answers else None


def reviewer(
    session: Session, name: str | None, today: date | None = None, blind: Collection[UUID] = ()
) -> Staff | None:
    """Return the supervisor who looks again, never the person of that name; None when there is no other.

    Given the day, who is away comes last. Nobody of those who may not see the complaint is chosen.
    """
    found = [one for one in others(session, name) if one.role in LEADERS and one.id not in blind]
    return min(found, key=lambda one: today is not None and is_absent(one, today), default=None)


def others(session: Session, name: str | None) -> list[Staff]:
    """Return the member's people who may answer but those of that name, in the order of their names."""
    people = session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name, Staff.id))
    return [one for one in people if one.name != name and may(one.role, Act.HANDLE)]

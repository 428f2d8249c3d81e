"""Who looks again: another person than the one whose answer the tenant does not accept."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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
BY = "by_id"  # what an answer and a closing keep beside the name of who wrote them


@dataclass(frozen=True)
class Author:
    """Who wrote an answer. What was written before ids were kept has a name only."""

    name: str
    id: UUID | None = None

    def is_one(self, staff: Staff) -> bool:
        """Say whether it is this very person: another one of the same name is another one."""
        return staff.id == self.id if self.id else staff.name == self.name


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
    author = contested(session, complaint)
    return author is not None and author.is_one(staff) and bool(others(session, author))


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


def contested(session: Session, complaint: Complaint) -> Author | None:
    """Return whose answer is to be looked at again, by their present name; None when nobody asked."""
    asked = select(Event.data).where(Event.complaint_id == complaint.id, Event.kind == EventKind.REVIEW_ASKED)
    last = session.scalars(asked.order_by(Event.id.desc())).first()
    if last is None or not last.get("answered_by"):
        return None
    known = session.get(Staff, UUID(last["answered_by_id"])) if last.get("answered_by_id") else None
    # A new name does not make another person.
    return Author(known.name, known.id) if known else Author(str(last["answered_by"]))


def answerer(told: Iterable[Event]) -> Author | None:
    """Return who of the member's people answered or closed last, of what the tenant was told; None when nobody did."""
    answers = [one for one in told if one.kind in _ANSWERS and one.actor not in _NOBODY]
    if not answers:
        return None
    kept = answers[-1].data.get(BY)
    return Author(answers[-1].actor, UUID(kept) if kept else None)


def identified(session: Session, author: Author) -> Author:
    """Return an author of whom a name is all that was kept with their id, unless nobody has that name, or several."""
    if author.id:
        return author
    found = session.scalars(select(Staff.id).where(Staff.name == author.name)).all()
    return Author(author.name, found[0]) if len(found) == 1 else author


def reviewer(
    session: Session, author: Author | None, today: date | None = None, blind: Collection[UUID] = ()
) -> Staff | None:
    """Return the supervisor who looks again, never who wrote the answer; None when there is no other.

    Given the day, who is away comes last. Nobody of those who may not see the complaint is chosen.
    """
    found = [one for one in others(session, author) if one.role in LEADERS and one.id not in blind]
    return min(found, key=lambda one: today is not None and is_absent(one, today), default=None)


def others(session: Session, author: Author | None) -> list[Staff]:
    """Return the member's people who may answer but the one who wrote the answer, in the order of their names."""
    people = session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name, Staff.id))
    return [one for one in people if not (author and author.is_one(one)) and may(one.role, Act.HANDLE)]

"""Contesting: the tenant says that the subject or the recipient is not the right one; a person looks and says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.recourse import CONTEST_ANSWERED
from service.domain.status import Audience, EventKind
from service.domain.submission import MAX_REASON, check_text
from service.domain.taxonomy import categories
from service.journey.classification.learning import keep_example
from service.journey.clocks import clocks
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.news import mending, news
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event


class About(StrEnum):
    """What is not the right one."""

    CATEGORY = "category"
    RECIPIENT = "recipient"


@dataclass(frozen=True)
class Contest:
    """What the tenant says: of the subject, the right one when they know; of the recipient, who it should be."""

    about: About
    category: str | None = None
    text: str = ""


def contest(member_id: UUID, complaint_id: UUID, said: Contest, ports: Ports) -> None:
    """Keep what the tenant says; a person looks. The same twice is a double tap.

    Raises
    ------
    BadInput
        When the category is none of ours, the words are too long, or a recipient is contested without a word.
    NotFound, NotAllowed
        When there is no such complaint, or it is closed or not read yet.

    """
    if said.category is not None and said.category not in categories():
        raise BadInput("unknown_value", "category")
    if said.text or said.about == About.RECIPIENT:
        check_text(said.text, "text", MAX_REASON)
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        data = {"about": said.about.value, "category": said.category, "text": said.text}
        if complaint.contested_at is not None and last_contest(session, complaint.id) == data:
            return
        mending.hold_closing(session, complaint, ports)
        now = ports.clock.now()
        complaint.contested_at = now
        told = Audience.TENANT
        record(session, complaint, EventKind.CONTESTED, at=now, actor="tenant", audience=told, data=data)


def uphold(member_id: UUID, complaint_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Take a person's word that it was right: the contest is answered, and the tenant reads so. Twice is once.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such complaint, or it is closed.

    """
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        data = last_contest(session, complaint.id)
        if complaint.contested_at is None or data is None:
            return
        now, about = ports.clock.now(), About(data["about"])
        is_of_category = about == About.CATEGORY
        if is_of_category and complaint.category and not complaint.category_by_person and not complaint.abstained:
            complaint.category_by_person = True
            keep_example(session, complaint, staff.id, urgency=None, is_right=True, at=now)
        complaint.contested_at = None
        event = record(
            session,
            complaint,
            EventKind.CONFIRMED,
            at=now,
            actor=staff.name,
            audience=Audience.TENANT,
            data={"category": complaint.category, "about": about.value, "contested": True},
        )
        news.tell(session, complaint, event, CONTEST_ANSWERED, ports)
        clocks.refresh(session, complaint, ports)


def follow_move(session: Session, complaint: Complaint) -> None:
    """Let a contest of the recipient end with the transfer that a person decided."""
    data = last_contest(session, complaint.id) if complaint.contested_at is not None else None
    if data and data["about"] == About.RECIPIENT:
        complaint.contested_at = None


def last_contest(session: Session, complaint_id: UUID) -> dict[str, Any] | None:
    """Return what was contested last; None when nothing was."""
    said = select(Event.data).where(Event.complaint_id == complaint_id, Event.kind == EventKind.CONTESTED)
    return session.scalars(said.order_by(Event.id.desc())).first()

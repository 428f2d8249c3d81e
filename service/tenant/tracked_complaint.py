"""Everything a tenant may know of their own complaint, found by the secret of its link."""

from dataclasses import dataclass, replace
from uuid import UUID

from flask import abort
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.domain.status import EventKind
from service.journey import accounts, referrals
from service.journey.reading import Sheet, sheet
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.feedback import Feedback
from service.models.member import Member
from service.models.submission import Referral
from service.tenant.known import KnownProblem, known_problem
from service.tenant.languages import speak


@dataclass(frozen=True)
class PassedTo:
    """The member that has it now, and the secret of the link that follows it there."""

    name: str
    token: str


@dataclass(frozen=True)
class TrackedComplaint:
    """One complaint, the feedback given on it, and the other members it came from, was sent to or went to."""

    token: str
    sheet: Sheet
    feedback: Feedback | None
    sent_to: Member | None
    passed_from: Member | None = None
    passed_to: PassedTo | None = None
    known: KnownProblem | None = None

    @property
    def member_id(self) -> UUID:
        """The member that holds the complaint."""
        return self.sheet.complaint.member_id

    @property
    def complaint_id(self) -> UUID:
        """The complaint."""
        return self.sheet.complaint.id

    @property
    def is_closed(self) -> bool:
        """Whether the member considers it finished."""
        return self.sheet.complaint.closed_at is not None

    @property
    def was_reopened(self) -> bool:
        """Whether it is open because the tenant said it is not solved."""
        return not self.is_closed and any(event.kind == EventKind.REOPENED for event in self.sheet.events)


def open_tracked_complaint(token: str) -> TrackedComplaint:
    """Return the complaint of a link, or answer 404."""
    found = accounts.tracked(token) or abort(404)
    with member_transaction(found.member_id) as session:
        went = referrals.passed_to(session, found.complaint_id)
        tracked = TrackedComplaint(
            token,
            sheet(session, found.complaint_id),
            session.scalars(select(Feedback).where(Feedback.complaint_id == found.complaint_id)).first(),
            sent_to=_from(session, found.complaint_id, Referral.other_complaint_id.is_(None)),
            passed_from=_from(session, found.complaint_id, Referral.other_complaint_id.is_not(None)),
            known=known_problem(session, session.get_one(Complaint, found.complaint_id)),
        )
    speak(tracked.sheet.complaint.language)
    return replace(tracked, passed_to=_there(went)) if went else tracked


def _from(session: Session, complaint_id: UUID, condition: ColumnElement[bool]) -> Member | None:
    """Return the member the complaint came from, when it did."""
    received = select(Referral.other_member_id).where(
        Referral.complaint_id == complaint_id, Referral.direction == "received", condition
    )
    other = session.scalars(received).first()
    return session.get(Member, other) if other else None


def _there(went: referrals.Passed) -> PassedTo | None:
    """Ask the other member for the link that follows it now, and for nothing else."""
    with member_transaction(went.member_id) as session:
        complaint = session.get(Complaint, went.complaint_id)
        return PassedTo(session.get_one(Member, went.member_id).name, complaint.tracking_token) if complaint else None

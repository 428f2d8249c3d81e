"""Everything a tenant may know of their own complaint, found by the secret of its link."""

from dataclasses import dataclass
from uuid import UUID

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.status import EventKind
from service.journey import accounts
from service.journey.reading import Sheet, sheet
from service.journey.transactions import member_transaction
from service.models.feedback import Feedback
from service.models.member import Member
from service.models.submission import Referral


@dataclass(frozen=True)
class TrackedComplaint:
    """One complaint, the feedback given on it, and the member it was first sent to when that was another one."""

    token: str
    sheet: Sheet
    feedback: Feedback | None
    sent_to: Member | None

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
        return TrackedComplaint(
            token,
            sheet(session, found.complaint_id),
            session.scalars(select(Feedback).where(Feedback.complaint_id == found.complaint_id)).first(),
            _sent_to(session, found.complaint_id),
        )


def _sent_to(session: Session, complaint_id: UUID) -> Member | None:
    """Return the member the complaint was first sent to, when it was referred to the one that holds it."""
    other = session.scalars(
        select(Referral.other_member_id).where(Referral.complaint_id == complaint_id, Referral.direction == "received")
    ).first()
    return session.get(Member, other) if other else None

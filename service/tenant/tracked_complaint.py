"""Everything a tenant may know of their own complaint, found by the secret of its link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import abort, current_app
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.domain import recourse
from service.domain.deadlines import Clock
from service.domain.mending import fates, said
from service.domain.recourse import Act, Standing
from service.domain.status import EventKind, Status
from service.journey.clocks import clocks
from service.journey.closing import reviewers, withdrawing
from service.journey.news import given_files, mending, news
from service.journey.people import accounts
from service.journey.ports import Ports
from service.journey.reading import Sheet, sheet
from service.journey.routing import referrals
from service.journey.submission import uploads
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.feedback import Feedback
from service.models.handover import Attachment
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
    """One complaint, the feedback given on it, and the other members it came from, was sent to or went to.

    The events of `sheet` are those that count for the tenant now: no message that waits to leave or was kept back.
    """

    token: str
    sheet: Sheet
    now: datetime
    told: Sequence[mending.Said]
    standing: mending.Standing
    left_at: Mapping[int, datetime]  # when a message that waited left, by its event
    files: Mapping[int, Sequence[Attachment]]  # the tenant's own, by the event that brought them
    waiting: Sequence[uploads.Waiting]  # on their way from this page
    feedback: Feedback | None
    sent_to: Member | None
    full_answer_due: datetime | None = None
    passed_from: Member | None = None
    passed_to: PassedTo | None = None
    known: KnownProblem | None = None
    received_by: str | None = None  # the way by which the reference leaves; None when there is none
    answered_by: str | None = None  # the way by which an answer leaves

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
        """Whether the member considers it finished, and has said so."""
        return self.standing.is_closed

    @property
    def was_reopened(self) -> bool:
        """Whether it is open because the tenant said it is not solved."""
        return not self.is_closed and any(event.kind == EventKind.REOPENED for event in self.sheet.events)

    @property
    def ended_by_tenant(self) -> bool:
        """Whether it is the tenant who ended it."""
        last = self.last(EventKind.CLOSED)
        return self.is_closed and last is not None and last.actor == withdrawing.TENANT

    @property
    def is_under_review(self) -> bool:
        """Whether another person looks again, as far as the tenant was told."""
        return reviewers.pending_since(self.sheet.events) is not None

    @property
    def is_dangerous(self) -> bool:
        """Whether somebody may be in danger: then a person ends it, no click."""
        return withdrawing.is_in_danger(self.sheet.complaint)

    @property
    def acts(self) -> frozenset[Act]:
        """What the tenant may do now."""
        complaint, events = self.sheet.complaint, self.sheet.events
        ended = self.last(EventKind.CLOSED)
        after = [one for one in events if ended and one.id > ended.id and one.data.get("after_closing")]
        is_hidden = complaint.status == Status.CLOSED and not self.is_closed
        return recourse.acts_left(
            Standing(
                status=Status.HANDLED if is_hidden else Status(complaint.status),
                now=self.now,
                outcome=self.standing.outcome,
                closed_at=self.standing.closed_at,
                was_answered=reviewers.answerer(events) is not None,
                is_under_review=self.is_under_review,
                said_after=bool(after),
            )
        )

    @property
    def goes_on(self) -> str:
        """The reference of the tenant's other request, with which this one is handled; empty for anybody else's."""
        ended = self.last(EventKind.CLOSED)
        return str(ended.data["goes_on"]) if self.is_closed and ended and ended.data.get("is_own") else ""

    def last(self, *kinds: EventKind) -> Event | None:
        """Return the latest event of these kinds that the tenant was told of, or that nobody has to tell."""
        return next((one for one in reversed(self.sheet.events) if one.kind in kinds), None)


def open_tracked_complaint(token: str) -> TrackedComplaint:
    """Return the complaint of a link, or answer 404."""
    ports: Ports = current_app.extensions["seve"].ports
    found, now = accounts.tracked(token) or abort(404), ports.clock.now()
    waiting = uploads.of_holder(found.member_id, token)
    with member_transaction(found.member_id) as session:
        whole = sheet(session, found.complaint_id)
        went = referrals.passed_to(session, found.complaint_id)
        events, standing = said(whole.events, now), mending.standing(whole.complaint, whole.events, now)
        told = mending.told(whole.events, now)
        tracked = TrackedComplaint(
            token=token,
            sheet=replace(whole, events=events),
            now=now,
            told=told,
            standing=standing,
            left_at={event_id: fate.leaves_at for event_id, fate in fates(whole.events).items()},
            files=given_files.of_tenant(session, found.complaint_id, told),
            waiting=waiting,
            full_answer_due=_full_answer_due(session, whole.complaint, events, ports),
            feedback=session.scalars(select(Feedback).where(Feedback.complaint_id == found.complaint_id)).first(),
            sent_to=_from(session, found.complaint_id, Referral.other_complaint_id.is_(None)),
            passed_from=_from(session, found.complaint_id, Referral.other_complaint_id.is_not(None)),
            known=None if standing.is_closed else known_problem(session, whole.complaint),
            received_by=_way(session, whole.complaint, "received"),
            answered_by=_way(session, whole.complaint, "answered"),
        )
    speak(tracked.sheet.complaint.language)
    return replace(tracked, passed_to=_there(went)) if went else tracked


def _way(session: Session, complaint: Complaint, purpose: str) -> str | None:
    return next((way.value for way, _ in news.ways_of(session, complaint, purpose)), None)


def _full_answer_due(session: Session, complaint: Complaint, events: Sequence[Event], ports: Ports) -> datetime | None:
    """Return when everything should be done, as far as the tenant was told; None while nobody answered."""
    states = clocks.read(session, complaint, events, ports).states
    return next((state.due_at for state in states if state.clock == Clock.FULL_ANSWER), None)


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

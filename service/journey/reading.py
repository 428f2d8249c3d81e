"""What the faces show: one complaint with its history, and a member's list by key. Nothing here changes anything."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.errors import BadInput, NotFound
from service.domain.status import Audience, Status
from service.journey.known import Known, known, known_of
from service.journey.leaving import end_waits
from service.journey.places import place_in_words
from service.journey.submission import PARIS
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.handover import Handover
from service.models.member import Member, Organisation, Team
from service.models.patrimoine import Residence
from service.models.people import Staff

PAGE = 50  # complaints in one page of a list


@dataclass(frozen=True)
class Sheet:
    """One complaint with everything around it."""

    complaint: Complaint
    member: Member
    team: Team | None
    organisation: Organisation | None
    assignee: Staff | None
    place: str
    events: Sequence[Event]
    failures: Sequence[Delivery]
    known: Known | None = None  # the collective incident it is linked to

    @property
    def told(self) -> list[Event]:
        """The events a tenant may read."""
        return [event for event in self.events if event.audience == Audience.TENANT]


@dataclass(frozen=True)
class Filters:
    """What narrows a list. Dates are days of Paris time, the last one included."""

    status: str | None = None
    category: str | None = None
    urgency: str | None = None
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    view: str | None = None  # a key of _views
    since: date | None = None
    until: date | None = None
    reference: str | None = None
    as_told: bool = False  # closed is what the tenant was told is closed


@dataclass(frozen=True)
class Page:
    """Some complaints, the newest first, and the key of the next page."""

    complaints: Sequence[Complaint]
    next_cursor: str | None


def sheet(session: Session, complaint_id: UUID) -> Sheet:
    """Return one complaint of the transaction's member; NotFound for any other."""
    complaint = session.get(Complaint, complaint_id)
    if complaint is None:
        raise NotFound("complaint")
    return Sheet(
        complaint=complaint,
        member=session.get_one(Member, complaint.member_id),
        team=session.get(Team, complaint.team_id) if complaint.team_id else None,
        organisation=session.get(Organisation, complaint.organisation_id) if complaint.organisation_id else None,
        assignee=session.get(Staff, complaint.assignee_id) if complaint.assignee_id else None,
        place=place_in_words(session, complaint),
        events=session.scalars(select(Event).where(Event.complaint_id == complaint_id).order_by(Event.id)).all(),
        failures=session.scalars(
            select(Delivery).where(Delivery.complaint_id == complaint_id, Delivery.status == "given_up")
        ).all(),
        known=known(session, complaint.incident_id),
    )


def sheets(session: Session, complaints: Sequence[Complaint]) -> list[Sheet]:
    """Return the complaints of a list with their desks, without their histories: a few queries whatever the length."""
    teams = {team.id: team for team in session.scalars(select(Team))}
    organisations = {organisation.id: organisation for organisation in session.scalars(select(Organisation))}
    people = {staff.id: staff for staff in session.scalars(select(Staff))}
    members = {member.id: member for member in session.scalars(select(Member))}
    places = _places(session, complaints)
    incidents = known_of(session, {complaint.incident_id for complaint in complaints if complaint.incident_id})
    return [
        Sheet(
            complaint=complaint,
            member=members[complaint.member_id],
            team=teams.get(complaint.team_id) if complaint.team_id else None,
            organisation=organisations.get(complaint.organisation_id) if complaint.organisation_id else None,
            assignee=people.get(complaint.assignee_id) if complaint.assignee_id else None,
            place=places.get(complaint.residence_id, "lieu à vérifier")
            if complaint.residence_id
            else "lieu à vérifier",
            events=(),
            failures=(),
            known=incidents.get(complaint.incident_id) if complaint.incident_id else None,
        )
        for complaint in complaints
    ]


def _places(session: Session, complaints: Sequence[Complaint]) -> dict[UUID, str]:
    wanted = {complaint.residence_id for complaint in complaints if complaint.residence_id}
    rows = session.scalars(select(Residence).where(Residence.id.in_(wanted)))
    return {row.id: f"{row.name}, {row.city}" for row in rows}


def page(session: Session, filters: Filters, now: datetime, cursor: str | None = None, size: int = PAGE) -> Page:
    """Return one page of the transaction's member.

    Raises
    ------
    BadInput
        When the cursor is not one of ours.

    """
    query = select(Complaint).where(*conditions(filters, now))
    if cursor:
        submitted_at, complaint_id = _read_cursor(cursor)
        query = query.where(tuple_(Complaint.submitted_at, Complaint.id) < (submitted_at, complaint_id))
    rows = session.scalars(query.order_by(Complaint.submitted_at.desc(), Complaint.id.desc()).limit(size + 1)).all()
    kept = rows[:size]
    return Page(kept, _write_cursor(kept[-1]) if len(rows) > size else None)


def counts(session: Session, lists: Mapping[str, Filters], now: datetime) -> dict[str, int]:
    """Return how many complaints each of several lists would hold, in one query."""
    columns = [
        func.count().filter(and_(true(), *conditions(filters, now))).label(name) for name, filters in lists.items()
    ]
    return dict(session.execute(select(*columns).select_from(Complaint)).one()._mapping)  # noqa: SLF001  Its public name.


def conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a complaint of the list must fulfil."""
    columns: tuple[tuple[InstrumentedAttribute[Any], object], ...] = (
        (Complaint.status, filters.status),
        (Complaint.category, filters.category),
        (Complaint.urgency, filters.urgency),
        (Complaint.team_id, filters.team_id),
        (Complaint.assignee_id, filters.assignee_id),
        (Complaint.reference, filters.reference),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in columns if value is not None]
    if filters.as_told and filters.status == Status.CLOSED:
        found.append(~end_waits(now))
    if filters.since:
        found.append(Complaint.submitted_at >= datetime.combine(filters.since, time(), PARIS))
    if filters.until:
        found.append(Complaint.submitted_at < datetime.combine(filters.until + timedelta(days=1), time(), PARIS))
    return [*found, *_views(now).get(filters.view or "", ())]


def _views(now: datetime) -> dict[str, tuple[ColumnElement[bool], ...]]:
    is_open = Complaint.status != Status.CLOSED
    tomorrow = datetime.combine(now.astimezone(PARIS).date() + timedelta(days=1), time(), PARIS)
    has_failed = exists().where(Delivery.complaint_id == Complaint.id, Delivery.status == "given_up")
    return {
        "open": (is_open,),
        "to_sort": (is_open, Complaint.target == "sorting"),
        "danger": (is_open, Complaint.urgency == "danger"),
        "to_check": (is_open, _is_to_check()),
        "late": (is_open, Complaint.due_at < now),
        "due_today": (is_open, Complaint.due_at >= now, Complaint.due_at < tomorrow),
        "waiting": (is_open, Complaint.is_paused == true()),
        "outside": (is_open, Complaint.organisation_id.is_not(None)),
        "silent": (is_open, _is_unanswered(now)),
        "failed": (is_open, has_failed),
        "contested": (is_open, Complaint.contested_at.is_not(None)),
        "review": (is_open, Complaint.review_asked_at.is_not(None)),
        "audit": (is_open, Complaint.audit_due == true()),  # "is true" would not be served by the index
    }


def _is_unanswered(now: datetime) -> ColumnElement[bool]:
    """Say where an outside organisation should have accepted or refused, and has not."""
    return exists().where(
        Handover.complaint_id == Complaint.id, Handover.status == "offered", Handover.answer_due_at < now
    )


def _is_to_check() -> ColumnElement[bool]:
    """Say where the model or the lexicon suspects a danger and nobody has judged of it yet."""
    is_unread = and_(Complaint.category.is_(None), func.jsonb_array_length(Complaint.danger_types) > 0)
    return and_(
        Complaint.urgency.is_distinct_from("danger"),
        Complaint.danger_is_judged.is_(False),
        or_(Complaint.danger != "none", is_unread),
    )


def _write_cursor(last: Complaint) -> str:
    return base64.urlsafe_b64encode(f"{last.submitted_at.isoformat()}|{last.id}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        at, complaint_id = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        return datetime.fromisoformat(at), UUID(complaint_id)
    except (ValueError, binascii.Error) as error:
        raise BadInput("not_a_cursor", "cursor") from error


def colleagues(session: Session) -> Sequence[Staff]:
    """Return the staff a complaint may be given to."""
    return session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name)).all()


def teams(session: Session) -> Sequence[Team]:
    """Return the desks of the transaction's member."""
    return session.scalars(select(Team).order_by(Team.name)).all()


def team_of(session: Session, complaint_id: UUID) -> UUID | None:
    """Return the team that holds a complaint, None when there is none or the complaint is not theirs to see."""
    return session.scalar(select(Complaint.team_id).where(Complaint.id == complaint_id))

"""What the faces show: one complaint with its history, the lines of a list. Nothing here changes anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from service.domain.addresses import fold
from service.domain.errors import Erased, NotFound
from service.domain.status import Audience, EventKind
from service.journey.patrimoine.places import place_in_words
from service.journey.submission.known import Known, known, known_of
from service.models.complaint import Complaint, Event
from service.models.database import OwnedByMember
from service.models.delivery import Delivery
from service.models.member import Member, Organisation, Team
from service.models.patrimoine import Dwelling, Residence
from service.models.people import Staff

_Named = TypeVar("_Named", bound=OwnedByMember | Member)
_Called = TypeVar("_Called", Staff, Organisation, Team)


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
class Row:
    """One line of a list: a complaint, and what happened to it last."""

    sheet: Sheet
    building: str | None
    last: Event | None


def sheet(session: Session, complaint_id: UUID) -> Sheet:
    """Return one complaint of the transaction's member; NotFound for any other, Erased when its time was up."""
    complaint = session.get(Complaint, complaint_id)
    if complaint is None:
        raise NotFound("complaint")
    if complaint.erased_at:
        raise Erased("complaint")
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
    teams = _named(session, Team, (one.team_id for one in complaints))
    organisations = _named(session, Organisation, (one.organisation_id for one in complaints))
    people = _named(session, Staff, (one.assignee_id for one in complaints))
    members = _named(session, Member, (one.member_id for one in complaints))
    residences = _named(session, Residence, (one.residence_id for one in complaints))
    places = {key: f"{row.name}, {row.city}" for key, row in residences.items()}
    incidents = known_of(session, {complaint.incident_id for complaint in complaints if complaint.incident_id})
    return [
        Sheet(
            complaint=complaint,
            member=members[complaint.member_id],
            team=teams.get(complaint.team_id),
            organisation=organisations.get(complaint.organisation_id),
            assignee=people.get(complaint.assignee_id),
            place=places.get(complaint.residence_id, "lieu à vérifier"),
            events=(),
            failures=(),
            known=incidents.get(complaint.incident_id) if complaint.incident_id else None,
        )
        for complaint in complaints
    ]


def _named(session: Session, table: type[_Named], ids: Iterable[UUID | None]) -> dict[UUID | None, _Named]:
    """Return the rows that a list refers to."""
    wanted, found = {one for one in ids if one}, dict[UUID | None, _Named]()
    for one in wanted:
        # What the transaction already read is not asked again.
        row = session.identity_map.get(identity_key(table, one))
        if row is not None:
            found[one] = row
    missing = wanted - found.keys()
    if missing:
        found |= {row.id: row for row in session.scalars(select(table).where(table.id.in_(missing)))}
    return found


def rows(session: Session, complaints: Sequence[Complaint]) -> list[Row]:
    """Return the lines of a list, in its order: a few queries whatever the length."""
    ids = [complaint.id for complaint in complaints]
    dwellings = _named(session, Dwelling, (one.dwelling_id for one in complaints))
    last = _last_events(session, ids)
    return [
        Row(
            sheet=sheet,
            building=home.building if (home := dwellings.get(sheet.complaint.dwelling_id)) else None,
            last=last.get(sheet.complaint.id),
        )
        for sheet in sheets(session, complaints)
    ]


def rows_of(session: Session, ids: Sequence[UUID]) -> list[Row]:
    """Return the lines of the complaints that these ids name and the reader may see, in the order of the ids."""
    found = {one.id: one for one in session.scalars(select(Complaint).where(Complaint.id.in_(ids)))}
    return rows(session, [found[key] for key in ids if key in found])


def _last_events(session: Session, ids: Sequence[UUID]) -> dict[UUID, Event]:
    """Return what happened last to each complaint; delays that follow from a reading are no news."""
    news = (Event.complaint_id.in_(ids), Event.kind != EventKind.TARGETS_SET)
    last = select(func.max(Event.id)).where(*news).group_by(Event.complaint_id)
    return {event.complaint_id: event for event in session.scalars(select(Event).where(Event.id.in_(last)))}


def colleagues(session: Session) -> Sequence[Staff]:
    """Return the staff a complaint may be given to."""
    return _by_name(session.scalars(select(Staff).where(Staff.is_active)))


def organisations(session: Session) -> Sequence[Organisation]:
    """Return the suppliers and authorities of the transaction's member."""
    return _by_name(session.scalars(select(Organisation)))


def teams(session: Session) -> Sequence[Team]:
    """Return the desks of the transaction's member."""
    return _by_name(session.scalars(select(Team)))


def _by_name(found: Iterable[_Called]) -> list[_Called]:
    """Return them as a dictionary has them: an accent moves no name behind those of V."""
    return sorted(found, key=lambda one: (fold(one.name), one.name))


def team_of(session: Session, complaint_id: UUID) -> UUID | None:
    """Return the team that holds a complaint, None when there is none or the complaint is not theirs to see."""
    return session.scalar(select(Complaint.team_id).where(Complaint.id == complaint_id))

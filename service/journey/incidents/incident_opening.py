"""Incidents that people begin: from a complaint, or announced before anybody writes; and links made by hand."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import incidents as rules
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.incident_news import check_news
from service.domain.reference import read_reference
from service.domain.status import Status
from service.domain.submission import MAX_REASON, check_text
from service.domain.taxonomy import categories
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.incidents.incident_links import candidates, link, link_all, unlink
from service.journey.incidents.incident_origin import open_here
from service.journey.incidents.incident_reports import hold_residence, live_incidents
from service.journey.incidents.incidents import begin
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.incident import Incident, IncidentNews
from service.models.patrimoine import Residence


@dataclass(frozen=True)
class Announcement:
    """Works, or an outage known before anybody writes. Instants carry a time zone."""

    residence_id: UUID
    category: str
    title: str
    starts_at: datetime
    ends_at: datetime | None
    text: str
    building: str | None = None
    kind: str = "works"  # or outage


def announce(member_id: UUID, author: str, announcement: Announcement, ports: Ports) -> UUID:
    """Announce works or a known outage. What is written about it attaches by itself; announced twice is once.

    Raises
    ------
    BadInput
        When the residence or the category is unknown, a text is blank or too long, works have no end, or it ends
        before it starts or before now.

    """
    _check(announcement, ports.clock.now())
    with member_transaction(member_id) as session:
        if session.get(Residence, announcement.residence_id) is None:
            raise BadInput("unknown_value", "residence")
        hold_residence(session, announcement.residence_id)
        for known in live_incidents(session, announcement.residence_id):
            if (known.title, known.starts_at) == (announcement.title.strip(), announcement.starts_at):
                return known.id
        incident = _announced(session, member_id, author, announcement, ports)
        session.add(incident)
        session.flush()
        now = ports.clock.now()
        session.add(
            IncidentNews(member_id=member_id, incident_id=incident.id, text=announcement.text, author=author, at=now)
        )
        if incident.starts_at <= now:
            found = candidates(session, incident, incident.starts_at)
            link_all(session, incident, {report.id for report in found}, by=author, ports=ports)
        return incident.id


def open_from(member_id: UUID, complaint_id: UUID, staff_id: UUID, ports: Ports) -> UUID:
    """Open the incident a complaint is about, and link it with those that say the same; return the incident.

    When such an incident lives already, that one is meant: two people may press the button.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such complaint; when it is closed, or its place or its subject is not known.

    """
    with member_transaction(member_id) as session:
        complaint = _open_complaint(session, complaint_id)
        name = staff_member(session, staff_id).name
        incident = open_here(session, complaint, name, ports)
        link(session, complaint, incident, by=name, ports=ports)
        found = candidates(session, incident, complaint.submitted_at - rules.window_of(incident.category))
        others = {report.id for report in found} - {complaint.id}
        link_all(session, incident, others, by=name, ports=ports)
        return incident.id


def link_one(member_id: UUID, incident_id: UUID, complaint_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Link one more complaint by a person's word, whatever was read in it.

    Raises
    ------
    NotFound, NotAllowed
        When the incident or the complaint is not this member's; when the incident is not open or the complaint closed.

    """
    with member_transaction(member_id) as session:
        complaint = _open_complaint(session, complaint_id)
        name = staff_member(session, staff_id).name
        incident = session.get(Incident, incident_id)
        if incident is None:
            raise NotFound("incident")
        hold_residence(session, incident.residence_id)
        session.refresh(incident)
        if incident.status != "open":
            raise NotAllowed("incident_ended")
        link(session, complaint, incident, by=name, ports=ports)


def unlink_one(member_id: UUID, incident_id: UUID, complaint_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Take a complaint off an incident; no rule puts it back. Nothing happens when it is not linked to it.

    Raises
    ------
    NotFound
        When the complaint is not this member's.

    """
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        name = staff_member(session, staff_id).name
        if complaint.incident_id == incident_id:
            unlink(session, complaint, by=name, ports=ports)


def complaint_of(member_id: UUID, typed: str) -> UUID:
    """Return the complaint of a reference typed by a person.

    Raises
    ------
    BadInput
        `not_a_reference`, or `unknown_reference` when the member has none of that name.

    """
    reference = read_reference(typed)
    if reference is None:
        raise BadInput("not_a_reference", "reference")
    with member_transaction(member_id) as session:
        found = session.scalars(select(Complaint.id).where(Complaint.reference == reference)).first()
    if found is None:
        raise BadInput("unknown_reference", "reference")
    return found


def _check(announcement: Announcement, now: datetime) -> None:
    check_text(announcement.title, "title", MAX_REASON)
    check_news(announcement.text)
    if announcement.category not in categories() or announcement.category in rules.INDIVIDUAL:
        raise BadInput("unknown_value", "category")
    if announcement.ends_at is None:
        if announcement.kind == "works":
            raise BadInput("not_a_moment", "ends_at")
    elif announcement.ends_at <= announcement.starts_at:
        raise BadInput("ends_before_it_starts", "ends_at")
    elif announcement.ends_at <= now:
        raise BadInput("in_the_past", "ends_at")


def _announced(session: Session, member_id: UUID, author: str, announcement: Announcement, ports: Ports) -> Incident:
    incident = Incident(
        member_id=member_id,
        residence_id=announcement.residence_id,
        category=announcement.category,
        building=announcement.building or None,
        kind=announcement.kind,
        status="open",
        title=announcement.title.strip(),
        opened_by=author,
        opened_at=ports.clock.now(),
        starts_at=announcement.starts_at,
        ends_at=announcement.ends_at,
    )
    if announcement.kind == "outage":
        begin(session, incident, ports, is_soon=False)
    return incident


def _open_complaint(session: Session, complaint_id: UUID) -> Complaint:
    complaint = locked_complaint(session, complaint_id)
    if complaint.status == Status.CLOSED:
        raise NotAllowed("complaint_closed")
    return complaint

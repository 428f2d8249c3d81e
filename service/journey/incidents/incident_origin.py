"""The incident that a complaint is about: found among those that live, or begun."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.domain import incidents as rules
from service.domain.errors import NotAllowed
from service.domain.incidents import Report
from service.journey.incidents.incident_reports import hold_residence, live_incidents, report_of
from service.journey.incidents.incidents import begin
from service.journey.ports import Ports
from service.models.complaint import Complaint
from service.models.incident import Incident


def open_here(session: Session, complaint: Complaint, by: str, ports: Ports) -> Incident:
    """Return the incident a complaint is about, open; nothing is linked to it. Its residence is held from now on.

    Raises
    ------
    NotAllowed
        `no_place` or `no_subject`: see `subject_at`.

    """
    residence_id, category = subject_at(session, complaint)
    hold_residence(session, residence_id)
    arrival = report_of(session, complaint)
    incident = _living(session, complaint, arrival, category) or _new(complaint, arrival, category, ports)
    if incident.status == "proposed":
        begin(session, incident, ports, is_soon=complaint.urgency == "danger")
        incident.opened_by = by
    session.add(incident)
    session.flush()
    return incident


def subject_at(session: Session, complaint: Complaint) -> tuple[UUID, str]:
    """Return the residence and the category of the incident that a complaint may be about.

    Raises
    ------
    NotAllowed
        `no_place` when its place is not known, `no_subject` when its subject is not, or is each household's own.

    """
    category = rules.subject_of(report_of(session, complaint))
    if complaint.residence_id is None:
        raise NotAllowed("no_place")
    if category is None:
        raise NotAllowed("no_subject")
    return complaint.residence_id, category


def _living(session: Session, complaint: Complaint, arrival: Report, category: str) -> Incident | None:
    """Return the incident that lives and that the complaint is linked to, or is of its kind."""
    live = live_incidents(session, complaint.residence_id) if complaint.residence_id else ()
    mine = [incident for incident in live if incident.id == complaint.incident_id]
    same = [
        incident
        for incident in live
        if incident.category == category
        and incident.kind == "outage"
        and rules.is_same_building(incident.building, arrival.building)
    ]
    return next(iter([*mine, *same]), None)


def _new(complaint: Complaint, arrival: Report, category: str, ports: Ports) -> Incident:
    """Return an incident that its caller opens at once."""
    return Incident(
        member_id=complaint.member_id,
        residence_id=complaint.residence_id,
        category=category,
        building=rules.building_of(arrival, category),
        kind="outage",
        status="proposed",
        title=rules.title_of(arrival, category),
        opened_by="",
        opened_at=ports.clock.now(),
        starts_at=complaint.submitted_at,
    )

"""Linking complaints to an incident and back. A link changes nothing of a complaint's own way, and is never erased."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.domain.incidents import Report, is_about, is_same_building
from service.domain.status import Audience, EventKind, Status
from service.journey.danger import sharing
from service.journey.events import record
from service.journey.incidents.incident_reports import LIVE, household, reports_since
from service.journey.ports import Ports
from service.models.complaint import Complaint, Event
from service.models.incident import Incident, IncidentLink
from service.models.outbox import OutboxStep

RULES = "rules"
DIFFERS = "differs_from"  # in the data of the first event: incidents the tenant says are not theirs


def households_of(session: Session, incident_id: UUID) -> int:
    """Return how many distinct households are linked now."""
    counted = select(func.count(IncidentLink.household.distinct()))
    return session.scalars(counted.where(IncidentLink.incident_id == incident_id, _is_live())).one()


def live_link(session: Session, complaint_id: UUID) -> IncidentLink | None:
    """Return the link of a complaint that nobody ended."""
    return session.scalars(select(IncidentLink).where(IncidentLink.complaint_id == complaint_id, _is_live())).first()


def link(
    session: Session, complaint: Complaint, incident: Incident, *, by: str, ports: Ports, tells: bool = True
) -> Event | None:
    """Link a complaint that is held to an incident; done once, whatever it was linked to before is ended.

    The tenant is told unless `tells` is False. Return the event, None when it was linked already.
    """
    if complaint.incident_id == incident.id and live_link(session, complaint.id):
        return None
    unlink(session, complaint, by=by, ports=ports)
    now = ports.clock.now()
    session.add(
        IncidentLink(
            member_id=complaint.member_id,
            incident_id=incident.id,
            complaint_id=complaint.id,
            household=household(complaint),
            linked_by=by,
            linked_at=now,
        )
    )
    complaint.incident_id = incident.id
    session.flush()
    return record(
        session,
        complaint,
        EventKind.LINKED,
        at=now,
        actor=by,
        audience=Audience.TENANT if tells else Audience.INTERNAL,
        data=_data(incident) | {"households": households_of(session, incident.id)},
    )


def unlink(session: Session, complaint: Complaint, *, by: str, ports: Ports) -> None:
    """End the link of a complaint that is held, if it has one; the history keeps both moves."""
    ended = live_link(session, complaint.id)
    complaint.incident_id = None
    if ended is None:
        return
    ended.unlinked_by, ended.unlinked_at = by, ports.clock.now()
    session.flush()
    incident = session.get_one(Incident, ended.incident_id)
    if incident.status in (*LIVE, "dismissed"):
        record(session, complaint, EventKind.UNLINKED, at=ports.clock.now(), actor=by, data=_data(incident))
    sharing.wake(session, [complaint.id], ports.clock.now())  # no neighbour's calls stand for its danger any more


def candidates(session: Session, incident: Incident, since: datetime) -> list[Report]:
    """Return the open complaints that an incident would take with it, unless a person took them off it before."""
    found = [
        report
        for report in reports_since(session, incident.residence_id, since, only_open=True)
        if is_about(report, incident.category) and is_same_building(report.building, incident.building)
    ]
    refused = taken_off(session, incident)
    return [report for report in found if report.id not in refused]


def taken_off(session: Session, incident: Incident) -> set[UUID]:
    """Return the complaints that a person took off an incident, or whose tenant said no: no rule puts them in."""
    ended = select(IncidentLink.complaint_id).where(IncidentLink.incident_id == incident.id, _is_ended_by_person())
    differing = (
        select(Event.complaint_id)
        .join(Complaint, Complaint.id == Event.complaint_id)
        .where(
            Complaint.residence_id == incident.residence_id,
            Event.kind == EventKind.SUBMITTED,
            Event.data[DIFFERS].contains([str(incident.id)]),
        )
    )
    return {*session.scalars(ended), *session.scalars(differing)}


def taken_off_of(session: Session, complaint_id: UUID) -> set[UUID]:
    """Return the incidents that a person took a complaint off, and those its tenant saw and said were not it."""
    ended = select(IncidentLink.incident_id).where(IncidentLink.complaint_id == complaint_id, _is_ended_by_person())
    sent = select(Event.data).where(Event.complaint_id == complaint_id, Event.kind == EventKind.SUBMITTED)
    differing = {UUID(one) for data in session.scalars(sent) for one in data.get(DIFFERS, ())}
    return {*session.scalars(ended), *differing}


def _is_ended_by_person() -> ColumnElement[bool]:
    return IncidentLink.unlinked_by.is_not(None) & (IncidentLink.unlinked_by != RULES)


def link_all(session: Session, incident: Incident, complaint_ids: Collection[UUID], *, by: str, ports: Ports) -> None:
    """Link complaints that are not held yet.

    What somebody else is at is not waited for: it looks again by itself, in a step of its own.
    """
    wanted = select(Complaint).where(Complaint.id.in_(complaint_ids), Complaint.status != Status.CLOSED)
    held = session.scalars(wanted.order_by(Complaint.id).with_for_update(skip_locked=True)).all()
    for complaint in held:
        link(session, complaint, incident, by=by, ports=ports)
    _look_again(session, set(complaint_ids) - {complaint.id for complaint in held}, ports)


def _look_again(session: Session, complaint_ids: Collection[UUID], ports: Ports) -> None:
    """Let the step that looked around be taken once more for complaints that somebody holds.

    A new step would wait for the complaint, by its foreign key, while others wait for this residence. The step of
    before is opened again instead; one that is being taken right now waits for us, and looks after we are done.
    """
    if not complaint_ids:
        return
    looked = select(OutboxStep).where(OutboxStep.complaint_id.in_(complaint_ids), OutboxStep.name == "watch")
    steps = session.scalars(looked.order_by(OutboxStep.event_id).with_for_update(skip_locked=True))
    for step in {step.complaint_id: step for step in steps}.values():
        step.done_at, step.run_after = None, ports.clock.now()
    session.flush()


def _is_live() -> ColumnElement[bool]:
    return IncidentLink.unlinked_at.is_(None)


def _data(incident: Incident) -> dict[str, Any]:
    return {"incident": str(incident.id), "title": incident.title}

"""What the staff read of incidents: the list, one with its complaints, and those around one complaint."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotFound
from service.domain.incidents import is_about
from service.journey.incidents.incident_links import candidates
from service.journey.incidents.incident_reports import LIVE, live_incidents, report_of
from service.journey.submission.known import Known, known_of
from service.models.complaint import Complaint
from service.models.incident import Incident, IncidentLink
from service.models.patrimoine import Dwelling, Residence

PAST = 50  # ended incidents shown, the latest first
SHOWN = 200  # linked complaints shown on one page


@dataclass(frozen=True)
class Line:
    """One incident of a list."""

    incident: Incident
    known: Known
    residence: str
    news_are_due: bool


@dataclass(frozen=True)
class Lists:
    """A member's incidents: those that live, works and outages to come, those that ended."""

    live: list[Line]
    planned: list[Line]
    past: list[Line]


@dataclass(frozen=True)
class Linked:
    """One complaint of an incident, or one that it would take with it; `by` is None for the latter."""

    complaint: Complaint
    place: str
    by: str | None
    at: datetime | None


@dataclass(frozen=True)
class IncidentSheet:
    """One incident with everything around it."""

    line: Line
    linked: list[Linked]  # now, or what accepting would link
    taken_off: list[Linked]


def lists(session: Session, now: datetime) -> Lists:
    """Return the incidents of the transaction's member: three queries whatever their number."""
    live = session.scalars(select(Incident).where(Incident.status.in_(LIVE)).order_by(Incident.opened_at.desc())).all()
    ended = select(Incident).where(Incident.status.not_in(LIVE)).order_by(Incident.resolved_at.desc()).limit(PAST)
    past = session.scalars(ended).all()
    lines = _lines(session, [*live, *past], now)
    current = [line for line in lines[: len(live)] if line.incident.starts_at <= now]
    return Lists(
        # What waits for a person first: news that are due, then proposals.
        live=sorted(current, key=lambda line: (not line.news_are_due, line.incident.status != "proposed")),
        planned=sorted(
            (line for line in lines[: len(live)] if line.incident.starts_at > now),
            key=lambda line: line.incident.starts_at,
        ),
        past=lines[len(live) :],
    )


def sheet(session: Session, incident_id: UUID, now: datetime) -> IncidentSheet:
    """Return one incident of the transaction's member; NotFound for any other."""
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound("incident")
    line = _lines(session, [incident], now)[0]
    if incident.status == "proposed":
        ids = {report.id for report in candidates(session, incident, incident.starts_at)}
        return IncidentSheet(line, _would_link(session, ids), [])
    rows = session.execute(
        select(IncidentLink, Complaint, Dwelling)
        .join(Complaint, Complaint.id == IncidentLink.complaint_id)
        .outerjoin(Dwelling, Dwelling.id == Complaint.dwelling_id)
        .where(IncidentLink.incident_id == incident_id)
        .order_by(IncidentLink.linked_at.desc(), IncidentLink.id)
        .limit(SHOWN)
    )
    linked, taken_off = [], []
    for link, complaint, dwelling in rows:
        if link.unlinked_at is None:
            linked.append(Linked(complaint, _place(dwelling), link.linked_by, link.linked_at))
        else:
            taken_off.append(Linked(complaint, _place(dwelling), link.unlinked_by, link.unlinked_at))
    return IncidentSheet(line, linked, taken_off)


def around(session: Session, complaint: Complaint, now: datetime) -> list[Known]:
    """Return the open incidents of a complaint's residence it may be linked to, those it is about first."""
    if complaint.residence_id is None:
        return []
    report = report_of(session, complaint)
    fitting = [
        incident
        for incident in live_incidents(session, complaint.residence_id)
        if incident.status == "open" and incident.starts_at <= now and incident.id != complaint.incident_id
    ]
    found = known_of(session, [incident.id for incident in fitting])
    ordered = sorted(fitting, key=lambda incident: not is_about(report, incident.category))
    return [found[incident.id] for incident in ordered]


def residences(session: Session) -> dict[UUID, str]:
    """Return the residences of the transaction's member as people call them."""
    rows = session.execute(
        select(Residence.id, Residence.name, Residence.city)
        .where(Residence.closed_on.is_(None))
        .order_by(Residence.name, Residence.city)
    )
    return {residence_id: f"{name}, {city}" for residence_id, name, city in rows}


def residence_named(session: Session, written: str) -> UUID:
    """Return the one residence of this name and town, of this name alone, or of this id.

    Raises
    ------
    BadInput
        `unknown_residence`, or `which_residence` when several have this name.

    """
    asked = " ".join(written.split()).casefold()
    labels = residences(session)
    exact = [one for one, label in labels.items() if asked in (str(one), label.casefold())]
    named = exact or [one for one, label in labels.items() if label.rpartition(",")[0].casefold() == asked]
    if len(named) != 1:
        raise BadInput("which_residence" if named else "unknown_residence", "residence")
    return named[0]


def _lines(session: Session, incidents: Sequence[Incident], now: datetime) -> list[Line]:
    found = known_of(session, [incident.id for incident in incidents])
    wanted = {incident.residence_id for incident in incidents}
    rows = session.scalars(select(Residence).where(Residence.id.in_(wanted)))
    names = {row.id: f"{row.name}, {row.city}" for row in rows}
    return [
        Line(
            incident=incident,
            known=found[incident.id],
            residence=names[incident.residence_id],
            news_are_due=bool(incident.status == "open" and incident.next_news_at and incident.next_news_at < now),
        )
        for incident in incidents
    ]


def _would_link(session: Session, ids: Collection[UUID]) -> list[Linked]:
    rows = session.execute(
        select(Complaint, Dwelling)
        .outerjoin(Dwelling, Dwelling.id == Complaint.dwelling_id)
        .where(Complaint.id.in_(ids))
        .order_by(Complaint.submitted_at.desc(), Complaint.id)
        .limit(SHOWN)
    )
    return [Linked(complaint, _place(dwelling), None, None) for complaint, dwelling in rows]


def _place(dwelling: Dwelling | None) -> str:
    """Return the home within its residence, in a few words."""
    if dwelling is None:
        return "logement non précisé"
    inside = (
        f"bâtiment {dwelling.building}" if dwelling.building else "",
        f"étage {dwelling.floor}" if dwelling.floor else "rez-de-chaussée" if dwelling.floor == 0 else "",
        f"porte {dwelling.door}" if dwelling.door else "",
    )
    return ", ".join(part for part in (f"logement {dwelling.reference}", *inside) if part)

"""Routing: the table in force says which desk answers; the line that fired is kept with its sentence."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.domain.desks import Case, Desks, Route, find_route, settle
from service.domain.routing import DANGER, Decision, TargetKind
from service.domain.status import Audience, EventKind, Status
from service.journey.clocks.clocks import ways_of
from service.journey.events import record
from service.journey.ports import Ports
from service.journey.routing.routing_cases import case_of, spot_of
from service.journey.routing.routing_table import desks_at, table_in_force
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.member import Organisation, Team
from service.models.patrimoine import Dwelling, Residence

# A person's word after which it may well stay where it is.
_SAID_ANEW = (EventKind.CORRECTED, EventKind.PLACED)
REASON_KEPT = "Un danger est signalé : l'équipe qui suit la demande et l'astreinte sont prévenues."


def route(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Bring the complaint to a desk, once for each event that calls for it.

    A correction routes again; a complaint closed meanwhile stays where it is. So does one that a person placed: a new
    danger is only told to those who have it, and to the people on call.
    """
    if complaint.status in (Status.SUBMITTED, Status.CLOSED) or _is_placed_since(session, event):
        return
    if complaint.routed_by_person:
        if _tells_of_danger(event):
            _tell_again(session, complaint, ports)
        return
    in_force = table_in_force(session)
    desks = desks_at(session, complaint.residence_id)
    case = case_for(session, complaint, ports)
    found = find_route(in_force.table, case, desks)
    if event.kind in _SAID_ANEW and _is_where_it_was(complaint, found) and not _tells_of_danger(event):
        if found.target is TargetKind.SORTING:
            complaint.route_reason = found.reason  # what is left to be found
        return
    keep(complaint, found)
    _cancel_what_waits(session, complaint)
    _record(session, complaint, ports, explain(found, case, desks, _names(session), in_force.number))


def _record(session: Session, complaint: Complaint, ports: Ports, data: dict[str, Any]) -> None:
    at = ports.clock.now()
    record(session, complaint, EventKind.ROUTED, at=at, actor="rules", audience=Audience.TENANT, data=data)


def explain(route: Route, case: Case, desks: Desks, names: Mapping[UUID, str], version: int | None) -> dict[str, Any]:
    """Return what is written of a route: the desk, the line and its sentence, and what other lines would have done.

    `names` are those of teams and organisations; `version` is the number of the member's table that was asked, None
    when it has none.
    """
    return {
        "target": route.target,
        "team": names[route.team_id],
        "organisation": names[route.organisation_id] if route.organisation_id else None,
        "proposed": names[route.proposed_id] if route.proposed_id else None,
        "rule": str(route.rule.id) if route.rule else None,
        "reason": route.reason,
        "also": [_otherwise(settle(Decision(rule, rule.sentence), case, desks), names) for rule in route.others],
        "version": version,
    }


def _otherwise(route: Route, names: Mapping[UUID, str]) -> dict[str, str]:
    return {"sentence": route.reason, "desk": names[route.organisation_id or route.team_id]}


def _names(session: Session) -> dict[UUID, str]:
    teams, organisations = session.scalars(select(Team)), session.scalars(select(Organisation))
    return {team.id: team.name for team in teams} | {one.id: one.name for one in organisations}


def _is_placed_since(session: Session, event: Event) -> bool:
    """Say whether the complaint was routed, or brought somewhere by a person, after what calls for it now."""
    later = select(Event.id).where(
        Event.complaint_id == event.complaint_id,
        Event.id > event.id,
        Event.kind.in_((EventKind.ROUTED, EventKind.TRANSFERRED)),
    )
    return session.scalars(later).first() is not None


def _tells_of_danger(event: Event) -> bool:
    """Say whether the event makes a danger of what was none, or tells of one again."""
    if event.kind == EventKind.CORRECTED:
        return bool(event.data["urgency"] == DANGER != event.data["from_urgency"])
    return event.kind == EventKind.DANGER_RAISED


def _is_where_it_was(complaint: Complaint, route: Route) -> bool:
    """Say whether those who have the complaint already are those who should."""
    kept = (complaint.team_id, complaint.organisation_id, complaint.target, complaint.proposed_organisation_id)
    return kept == (route.team_id, route.organisation_id, route.target, route.proposed_id)


def _tell_again(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Deliver a danger anew to the desk that a person chose: the step that follows calls those on duty."""
    names = _names(session)
    data: dict[str, Any] = {
        "target": complaint.target,
        "team": names[complaint.team_id] if complaint.team_id else None,
        "organisation": names[complaint.organisation_id] if complaint.organisation_id else None,
        "proposed": None,
        "rule": None,
        "reason": REASON_KEPT,
        "also": [],
        "version": None,
    }
    _record(session, complaint, ports, data)


def _cancel_what_waits(session: Session, complaint: Complaint) -> None:
    """Stop what still waits to leave for the desk before: it is no longer theirs."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.complaint_id == complaint.id,
            Delivery.status == "waiting",
            Delivery.purpose.in_(("arrival", "handover")),
        )
        .values(status="cancelled")
    )


def keep(complaint: Complaint, route: Route) -> None:
    """Write the desk on the complaint, with the line that chose it."""
    complaint.target = route.target
    complaint.team_id = route.team_id
    complaint.organisation_id = route.organisation_id
    complaint.proposed_organisation_id = route.proposed_id
    complaint.rule_id = route.rule.id if route.rule else None
    complaint.route_reason = route.reason


def case_for(session: Session, complaint: Complaint, ports: Ports) -> Case:
    """Return the complaint as the table sees it."""
    residence = session.get(Residence, complaint.residence_id) if complaint.residence_id else None
    dwelling = session.get(Dwelling, complaint.dwelling_id) if complaint.dwelling_id else None
    own = (dwelling.heating, dwelling.has_lift) if dwelling else (None, None)
    spot = spot_of(residence, *own) if residence else None
    return case_of(complaint, spot, ways_of(session, complaint.member_id, ports).time)

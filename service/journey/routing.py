"""Routing: the member's table says which desk answers; the rule that fired is kept with its sentence."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import routing as rules
from service.domain.status import Audience, EventKind, Status
from service.domain.taxonomy import family_of
from service.journey.events import record
from service.journey.ports import Ports
from service.models.complaint import Complaint, Event
from service.models.member import Organisation, Team
from service.models.patrimoine import Residence
from service.models.routing import RoutingRule


def route(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Bring the complaint to a desk, once for each event that calls for it.

    A correction routes again; a complaint closed meanwhile stays where it is.
    """
    if complaint.status in (Status.SUBMITTED, Status.CLOSED) or _is_routed_since(session, event):
        return
    residence = session.get(Residence, complaint.residence_id) if complaint.residence_id else None
    table = [_as_rule(row) for row in session.scalars(select(RoutingRule))]
    decision = rules.choose(table, _situation(complaint, residence), family_of(complaint.category))
    team = _team(session, decision, residence)
    if team.kind == "sorting":
        decision = rules.Decision(rules.TargetKind.SORTING, decision.rule, decision.reason)
    _keep(complaint, decision, team)
    organisation = session.get(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    record(
        session,
        complaint,
        EventKind.ROUTED,
        at=ports.clock.now(),
        actor="rules",
        audience=Audience.TENANT,
        data={
            "target": decision.target,
            "team": team.name,
            "organisation": organisation.name if organisation else None,
            "rule": str(decision.rule.id) if decision.rule else None,
            "reason": decision.reason,
        },
    )


def _is_routed_since(session: Session, event: Event) -> bool:
    later = select(Event.id).where(
        Event.complaint_id == event.complaint_id, Event.id > event.id, Event.kind == EventKind.ROUTED
    )
    return session.scalars(later).first() is not None


def _keep(complaint: Complaint, decision: rules.Decision, team: Team) -> None:
    complaint.target = decision.target
    complaint.team_id = team.id
    complaint.organisation_id = decision.rule.organisation_id if decision.rule else None
    complaint.rule_id = decision.rule.id if decision.rule else None
    complaint.route_reason = decision.reason


def _situation(complaint: Complaint, residence: Residence | None) -> rules.Situation:
    return rules.Situation(
        category=complaint.category,
        urgency=complaint.urgency,
        abstained=complaint.abstained,
        place_is_known=residence is not None,
        agency_id=residence.agency_id if residence else None,
        heating=residence.heating if residence else None,
        has_lift=residence.has_lift if residence else None,
    )


def _team(session: Session, decision: rules.Decision, residence: Residence | None) -> Team:
    """Return the team that follows the complaint: the rule's, the agency's, or the sorting desk."""
    rule = decision.rule
    if rule and rule.use_agency_team and residence:
        team = session.scalars(select(Team).where(Team.agency_id == residence.agency_id)).first()
    else:
        team = session.get(Team, rule.team_id) if rule and rule.team_id else None
    return team or session.scalars(select(Team).where(Team.kind == "sorting")).one()


def _as_rule(row: RoutingRule) -> rules.Rule:
    return rules.Rule(
        id=row.id,
        position=row.position,
        sentence=row.sentence,
        target=rules.TargetKind(row.target),
        team_id=row.team_id,
        organisation_id=row.organisation_id,
        use_agency_team=row.use_agency_team,
        needs_place=row.needs_place,
        category=row.category,
        family=row.family,
        urgency=row.urgency,
        heating=row.heating,
        agency_id=row.agency_id,
    )

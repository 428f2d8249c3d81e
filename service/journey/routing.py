"""Routing: the member's table says which desk answers; the rule that fired is kept with its sentence."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.domain import routing as rules
from service.domain.status import Audience, EventKind, Status
from service.domain.taxonomy import categories_of, family_of
from service.journey.events import record
from service.journey.ports import Ports
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
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
    table = [as_rule(row) for row in session.scalars(select(RoutingRule))]
    decision, team = _decide(session, table, complaint, residence)
    if event.kind == EventKind.CORRECTED and _is_where_it_was(complaint, decision, team, event):
        return
    keep(complaint, decision, team)
    _cancel_what_waits(session, complaint)
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


def _decide(
    session: Session, table: Sequence[rules.Rule], complaint: Complaint, residence: Residence | None
) -> tuple[rules.Decision, Team]:
    """Return where the table sends the complaint: by its category, or by its family alone where that is enough."""
    situation = situation_of(complaint, residence)
    decision = rules.choose(table, situation, family_of(complaint.category))
    team = _team(session, decision, residence)
    if team.kind != "sorting":
        return decision, team
    if complaint.abstained and complaint.family:

        def team_of(one: rules.Decision) -> UUID | None:
            found = _team(session, one, residence)
            return None if found.kind == "sorting" else found.id

        codes = categories_of(complaint.family)
        team_id = rules.choose_for_family(table, situation, complaint.family, codes, team_of)
        if team_id:
            by_family = rules.Decision(rules.TargetKind.TEAM, None, rules.REASON_FAMILY)
            return by_family, session.get_one(Team, team_id)
    return rules.Decision(rules.TargetKind.SORTING, decision.rule, decision.reason), team


def _is_routed_since(session: Session, event: Event) -> bool:
    later = select(Event.id).where(
        Event.complaint_id == event.complaint_id, Event.id > event.id, Event.kind == EventKind.ROUTED
    )
    return session.scalars(later).first() is not None


def _is_where_it_was(complaint: Complaint, decision: rules.Decision, team: Team, event: Event) -> bool:
    """Say whether a correction changes nothing for those who already have the complaint."""
    organisation_id = decision.rule.organisation_id if decision.rule else None
    same_desk = (complaint.team_id, complaint.organisation_id, complaint.target) == (
        team.id,
        organisation_id,
        decision.target,
    )
    is_new_danger = event.data["urgency"] == "danger" != event.data["from_urgency"]
    return same_desk and not is_new_danger


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


def keep(complaint: Complaint, decision: rules.Decision, team: Team) -> None:
    """Write the desk on the complaint, with the rule that chose it."""
    complaint.target = decision.target
    complaint.team_id = team.id
    complaint.organisation_id = decision.rule.organisation_id if decision.rule else None
    complaint.rule_id = decision.rule.id if decision.rule else None
    complaint.route_reason = decision.reason


def situation_of(complaint: Complaint, residence: Residence | None) -> rules.Situation:
    """Return what a rule may look at; `residence` is None while the place is unknown."""
    return rules.Situation(
        category=complaint.category,
        urgency=complaint.urgency,
        abstained=complaint.abstained,
        place_is_known=residence is not None,
        agency_id=residence.agency_id if residence else None,
        heating=residence.heating if residence else None,
    )


def _team(session: Session, decision: rules.Decision, residence: Residence | None) -> Team:
    """Return the team that follows the complaint: the rule's, the agency's, or the sorting desk."""
    rule = decision.rule
    if rule and rule.use_agency_team and residence:
        team = session.scalars(select(Team).where(Team.agency_id == residence.agency_id)).first()
    else:
        team = session.get(Team, rule.team_id) if rule and rule.team_id else None
    return team or session.scalars(select(Team).where(Team.kind == "sorting")).one()


def as_rule(row: RoutingRule) -> rules.Rule:
    """Return a kept line as the domain reads it."""
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

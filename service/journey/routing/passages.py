"""Passages: carrying a move out, from one desk to the next, with everybody told and a name beside it at the limit."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain import transfers as rules
from service.domain.permissions import LEADERS
from service.domain.routing import TargetKind
from service.domain.status import Audience, EventKind, Status
from service.journey.clocks import clocks
from service.journey.delivery import handovers
from service.journey.delivery.planning import Channel, plan
from service.journey.delivery.withdrawals import stop_what_waits
from service.journey.events import record
from service.journey.people import absence
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.models.complaint import Complaint, Event
from service.models.member import Organisation, Team
from service.models.people import Staff


@dataclass(frozen=True)
class Move:
    """One passage: who decides it, where to, why in the tenant's words, and what is known besides."""

    actor: str
    target: TargetKind
    team: Team
    organisation: Organisation | None
    because: str
    with_text: bool = False


def move_on(session: Session, complaint: Complaint, move: Move, ports: Ports, *, decides: bool = False) -> None:
    """Carry out what follows a refusal: the passage, or, once too many, a person by name who decides.

    `decides` says that this is such a person, who has just decided.
    """
    if decides or not rules.stops(complaint.hops + 1):
        carry_out(session, complaint, move, ports)
        name_at_limit(session, complaint, ports)
        return
    person = person_for(session, complaint)
    desk = deciding_desk(session, complaint)
    stop = Move(move.actor, kind_of(desk), desk, None, rules.A_PERSON_DECIDES)
    carry_out(session, complaint, stop, ports)
    give_to(session, complaint, person, ports)
    name = person.name if person else "Personne n'a pu être désigné : un responsable"
    note = f"Cette demande a déjà changé de mains {complaint.hops} fois. {name} décide qui agit, et prévient."
    record(session, complaint, EventKind.NOTED, at=ports.clock.now(), actor="system", data={"text": note})


def carry_out(session: Session, complaint: Complaint, move: Move, ports: Ports) -> Event:
    """Move the complaint, held, and write it down; the steps that follow deliver it and tell the tenant."""
    now = ports.clock.now()
    before = session.get(Team, complaint.team_id) if complaint.team_id else None
    cancelled = handovers.coming_visit(session, complaint, now.astimezone(PARIS).date())
    handovers.withdraw(session, complaint)
    complaint.target = move.target
    complaint.team_id = move.team.id
    complaint.organisation_id = move.organisation.id if move.organisation else None
    complaint.rule_id = None
    complaint.route_reason = f"{move.because[:1].upper()}{move.because[1:]}."
    complaint.routed_by_person = True
    complaint.proposed_organisation_id = None
    complaint.hops += 1
    _keep_assignee(session, complaint, move.team)
    name = move.organisation.name if move.organisation else move.team.name
    event = record(
        session,
        complaint,
        EventKind.TRANSFERRED,
        at=now,
        actor=move.actor,
        audience=Audience.TENANT,
        data={
            "target": move.target,
            "team": move.team.name,
            "organisation": move.organisation.name if move.organisation else None,
            "from": before.name if before else None,
            "reason": rules.passed_to(name, move.because),
            "with_text": move.with_text,
            "cancelled": cancelled.isoformat() if cancelled else None,
        },
    )
    stop_what_waits(session, event, ())
    if before and before.email and before.id != move.team.id:
        plan(session, event, Channel("team_told", "email", before.email), ports)
    clocks.refresh(session, complaint, ports)
    return event


def name_at_limit(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Put a name beside a complaint that the desks pass no further, when it has none."""
    is_open = complaint.status != Status.CLOSED
    if is_open and rules.stops(complaint.hops) and complaint.assignee_id is None:
        give_to(session, complaint, person_for(session, complaint), ports)


def deciding_desk(session: Session, complaint: Complaint) -> Team:
    """Return where a complaint waits for the person who decides: with the team that follows an organisation's work."""
    own = session.get(Team, complaint.team_id) if complaint.team_id and complaint.organisation_id else None
    return own or sorting_desk(session)


def give_to(session: Session, complaint: Complaint, person: Staff | None, ports: Ports) -> None:
    """Put a name beside the complaint: the person's, or that of who stands in while they are away."""
    if person is None or complaint.assignee_id == person.id:
        return
    given = absence.given(session, complaint, person, absence.today_of(ports))
    if complaint.assignee_id == given.to.id:
        return
    complaint.assignee_id = given.to.id
    record(session, complaint, EventKind.ASSIGNED, at=ports.clock.now(), actor="system", data=given.data)


def in_charge(session: Session, complaint: Complaint) -> Staff | None:
    """Return whose the complaint is: who follows it, or the person who decides when nobody does."""
    assignee = session.get(Staff, complaint.assignee_id) if complaint.assignee_id else None
    return assignee if assignee and assignee.is_active else person_for(session, complaint)


def person_for(session: Session, complaint: Complaint) -> Staff | None:
    """Return who decides when desks do not agree: a supervisor, the one of the complaint's team first.

    Of a sensitive complaint somebody who sees them all decides, where there is one.
    """
    people = session.scalars(select(Staff).where(Staff.is_active)).all()

    def rank(one: Staff) -> tuple[bool, bool, bool, str]:
        is_kept_from = complaint.is_sensitive and not one.is_named
        return is_kept_from, one.role not in LEADERS, one.team_id != complaint.team_id, one.name

    return min(people, key=rank, default=None)


def kind_of(team: Team) -> TargetKind:
    """Return what a team of the member is as a recipient."""
    return TargetKind.SORTING if team.kind == "sorting" else TargetKind.TEAM


def sorting_desk(session: Session) -> Team:
    """Return the desk where a person finds the right recipient."""
    return session.scalars(select(Team).where(Team.kind == "sorting").order_by(Team.name).limit(1)).one()


def _keep_assignee(session: Session, complaint: Complaint, team: Team) -> None:
    """Leave the name beside the complaint only when that person is of the team that has it now."""
    assignee = session.get(Staff, complaint.assignee_id) if complaint.assignee_id else None
    if assignee and assignee.team_id != team.id:
        complaint.assignee_id = None

"""The teams of a member, as its administrators set them. Complaints find a team by its kind, its agency or a rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.domain.desks import SORTING_KIND
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.news import telephone_number
from service.journey.administration import audit
from service.journey.people import people
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import Agency, Team
from service.models.people import Staff

AGENCY_KIND = "agency"
KINDS = (
    SORTING_KIND, AGENCY_KIND, "technical", "on_call", "peace", "charges", "tenancy", "allocation", "social", "works",
    "client_relations",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a team is to be. `agency_id` is for a team of the kind of an agency."""

    name: str
    kind: str
    email: str = ""
    phone: str = ""
    agency_id: UUID | None = None


@dataclass(frozen=True)
class Entry:
    """A team as the list of teams shows it."""

    team: Team
    agency: str | None
    people: int


def listed(session: Session) -> list[Entry]:
    """Return the member's teams by name, and how many people each has."""
    counted = select(Staff.team_id, func.count()).where(Staff.is_active, Staff.team_id.is_not(None))
    counts = {row[0]: row[1] for row in session.execute(counted.group_by(Staff.team_id))}
    names = {one.id: one.name for one in agencies(session)}
    return [
        Entry(team, names.get(team.agency_id) if team.agency_id else None, counts.get(team.id, 0))
        for team in session.scalars(select(Team).order_by(Team.name))
    ]


def agencies(session: Session) -> Sequence[Agency]:
    """Return the member's agencies by name."""
    return session.scalars(select(Agency).order_by(Agency.name)).all()


def create(member_id: UUID, by_id: UUID, plan: Plan, ports: Ports) -> UUID:
    """Open a team.

    Raises
    ------
    BadInput
        When a part of it is not acceptable, or another team has the name.

    """
    with member_transaction(member_id) as session:
        _, by = people.pair(session, by_id, by_id)
        team = Team(member_id=member_id)
        _set(session, team, plan)
        session.add(team)
        session.flush()
        audit.write(session, member_id, audit.actor(by), "created", _called(team), at=ports.clock.now(),
                    after=_told(session, team))  # fmt: skip
        return team.id


def change(member_id: UUID, team_id: UUID, by_id: UUID, plan: Plan, ports: Ports) -> None:
    """Change a team. The history keeps the names it had.

    Raises
    ------
    BadInput, NotFound, NotAllowed
        As for a new one; `last_sorting` when nobody would sort any more.

    """
    with member_transaction(member_id) as session:
        team, by = _team(session, team_id, by_id)
        if plan.kind != team.kind:
            _check_sorting_stays(session, team)
        before, called = _told(session, team), _called(team)
        _set(session, team, plan)
        session.flush()
        after = _told(session, team)
        audit.write_change(session, member_id, audit.actor(by), called, before, after, at=ports.clock.now())


def remove(member_id: UUID, team_id: UUID, by_id: UUID, ports: Ports) -> None:
    """Remove a team that nothing ever knew.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such team; `team_in_use` when a complaint, a rule, a person or an address has it.

    """
    try:
        with member_transaction(member_id) as session:
            team, by = _team(session, team_id, by_id)
            _check_sorting_stays(session, team)
            audit.write(session, member_id, audit.actor(by), "removed", _called(team), at=ports.clock.now(),
                        before=_told(session, team))  # fmt: skip
            session.execute(delete(Team).where(Team.id == team.id))
    except IntegrityError as known:  # The database knows all that may name a team, today and tomorrow.
        raise NotAllowed("team_in_use") from known


def _team(session: Session, team_id: UUID, by_id: UUID) -> tuple[Team, Staff]:
    _, by = people.pair(session, by_id, by_id)
    team = session.get(Team, team_id, with_for_update=True)
    if team is None:
        raise NotFound("team")
    return team, by


def _set(session: Session, team: Team, plan: Plan) -> None:
    name, phone = people.checked_name(plan.name), plan.phone.strip()
    if plan.kind not in KINDS:
        raise BadInput("unknown_value", "kind")
    if phone and telephone_number(phone) is None:
        raise BadInput("not_a_phone", "phone")
    same = select(Team.id).where(func.lower(Team.name) == name.lower(), Team.id != team.id)
    if session.scalars(same).first():
        raise BadInput("team_name_taken", "name")
    team.agency_id = _agency_id(session, plan)
    team.name, team.kind, team.phone = name, plan.kind, phone or None
    team.email = people.checked_email(plan.email) if plan.email.strip() else None


def _agency_id(session: Session, plan: Plan) -> UUID | None:
    """Return the agency of a team of that kind: without one, no complaint would find it."""
    if plan.kind != AGENCY_KIND:
        return None
    if plan.agency_id is None or session.get(Agency, plan.agency_id) is None:
        raise BadInput("agency_missing", "agency")
    return plan.agency_id


def _check_sorting_stays(session: Session, team: Team) -> None:
    others = select(Team.id).where(Team.kind == SORTING_KIND, Team.id != team.id)
    if team.kind == SORTING_KIND and session.scalars(others).first() is None:
        raise NotAllowed("last_sorting")


def _called(team: Team) -> str:
    return f"Équipe « {team.name} »"


def _told(session: Session, team: Team) -> dict[str, Any]:
    agency = session.get(Agency, team.agency_id) if team.agency_id else None
    return {
        "name": team.name, "kind": team.kind, "email": team.email, "phone": team.phone,
        "agency": agency.name if agency else None,
    }  # fmt: skip

"""The people of a member: who they are, what they may do and in which teams. What changes it is in `hiring`."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import Act, Role, may
from service.domain.submission import is_storable
from service.journey.people import invitations
from service.journey.people.absence import day_of, is_absent
from service.models.member import Team
from service.models.people import Staff, TeamRole
from service.models.signing_in import Invitation, Passkey

ADMINISTRATOR = Role.ADMINISTRATOR.value
IN_TEAMS = (Role.READER, Role.AGENT, Role.SUPERVISOR)
IS_COME = Staff.password_hash.is_not(None) | Staff.subject.is_not(None)  # as `has_come`
RESERVED = {"tenant", "system", "model", "rules", "lexicon", "command"}  # who acts in an event, where no person does
MAX_NAME = 120  # characters
MAX_EMAIL = 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


@dataclass(frozen=True)
class Profile:
    """What administrators say of a person: one role everywhere, a team of their own, and more in some teams."""

    name: str
    role: str
    team_id: UUID | None = None
    in_teams: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """A person as the list of people shows them. `state` is one of invited, lapsed, active, absent, left."""

    staff: Staff
    state: str
    has_second_factor: bool
    in_teams: Mapping[UUID, str]


def everybody(session: Session, now: datetime) -> list[Person]:
    """Return the member's people by name, those who left last."""
    rows = session.scalars(select(Staff).order_by(Staff.is_active.desc(), Staff.name, Staff.email)).all()
    awaited = set(session.scalars(select(Invitation.staff_id).where(*invitations.still_open(now))))
    with_key = set(session.scalars(select(Passkey.staff_id)))
    in_teams: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for row in session.scalars(select(TeamRole)):
        in_teams[row.staff_id][row.team_id] = row.role
    return [
        Person(
            one,
            _state(one, now, is_awaited=one.id in awaited),
            one.totp_confirmed_at is not None or one.id in with_key,
            in_teams[one.id],
        )
        for one in rows
    ]


def _state(staff: Staff, now: datetime, *, is_awaited: bool) -> str:
    if not staff.is_active:
        return "left"
    if not has_come(staff):
        return "invited" if is_awaited else "lapsed"
    return "absent" if is_absent(staff, day_of(now)) else "active"


def has_come(staff: Staff) -> bool:
    """Say whether a person can sign in: has a password, or is known to the member's identity provider."""
    return staff.password_hash is not None or staff.subject is not None


def pair(session: Session, staff_id: UUID, by_id: UUID) -> tuple[Staff, Staff]:
    """Return a person, held until the transaction ends, and the administrator who changes something about them.

    Raises
    ------
    NotFound, NotAllowed
        When one is not of this member, or the other is no administrator any more.

    """
    by = session.get(Staff, by_id)
    person = session.get(Staff, staff_id, with_for_update=True)
    if person is None or by is None or not by.is_active:
        raise NotFound("staff")
    if not may(by.role, Act.ADMINISTER):
        raise NotAllowed("administrators_only")
    return person, by


def check_not_last(session: Session, person: Staff) -> None:
    """Refuse to take away the last administrator who can sign in: nobody could give the right back.

    Raises
    ------
    NotAllowed
        `last_administrator`.

    """
    if person.role != ADMINISTRATOR:
        return
    # Held, so that two administrators do not take each other away at the same time.
    held = select(Staff).where(Staff.role == ADMINISTRATOR, Staff.is_active).order_by(Staff.id).with_for_update()
    if not any(one.id != person.id and has_come(one) for one in session.scalars(held)):
        raise NotAllowed("last_administrator")


def told(session: Session, person: Staff) -> dict[str, Any]:
    """Return what the audit log keeps of a person's place."""
    names = {team.id: team.name for team in session.scalars(select(Team))}
    roles = session.scalars(select(TeamRole).where(TeamRole.staff_id == person.id))
    return {
        "role": person.role,
        "team": names.get(person.team_id) if person.team_id else None,
        "in_teams": {names[row.team_id]: row.role for row in roles},
    }


def checked_name(name: str) -> str:
    """Return a name on one line; BadInput when there is none, or it is long or not a person's."""
    name = " ".join(name.split())
    if not name or not is_storable(name):
        raise BadInput("blank" if not name else "unstorable", "name")
    if name.casefold() in RESERVED:
        raise BadInput("name_reserved", "name")
    if len(name) > MAX_NAME:
        raise BadInput("name_too_long", "name")
    return name


def checked_email(email: str) -> str:
    """Return an address as it is kept, in lower case; BadInput when it is not one."""
    email = email.strip().lower()
    if not is_storable(email) or len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise BadInput("not_an_email", "email")
    return email


def check(session: Session, profile: Profile) -> None:
    """Refuse a role or a team that is not one."""
    teams = set(session.scalars(select(Team.id)))
    if profile.role not in set(Role):
        raise BadInput("unknown_value", "role")
    if profile.team_id is not None and profile.team_id not in teams:
        raise BadInput("unknown_value", "team")
    if profile.in_teams.keys() - teams or set(profile.in_teams.values()) - set(IN_TEAMS):
        raise BadInput("unknown_value", "in_teams")

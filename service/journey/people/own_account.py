"""What people see of their own account, and how they change their password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.passwords import LONGEST
from service.journey.people import account_news, factor_rules, invitations, second_factor, sessions, throttling
from service.journey.people.accounts import Person, Reader, SignedIn, account_of, hashed, is_right, transaction_for
from service.journey.ports import Ports
from service.models.member import Team
from service.models.people import NetworkReader, Staff, TeamRole
from service.models.signing_in import Passkey

FRESH = timedelta(minutes=10)  # after signing in


@dataclass(frozen=True)
class OwnAccount:
    """An account as its owner reads it."""

    name: str
    email: str
    role: str
    team: str | None
    in_teams: Sequence[tuple[str, str]]  # the team and the role there, where it is more
    has_password: bool
    code_since: datetime | None
    being_set_up: pyotp.TOTP | None  # what the application is to hold, until a code has proved that it does
    recovery_left: int
    keys: Sequence[Passkey]
    needs_factor: bool  # so says the member, or whoever runs the platform

    @property
    def has_factor(self) -> bool:
        """Whether the password is not enough to come in."""
        return self.code_since is not None or bool(self.keys)


def look(person: Person, ports: Ports) -> OwnAccount:
    """Return somebody's own account."""
    with transaction_for(person) as session:
        account = session.get(Staff, person.id) if person.member_id else session.get(NetworkReader, person.id)
        if account is None:
            raise NotFound("account")
        team, in_teams = None, []
        if isinstance(account, Staff):
            team = session.get_one(Team, account.team_id).name if account.team_id else None
            in_teams = _roles(session, account)
        keys = session.scalars(select(Passkey).where(Passkey.staff_id == person.id).order_by(Passkey.created_at)).all()
        return OwnAccount(
            account.name, account.email, account.role, team, in_teams, account.password_hash is not None,
            account.totp_confirmed_at, second_factor.secret_of(account, ports), len(account.recovery_hashes), keys,
            factor_rules.is_required(session, account, ports),
        )  # fmt: skip


def _roles(session: Session, staff: Staff) -> list[tuple[str, str]]:
    asked = select(Team.name, TeamRole.role).join(TeamRole, TeamRole.team_id == Team.id)
    asked = asked.where(TeamRole.staff_id == staff.id).order_by(Team.name)
    return [(name, role) for name, role in session.execute(asked)]


def is_fresh(who: SignedIn | Reader, now: datetime) -> bool:
    """Say whether somebody has just come in: whoever sits there is still the one who showed who they are."""
    return who.session is not None and now - who.session.opened_at < FRESH


def check_again(who: SignedIn | Reader, password: str, ports: Ports, *, is_adding: bool = False) -> None:
    """Refuse whoever sits at an open session without being its owner.

    What is added needs no password from somebody who has just come in; whoever has none must have come in just now.

    Raises
    ------
    BadInput, NotAllowed
        When the password is not theirs, or they have none and have been in for a while.

    """
    fresh = is_fresh(who, ports.clock.now())
    if fresh and is_adding:
        return
    with transaction_for(who.person) as session:
        password_hash = account_of(session, who.person).password_hash
    if password_hash is None:
        if not fresh:
            raise NotAllowed("sign_in_again")
        return
    taken = throttling.take(ports, (throttling.PASSWORD_AGAIN, str(who.id)))
    if taken is None:
        raise BadInput("too_often", "password")
    if not is_right(password_hash, password):
        raise BadInput("wrong_password", "password")
    throttling.give_back(taken)


def change_password(who: SignedIn | Reader, old: str, new: str, again: str, ports: Ports) -> int:
    """Give somebody another password; return how many of their other sessions ended with it.

    Raises
    ------
    BadInput, NotAllowed
        When the old one is wrong, or the new one is not one to choose.

    """
    if new != again:
        raise BadInput("password_twice", "again")
    with transaction_for(who.person) as session:
        account = account_of(session, who.person)
        email, password_hash = account.email, account.password_hash
    if password_hash is None:
        raise NotAllowed("no_password")
    check_again(who, old, ports)
    if new == old[:LONGEST]:
        raise BadInput("password_same", "new_password")
    chosen, now = hashed(new, email), ports.clock.now()
    with transaction_for(who.person) as session:
        account = account_of(session, who.person)
        account.password_hash = chosen
        invitations.end_all(session, account.id, now)
        second_factor.write_down(session, account, {"mot de passe": "changé"}, account_news.PASSWORD_CHANGED, ports)
        return sessions.end_others(session, who.person, who.session.id if who.session else None, "password", now)

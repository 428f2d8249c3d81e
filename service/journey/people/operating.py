"""What the platform's operators do: open the space of a member, let its first administrator in, look after readers.

They work in a role that the database allows no table of complaints. All they change is written down: in the platform's
own chain, and in that of the member it is about.
"""

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import time
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.domain.desks import SORTING_KIND
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.news import telephone_number
from service.domain.permissions import Role
from service.journey.administration import audit
from service.journey.administration.audit import Actor
from service.journey.administration.themes import check_theme
from service.journey.people import hiring, invitations, people
from service.journey.people.accounts import HASHER
from service.journey.people.people import Profile
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, operator_transaction
from service.models.member import Member, Team
from service.models.oversight import AuditEntry
from service.models.people import NetworkReader, Staff

MOST_DWELLINGS = 1_000_000
SORTING_TEAM = "Accueil et tri"
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
MOST_ENTRIES = 200  # of a log, on one page


@dataclass(frozen=True)
class MemberLine:
    """A member as operators see it: nothing of its tenants."""

    id: UUID
    slug: str
    name: str
    seat: str
    dwellings: int
    phone: str
    staff: int
    administrators: int


@dataclass(frozen=True)
class NewMember:
    """What the space of a member begins with."""

    slug: str
    name: str
    seat: str
    colour: str
    dwellings: str
    phone: str
    opens_at: time
    closes_at: time


def members() -> list[MemberLine]:
    """Return every member, by name."""
    with operator_transaction() as session:
        return _members(session)


def member(member_id: UUID) -> tuple[MemberLine, Sequence[AuditEntry]]:
    """Return one member, and what operators did to it, the last first; NotFound when there is none."""
    with operator_transaction() as session:
        found = next((one for one in _members(session) if one.id == member_id), None)
        if found is None:
            raise NotFound("member")
        ours = select(NetworkReader.id).where(NetworkReader.role == "operator")
        done = select(AuditEntry).where(AuditEntry.member_id == member_id, AuditEntry.actor_id.in_(ours))
        return found, session.scalars(done.order_by(AuditEntry.number.desc()).limit(MOST_ENTRIES)).all()


def log() -> Sequence[AuditEntry]:
    """Return what was done to the platform itself, the last first."""
    with operator_transaction() as session:
        own = select(AuditEntry).where(AuditEntry.member_id.is_(None))
        return session.scalars(own.order_by(AuditEntry.number.desc()).limit(MOST_ENTRIES)).all()


def open_member(plan: NewMember, reserved: Collection[str], by: Actor, ports: Ports) -> UUID:
    """Open the space of a member, with a desk that sorts: no message is ever without a desk.

    `reserved` are the names under which we have pages of our own: a member's begin with its short name.

    Raises
    ------
    BadInput
        When a part of it is not acceptable, or another member has the short name.

    """
    made, now = _checked(plan, reserved), ports.clock.now()
    team = Team(member_id=made.id, name=SORTING_TEAM, kind=SORTING_KIND)
    try:
        with operator_transaction() as session:
            session.add(made)
            session.flush()
            session.add(team)
            after = {"slug": made.slug, "name": made.name, "seat": made.seat, "dwellings": made.dwellings}
            for chain in (None, made.id):
                audit.write(session, chain, by, "created", f"Bailleur « {made.name} »", at=now, after=after)
    except IntegrityError as taken:
        raise BadInput("slug_taken", "slug") from taken
    return made.id


def invite_administrator(member_id: UUID, name: str, email: str, by: Actor, ports: Ports) -> Staff:
    """Invite the first administrator of a member by mail. Whoever comes after is invited from inside.

    Raises
    ------
    BadInput, NotFound, NotAllowed
        When a name or an address is not one, there is no such member, or anybody of it is there already: an
        administrator is then made from inside, or by the command of the installation.

    """
    with member_transaction(member_id) as session:
        if session.get(Member, member_id) is None:
            raise NotFound("member")
        known = session.scalars(select(Staff).where(Staff.is_active).with_for_update()).all()
        if any(people.has_come(one) or one.role != Role.ADMINISTRATOR for one in known):
            administered = any(people.has_come(one) and one.role == Role.ADMINISTRATOR for one in known)
            raise NotAllowed("has_administrator" if administered else "has_staff")
        again = next((one for one in known if one.email == people.checked_email(email)), None)
        if again:
            invitations.send(session, again, invitations.WELCOME, by.name, ports)
            audit.write(session, member_id, by, "renewed", f"Invitation de {again.name}", at=ports.clock.now())
            return again
        return hiring.welcome(session, member_id, by, email, Profile(name, Role.ADMINISTRATOR), ports)


def readers() -> Sequence[NetworkReader]:
    """Return the people of the network, by name."""
    with operator_transaction() as session:
        return session.scalars(select(NetworkReader).order_by(NetworkReader.name, NetworkReader.email)).all()


def add_reader(name: str, email: str, role: str, by: Actor, ports: Ports) -> UUID:
    """Open the account of a person of the network. Nobody knows its password: a link lets them choose one.

    Raises
    ------
    BadInput
        When a name or an address is not one, or the address has an account already.

    """
    name, email = people.checked_name(name), people.checked_email(email)
    password_hash = HASHER.hash(secrets.token_urlsafe(32))  # that nobody knows
    values = {"id": uuid4(), "name": name, "email": email, "role": role, "password_hash": password_hash,
              "is_active": True, "recovery_hashes": []}  # fmt: skip
    with operator_transaction() as session:
        made: UUID | None = session.scalar(
            insert(NetworkReader).values(values).on_conflict_do_nothing().returning(NetworkReader.id)
        )
        if made is None:
            raise BadInput("email_taken", "email")
        after = {"email": email, "role": role}
        audit.write(session, None, by, "invited", name, at=ports.clock.now(), after=after)
        return made


def switch(reader_id: UUID, by: Actor, ports: Ports, *, is_on: bool) -> NetworkReader:
    """Close or open the account of a reader of the working group; never one's own, nor another operator's.

    Raises
    ------
    NotFound
        When there is no such reader.

    """
    with operator_transaction() as session:
        reader = session.get(NetworkReader, reader_id, with_for_update=True)
        if reader is None or reader.role != "reader":
            raise NotFound("reader")
        before, after = {"is_active": reader.is_active}, {"is_active": is_on}
        reader.is_active = is_on
        audit.write_change(session, None, by, reader.name, before, after, at=ports.clock.now())
        return reader


def _members(session: Session) -> list[MemberLine]:
    counts = {
        row.member_id: (row.staff, row.administrators)
        for row in session.execute(
            select(
                Staff.member_id,
                func.count().label("staff"),
                func.count().filter(Staff.role == Role.ADMINISTRATOR).label("administrators"),
            )
            .where(Staff.is_active)
            .group_by(Staff.member_id)
        )
    }
    rows = session.scalars(select(Member).order_by(Member.name))
    return [
        MemberLine(one.id, one.slug, one.name, one.seat, one.dwellings, one.phone, *counts.get(one.id, (0, 0)))
        for one in rows
    ]


def _checked(plan: NewMember, reserved: Collection[str]) -> Member:
    name = people.checked_name(plan.name)
    if not _SLUG.fullmatch(plan.slug) or plan.slug in reserved:
        raise BadInput("not_a_slug", "slug")
    if not plan.dwellings.isdecimal() or not 0 < int(plan.dwellings) <= MOST_DWELLINGS:
        raise BadInput("not_a_stock", "dwellings")
    if telephone_number(plan.phone) is None:
        raise BadInput("not_a_phone", "phone")
    if plan.closes_at <= plan.opens_at:
        raise BadInput("closes_before_opening", "closes_at")
    seat = " ".join(plan.seat.split())
    if not seat or len(seat) > people.MAX_NAME:
        raise BadInput("blank" if not seat else "name_too_long", "seat")
    return Member(
        id=uuid4(), slug=plan.slug, name=name, seat=seat, colour=check_theme(plan.colour),
        dwellings=int(plan.dwellings), phone=plan.phone.strip(), opens_at=plan.opens_at, closes_at=plan.closes_at,
    )  # fmt: skip

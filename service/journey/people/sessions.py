"""Sessions: one row for each browser somebody signed in from, so that ending the row ends every copy of its cookie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from service.domain.told import told
from service.journey.people import account_news, factor_rules
from service.journey.people.accounts import OpenSession, Person, Reader, SignedIn, account_of, transaction_for
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, shared_transaction
from service.models.member import Member
from service.models.people import NetworkReader, Staff, TeamRole
from service.models.signing_in import NetworkSession, StaffSession

IDLE_IN_NETWORK = timedelta(minutes=30)  # of a member's staff: Member.idle_minutes
LONGEST = timedelta(hours=10)  # whatever is done in it
SEEN_EVERY = timedelta(minutes=1)  # writing it at each request would say no more

AnySession = StaffSession | NetworkSession


@dataclass(frozen=True)
class Device:
    """A session as its owner reads it."""

    id: UUID
    name: str
    means: str
    created_at: datetime
    seen_at: datetime


def open_staff(session: Session, staff: Staff, means: str, device: str, now: datetime) -> StaffSession:
    """Write a session of a person of the staff, who was checked.

    `means` is password, password_totp, recovery, passkey or provider; `device` comes from domain.devices.
    """
    opened = StaffSession(
        member_id=staff.member_id, staff_id=staff.id, means=means, device=device, created_at=now, seen_at=now
    )
    session.add(opened)
    session.flush()
    return opened


def open_reader(session: Session, reader: NetworkReader, means: str, device: str, now: datetime) -> NetworkSession:
    """Write a session of a person of the network, who was checked."""
    opened = NetworkSession(reader_id=reader.id, means=means, device=device, created_at=now, seen_at=now)
    session.add(opened)
    session.flush()
    return opened


def open_for(person: Person, means: str, device: str, ports: Ports) -> UUID:
    """Write a session of somebody who was checked; return its id. Of a device never seen before they are told.

    A device is known again by its two words: a browser that forgets its cookies writes no mail each morning.

    Raises
    ------
    NotAllowed
        When they left in that moment.

    """
    now = ports.clock.now()
    with transaction_for(person) as session:
        account = account_of(session, person)
        if _is_new(session, person, device):
            account_news.tell(session, account, account_news.NEW_DEVICE, ports, device=device)
        if isinstance(account, Staff):
            return open_staff(session, account, means, device, now).id
        return open_reader(session, account, means, device, now).id


def _is_new(session: Session, person: Person, device: str) -> bool:
    """Say whether somebody who has come before now comes from a device never seen."""
    kind, owner = _of(person)
    seen = set(session.scalars(select(kind.device).where(owner == person.id).distinct()))
    return bool(seen) and device not in seen


def staff_in(person: Person, session_id: UUID, now: datetime, *, is_use: bool) -> SignedIn | None:
    """Return the person of the staff whose session this is, in one question; None when it has ended, or they left.

    `is_use` is false for what no person asked for: it does not keep the session open.
    """
    roles = select(func.jsonb_object_agg(TeamRole.team_id, TeamRole.role)).where(TeamRole.staff_id == Staff.id)
    asked = (
        select(StaffSession, Staff, Member, roles.scalar_subquery())
        .join(Staff, Staff.id == StaffSession.staff_id)
        .join(Member, Member.id == StaffSession.member_id)
        .where(StaffSession.id == session_id, Staff.id == person.id, StaffSession.ended_at.is_(None), Staff.is_active)
    )
    if person.member_id is None:
        return None
    with member_transaction(person.member_id) as session:
        found = session.execute(asked).first()
        if found is None or not _goes_on(session, found[0], timedelta(minutes=found[2].idle_minutes), now, is_use):
            return None
        opened, staff, member, in_teams = found
        return SignedIn(
            staff.id, member.id, staff.name, staff.role, member.name, member.colour,
            {UUID(team): role for team, role in (in_teams or {}).items()},
            _open(opened), needs_second_factor=member.second_factor == "required",
            has_keys=staff.choices.get("keys", True),
            told=told(staff.role, staff.choices),
        )  # fmt: skip


def reader_in(person: Person, session_id: UUID, role: str, ports: Ports, *, is_use: bool) -> Reader | None:
    """Return the person of the network whose session this is; None when it has ended, or is not of this role."""
    asked = (
        select(NetworkSession, NetworkReader)
        .join(NetworkReader, NetworkReader.id == NetworkSession.reader_id)
        .where(NetworkSession.id == session_id, NetworkReader.id == person.id, NetworkSession.ended_at.is_(None))
        .where(NetworkReader.is_active, NetworkReader.role == role)
    )
    with shared_transaction() as session:
        found = session.execute(asked).first()
        if found is None or not _goes_on(session, found[0], IDLE_IN_NETWORK, ports.clock.now(), is_use):
            return None
        needs = factor_rules.is_required_of(session, role, ports)
        return Reader(found[1].id, found[1].name, _open(found[0]), needs_second_factor=needs)


def _open(row: AnySession) -> OpenSession:
    return OpenSession(row.id, row.means, row.created_at)


def _goes_on(session: Session, opened: AnySession, idle: timedelta, now: datetime, is_use: bool) -> bool:
    """Say whether a session is still open, and write down that it was used, or that time ended it."""
    if now - opened.seen_at >= idle or now - opened.created_at >= LONGEST:
        if is_use:
            _end(session, type(opened), [type(opened).id == opened.id], "idle", now)
        return False
    if is_use and now - opened.seen_at >= SEEN_EVERY:
        opened.seen_at = now
    return True


def end(person: Person, session_id: UUID, why: str, now: datetime) -> bool:
    """End one of somebody's sessions; False when they have no such session."""
    kind, owner = _of(person)
    with transaction_for(person) as session:
        return _end(session, kind, [kind.id == session_id, owner == person.id], why, now) > 0


def end_others(session: Session, person: Person, but: UUID | None, why: str, now: datetime) -> int:
    """End all sessions of somebody except the one they sit at; return how many."""
    kind, owner = _of(person)
    return _end(session, kind, [owner == person.id, *([kind.id != but] if but else [])], why, now)


def end_elsewhere(person: Person, but: UUID, why: str, now: datetime) -> int:
    """End all sessions of somebody except the one they sit at, in a transaction of its own."""
    with transaction_for(person) as session:
        return end_others(session, person, but, why, now)


def end_all(session: Session, staff_id: UUID, why: str, now: datetime) -> int:
    """End all sessions of a person of the staff: they are out at their next request. `why` is departed or revoked."""
    return _end(session, StaffSession, [StaffSession.staff_id == staff_id], why, now)


def strengthen(session: Session, person: Person, session_id: UUID, means: str) -> None:
    """Write down that whoever sits at a session has now shown more than a password."""
    kind, owner = _of(person)
    session.execute(update(kind).where(kind.id == session_id, owner == person.id).values(means=means))


def devices(person: Person, now: datetime) -> Sequence[Device]:
    """Return somebody's open sessions, the last used first."""
    kind, owner = _of(person)
    with transaction_for(person) as session:
        idle = IDLE_IN_NETWORK
        if person.member_id:
            idle = timedelta(minutes=session.get_one(Member, person.member_id).idle_minutes)
        living = select(kind.id, kind.device, kind.means, kind.created_at, kind.seen_at).where(
            owner == person.id, kind.ended_at.is_(None), kind.seen_at > now - idle, kind.created_at > now - LONGEST
        )
        return [Device(*row) for row in session.execute(living.order_by(kind.seen_at.desc(), kind.created_at.desc()))]


def _of(person: Person) -> tuple[type[AnySession], InstrumentedAttribute[UUID]]:
    """Return the table of somebody's sessions, and its column that says whose they are."""
    return (StaffSession, StaffSession.staff_id) if person.member_id else (NetworkSession, NetworkSession.reader_id)


def _end(session: Session, kind: type[AnySession], which: Sequence[Any], why: str, now: datetime) -> int:
    ended = update(kind).where(kind.ended_at.is_(None), *which).values(ended_at=now, ended_why=why)
    return len(session.scalars(ended.returning(kind.id)).all())

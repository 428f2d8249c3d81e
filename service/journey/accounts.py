"""Who is calling: an extranet by its key, a person of a member's staff, a reader of the network, a tenant by link."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select, text

from service.domain.submission import is_storable
from service.journey.transactions import member_transaction, network_transaction, shared_transaction
from service.models.complaint import Complaint
from service.models.member import ApiKey, Member
from service.models.people import NetworkReader, Staff, TeamRole

HASHER = PasswordHasher()
# Checked when nobody has the address, so that an unknown address takes as long as a wrong password.
_NOBODY = HASHER.hash("nobody")


@dataclass(frozen=True)
class SignedIn:
    """A person of a member's staff."""

    id: UUID
    member_id: UUID
    name: str
    role: str
    member_name: str
    member_colour: str
    in_teams: Mapping[UUID, str] = field(default_factory=dict)  # more than the role, in these teams


@dataclass(frozen=True)
class Reader:
    """A person of the working group."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Caller:
    """The member an API key speaks for; nothing is kept of what a sandbox key sends."""

    member_id: UUID
    is_sandbox: bool


@dataclass(frozen=True)
class Tracked:
    """The complaint a tracking link leads to."""

    member_id: UUID
    complaint_id: UUID


def hash_key(key: str) -> str:
    """Return what is kept of an API key. Keys are random and long: a plain digest is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def _through(door: str, value: str) -> UUID | None:
    """Ask one of the three questions that may be asked before a member is known."""
    if not is_storable(value):
        return None
    with shared_transaction() as session:
        found: UUID | None = session.scalar(text(f"select {door}(:value)"), {"value": value})
        return found


def caller_of_key(key: str) -> Caller | None:
    """Return whom an API key speaks for, or None when it is wrong or revoked."""
    member_id = _through("seve_member_of_key", hash_key(key))
    if member_id is None:
        return None
    with member_transaction(member_id) as session:
        is_sandbox = session.scalars(select(ApiKey.is_sandbox).where(ApiKey.key_hash == hash_key(key))).one()
    return Caller(member_id, is_sandbox)


def member_of_key(key: str) -> UUID | None:
    """Return the member a real API key speaks for; None when it is wrong, revoked, or only to try with."""
    caller = caller_of_key(key)
    return caller.member_id if caller and not caller.is_sandbox else None


def tracked(token: str) -> Tracked | None:
    """Return the complaint behind a tracking link, or None."""
    member_id = _through("seve_member_of_tracking", token)
    if member_id is None:
        return None
    with member_transaction(member_id) as session:
        complaint_id = session.scalars(select(Complaint.id).where(Complaint.tracking_token == token)).one()
    return Tracked(member_id, complaint_id)


def _is_right(password_hash: str | None, password: str) -> bool:
    try:
        return HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


def sign_in_staff(email: str, password: str) -> SignedIn | None:
    """Return the person whose address and password these are, or None; both cases take the same time."""
    member_id = _through("seve_member_of_staff", email.strip().lower())
    if member_id is None:
        _is_right(_NOBODY, password)
        return None
    with member_transaction(member_id) as session:
        staff = session.scalars(select(Staff).where(Staff.email == email.strip().lower())).one()
        password_hash, staff_id = staff.password_hash, staff.id
    return staff_of(member_id, staff_id) if _is_right(password_hash, password) else None


def staff_of(member_id: UUID, staff_id: UUID) -> SignedIn | None:
    """Return the person of a session, or None when they left meanwhile."""
    with member_transaction(member_id) as session:
        staff = session.get(Staff, staff_id)
        if staff is None or not staff.is_active:
            return None
        member = session.get_one(Member, member_id)
        in_teams = {
            row.team_id: row.role for row in session.scalars(select(TeamRole).where(TeamRole.staff_id == staff.id))
        }
        return SignedIn(staff.id, member_id, staff.name, staff.role, member.name, member.colour, in_teams)


def sign_in_reader(email: str, password: str) -> Reader | None:
    """Return the reader of the network whose address and password these are, or None."""
    with network_transaction() as session:
        known = select(NetworkReader).where(NetworkReader.email == email.strip().lower())
        reader = session.scalars(known).first() if is_storable(email) else None
    password_hash = reader.password_hash if reader else _NOBODY
    if _is_right(password_hash, password) and reader:
        return Reader(reader.id, reader.name)
    return None


def reader_of(reader_id: UUID) -> Reader | None:
    """Return the reader of a session, or None when they left meanwhile."""
    with network_transaction() as session:
        reader = session.get(NetworkReader, reader_id)
    return Reader(reader.id, reader.name) if reader else None

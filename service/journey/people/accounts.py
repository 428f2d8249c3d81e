"""Who is calling: an extranet by its key, a person of a member's staff, a reader of the network, a tenant by link."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.domain.passwords import LONGEST, check_password
from service.domain.submission import is_storable
from service.domain.told import Told
from service.journey.transactions import member_transaction, shared_transaction
from service.models.complaint import Complaint
from service.models.member import ApiKey
from service.models.people import NetworkReader, Staff
from service.models.signing_in import IdentityProvider, Passkey

HASHER = PasswordHasher()
# Checked when nobody has the address, so that an unknown address takes as long as a wrong password.
_NOBODY = HASHER.hash("nobody")
_NO_MEMBER = UUID(int=0)


@dataclass(frozen=True)
class Person:
    """Whoever signs in: of a member's staff, or of the network where there is no member."""

    id: UUID
    member_id: UUID | None = None


@dataclass(frozen=True)
class Found:
    """Whose address and password these are. They are not in yet."""

    person: Person
    has_code: bool = False  # an application gives them codes
    has_passkey: bool = False
    must_go_elsewhere: bool = False  # their member lets them in by its own identity provider only

    @property
    def has_second_factor(self) -> bool:
        """Whether the password is not enough."""
        return self.has_code or self.has_passkey


@dataclass(frozen=True)
class OpenSession:
    """The session somebody sits at."""

    id: UUID
    means: str  # how they came in
    opened_at: datetime


def _has_shown_too_little(session: OpenSession | None, *, needs_second_factor: bool) -> bool:
    return needs_second_factor and session is not None and session.means == "password"


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
    session: OpenSession | None = None
    needs_second_factor: bool = False  # so says their member
    has_keys: bool = True  # single keys do something on their pages
    told: Told = Told.NEVER  # of their work

    @property
    def must_set_up(self) -> bool:
        """Whether nothing opens before they have added a second factor."""
        return _has_shown_too_little(self.session, needs_second_factor=self.needs_second_factor)

    @property
    def person(self) -> Person:
        """Who it is."""
        return Person(self.id, self.member_id)


@dataclass(frozen=True)
class Reader:
    """A person of the network."""

    id: UUID
    name: str
    session: OpenSession | None = None
    needs_second_factor: bool = False  # so say the operators; of an operator, the installation

    @property
    def must_set_up(self) -> bool:
        """Whether nothing opens before they have added a second factor."""
        return _has_shown_too_little(self.session, needs_second_factor=self.needs_second_factor)

    @property
    def person(self) -> Person:
        """Who it is."""
        return Person(self.id)


@dataclass(frozen=True)
class Caller:
    """The member an API key speaks for; nothing is kept of what a sandbox key sends."""

    member_id: UUID
    is_sandbox: bool
    key_id: UUID


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
        known = session.execute(select(ApiKey.is_sandbox, ApiKey.id).where(ApiKey.key_hash == hash_key(key))).one()
    return Caller(member_id, known.is_sandbox, known.id)


def tracked(token: str) -> Tracked | None:
    """Return the complaint behind a tracking link, or None."""
    member_id = _through("seve_member_of_tracking", token)
    if member_id is None:
        return None
    with member_transaction(member_id) as session:
        complaint_id = session.scalars(select(Complaint.id).where(Complaint.tracking_token == token)).one()
    return Tracked(member_id, complaint_id)


@contextmanager
def transaction_for(person: Person) -> Iterator[Session]:
    """Open a transaction that sees somebody's own account: in their member, or in none for the network's people."""
    with member_transaction(person.member_id) if person.member_id else shared_transaction() as session:
        yield session


def account_of(session: Session, person: Person) -> Staff | NetworkReader:
    """Return somebody's account, locked: what they do to it twice at once is done one after the other.

    Raises
    ------
    NotAllowed
        When they are no longer there.

    """
    account: Staff | NetworkReader | None
    if person.member_id:
        account = session.get(Staff, person.id, with_for_update=True)
    else:
        account = session.get(NetworkReader, person.id, with_for_update=True)
    if account is None or not account.is_active:
        raise NotAllowed("left")
    return account


def hashed(password: str, email: str) -> str:
    """Return what is kept of a password somebody chooses. Takes a while: call it with no transaction open.

    Raises
    ------
    BadInput
        When the password is not one to choose: see domain.passwords.

    """
    check_password(password, email)
    return HASHER.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Say whether a password is the right one; False where there is none. Each answer takes the same time."""
    try:
        return HASHER.verify(password_hash or _NOBODY, password[:LONGEST]) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


def sign_in_staff(email: str, password: str) -> Found | None:
    """Return the person of a staff whose address and password these are, or None; both cases take the same time."""
    email = _as_kept(email) if is_storable(email) else ""
    member_id = _through("seve_member_of_staff", email) or _NO_MEMBER  # where nobody is found, and which is asked too
    asked = select(
        Staff.id,
        Staff.password_hash,
        Staff.totp_confirmed_at.is_not(None),
        exists().where(Passkey.staff_id == Staff.id),
        (Staff.role != "administrator") & exists().where(IdentityProvider.is_active, IdentityProvider.is_the_only_way),
    ).where(Staff.email == email, Staff.is_active)
    with member_transaction(member_id) as session:
        known = session.execute(asked).first()
    if not is_right(known[1] if known else None, password) or known is None:
        return None
    return Found(Person(known[0], member_id), *known[2:])


def sign_in_reader(email: str, password: str, role: str = "reader") -> Found | None:
    """Return the person of the network whose address and password these are, or None; `role` is reader or operator."""
    asked = select(NetworkReader.id, NetworkReader.password_hash, NetworkReader.totp_confirmed_at.is_not(None)).where(
        NetworkReader.email == _as_kept(email), NetworkReader.is_active, NetworkReader.role == role
    )
    with shared_transaction() as session:
        known = session.execute(asked).first() if is_storable(email) else None
    if not is_right(known[1] if known else None, password) or known is None:
        return None
    return Found(Person(known[0]), known[2])


def _as_kept(email: str) -> str:
    return email.strip().lower()

"""Links that let one person choose their password, once: to come in, or to come back.

What is kept is a digest. The link itself is signed anew from the invitation's id when the mail leaves.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, select, text, update
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.permissions import Role
from service.domain.submission import is_storable
from service.journey.administration import audit
from service.journey.delivery.planning import Channel, plan_alone
from service.journey.people import account_news, sessions
from service.journey.people.accounts import Found, Person, hashed
from service.journey.ports import Ports
from service.journey.transactions import member_transaction, shared_transaction
from service.models.delivery import Delivery
from service.models.member import Member
from service.models.people import Staff
from service.models.signing_in import IdentityProvider, Invitation, Passkey

WELCOME, FORGOTTEN = "welcome", "forgotten"
LASTS = {WELCOME: timedelta(days=7), FORGOTTEN: timedelta(hours=1)}
PURPOSES = {WELCOME: "invitation", FORGOTTEN: "forgotten"}  # of the letters
PATH = "/equipe/invitation/"
_PARTS = 2


@dataclass(frozen=True)
class Invited:
    """Whom a link is for. `state` is open, used or expired; `provider` signs them in where passwords do not serve."""

    invitation_id: UUID
    member_id: UUID
    staff_id: UUID
    name: str
    email: str
    member_name: str
    member_slug: str
    purpose: str
    state: str
    provider: str | None


def still_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Say which invitations open a door."""
    return (Invitation.used_at.is_(None), Invitation.expires_at > now)


def make(session: Session, staff: Staff, purpose: str, made_by: str, ports: Ports) -> Invitation:
    """Keep an invitation in the transaction at hand; those before it open nothing any more."""
    now, invitation_id = ports.clock.now(), uuid4()
    end_all(session, staff.id, now)
    invitation = Invitation(
        id=invitation_id, member_id=staff.member_id, staff_id=staff.id, purpose=purpose,
        token_hash=_digest(_token(staff.member_id, invitation_id, ports)), made_by=made_by, made_at=now,
        expires_at=now + LASTS[purpose],
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    return invitation


def send(session: Session, staff: Staff, purpose: str, made_by: str, ports: Ports) -> Invitation:
    """Make an invitation and plan its mail."""
    invitation = make(session, staff, purpose, made_by, ports)
    channel = Channel(PURPOSES[purpose], "email", staff.email, data={"invitation": str(invitation.id)})
    plan_alone(session, staff.member_id, f"invitation:{invitation.id}", channel, ports)
    return invitation


def end_all(session: Session, staff_id: UUID, now: datetime) -> None:
    """Let no link of a person open anything any more."""
    session.execute(update(Invitation).where(Invitation.staff_id == staff_id, *still_open(now)).values(expires_at=now))


def open_one(session: Session, staff_id: UUID, now: datetime) -> Invitation:
    """Return the invitation of a person that opens a door: there is never more than one."""
    return session.scalars(select(Invitation).where(Invitation.staff_id == staff_id, *still_open(now))).one()


def url_of(invitation: Invitation, ports: Ports) -> str:
    """Return the link; the same each time."""
    return f"{ports.base_url}{PATH}{_token(invitation.member_id, invitation.id, ports)}"


def url_in(delivery: Delivery, ports: Ports) -> str:
    """Return the link of a letter that carries one, as it leaves; nothing for any other letter."""
    if delivery.purpose not in PURPOSES.values():
        return ""
    return f"{ports.base_url}{PATH}{_token(delivery.member_id, UUID(delivery.data['invitation']), ports)}"


def look(token: str, ports: Ports) -> Invited:
    """Return whom a link is for; nothing is changed.

    Raises
    ------
    NotFound
        When we did not sign it, or the person left.

    """
    member_id, invitation_id = _ids_in(token, ports)
    with member_transaction(member_id) as session:
        return _invited(session, session.get(Invitation, invitation_id), token, ports)


def accept(token: str, password: str, ports: Ports) -> Found:
    """Give the person the password they chose, and return whose it is. A link serves once; all sessions before end.

    They are not in yet: whoever has a second factor shows it still.

    Raises
    ------
    NotFound, NotAllowed, BadInput
        When it is no link of ours, it was used or is too old, or the password is too easy to guess.

    """
    invited = look(token, ports)
    if invited.provider:
        raise NotAllowed("provider_only")
    password_hash = hashed(password, invited.email)
    with member_transaction(invited.member_id) as session:
        invitation = session.get(Invitation, invited.invitation_id, with_for_update=True)
        if _invited(session, invitation, token, ports).state != "open" or invitation is None:
            raise NotAllowed("invitation_over")
        now, staff = ports.clock.now(), session.get_one(Staff, invited.staff_id, with_for_update=True)
        if staff.password_hash:  # who comes for the first time changes nothing
            account_news.tell(session, staff, account_news.PASSWORD_CHANGED, ports)
        invitation.used_at = now
        staff.password_hash = password_hash
        session.flush()
        sessions.end_all(session, staff.id, "password", now)
        end_all(session, staff.id, now)
        audit.write(session, staff.member_id, audit.actor(staff), "renewed", f"Mot de passe de {staff.name}", at=now)
        has_key = session.scalars(select(Passkey.id).where(Passkey.staff_id == staff.id).limit(1)).first() is not None
        return Found(Person(staff.id, staff.member_id), staff.totp_confirmed_at is not None, has_key)


def forgotten(email: str, ports: Ports) -> None:
    """Send a link to whoever forgot their password, if there is such a person; nothing is answered either way."""
    email = email.strip().lower()
    member_id = _member_of(email)
    if member_id is None:
        return
    with member_transaction(member_id) as session:
        staff = session.scalars(select(Staff).where(Staff.email == email, Staff.is_active).with_for_update()).first()
        if staff is None or provider_only(session, staff):
            return
        purpose = FORGOTTEN if staff.password_hash else WELCOME  # who has not come yet is still invited
        send(session, staff, purpose, staff.name, ports)


def provider_only(session: Session, staff: Staff) -> str | None:
    """Return the name of the identity provider when this person may come in by it alone."""
    if staff.role == Role.ADMINISTRATOR:
        return None
    only = select(IdentityProvider.name).where(IdentityProvider.is_active, IdentityProvider.is_the_only_way)
    return session.scalars(only).first()


def _member_of(email: str) -> UUID | None:
    if not is_storable(email):
        return None
    with shared_transaction() as session:
        found: UUID | None = session.scalar(text("select seve_member_of_staff(:email)"), {"email": email})
        return found


def _invited(session: Session, invitation: Invitation | None, token: str, ports: Ports) -> Invited:
    staff = session.get(Staff, invitation.staff_id) if invitation else None
    if invitation is None or staff is None or not staff.is_active or invitation.token_hash != _digest(token):
        raise NotFound("link")
    member = session.get_one(Member, invitation.member_id)
    state = "used" if invitation.used_at else "open" if invitation.expires_at > ports.clock.now() else "expired"
    return Invited(
        invitation.id, member.id, staff.id, staff.name, staff.email, member.name, member.slug, invitation.purpose,
        state, provider_only(session, staff),
    )  # fmt: skip


def _token(member_id: UUID, invitation_id: UUID, ports: Ports) -> str:
    token: Any = _serializer(ports).dumps([member_id.hex, invitation_id.hex])
    return str(token)


def _ids_in(token: str, ports: Ports) -> tuple[UUID, UUID]:
    try:
        found = _serializer(ports).loads(token)
    except BadSignature as forged:
        raise NotFound("link") from forged
    if not isinstance(found, list) or len(found) != _PARTS:
        raise NotFound("link")
    return UUID(found[0]), UUID(found[1])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _serializer(ports: Ports) -> URLSafeSerializer:
    return URLSafeSerializer(ports.secret_key, salt="invitation", signer_kwargs={"digest_method": hashlib.sha256})

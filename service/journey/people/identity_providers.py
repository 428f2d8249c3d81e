"""Signing in at a member's own identity provider: the way there, the way back, and whose account it is."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.identity_provider import Client, Faulty, Identity, RoundTrip, domain_of
from service.journey.administration import audit
from service.journey.ports import Ports, SealBroken
from service.journey.transactions import member_transaction, shared_transaction
from service.models.member import Member
from service.models.people import Staff
from service.models.signing_in import IdentityProvider, SignInAttempt

_LOCK = text("select pg_advisory_xact_lock(hashtext('round trip'), hashtext(:key))")


@dataclass(frozen=True)
class Way:
    """Where people of one member may sign in, as a button says it."""

    member_id: UUID
    slug: str
    member_name: str
    name: str


@dataclass(frozen=True)
class Recognised:
    """The account of whoever came back from the provider."""

    member_id: UUID
    staff_id: UUID


def way_for(address: str) -> Way | None:
    """Return where people of an e-mail address's domain sign in; whether the address has an account is not asked."""
    domain = domain_of(address)
    if domain is None:
        return None
    with shared_transaction() as session:
        member_id = session.scalar(text("select seve_member_of_email_domain(:domain)"), {"domain": domain})
        slug = session.get_one(Member, member_id).slug if member_id else None
    return way_of(slug) if slug else None


def way_of(slug: str) -> Way | None:
    """Return where people of the member of that short name sign in; None when it has no provider in service."""
    with shared_transaction() as session:
        member = session.scalars(select(Member).where(Member.slug == slug)).first()
    if member is None:
        return None
    with member_transaction(member.id) as session:
        provider = in_service(session)
        return Way(member.id, slug, member.name, provider.name) if provider else None


def in_service(session: Session) -> IdentityProvider | None:
    """Return the provider of the transaction's member, if people may sign in there."""
    return session.scalars(select(IdentityProvider).where(IdentityProvider.is_active)).first()


def set_out(slug: str, return_to: str, ports: Ports) -> tuple[RoundTrip, str]:
    """Return a new round trip, and the address at the provider where it starts.

    Raises
    ------
    NotFound
        When the member has no provider in service.
    Faulty
        When the provider is not there, or says of itself what cannot be.

    """
    _way, client = _client(slug, return_to, ports)
    trip = RoundTrip(ports.random.token(), ports.random.token(), ports.random.token() + ports.random.token())
    return trip, ports.identity_providers.way_in(client, trip)


def come_back(slug: str, trip: RoundTrip, answer: Mapping[str, str], return_to: str, ports: Ports) -> Recognised:
    """Return whose account it is that came back from the provider with an answer.

    Raises
    ------
    NotFound, Faulty
        As for the way there; `state` when the answer is not to this round trip, or one that was used already.
    NotAllowed
        `nobody` when no account of the member is this person's.

    """
    if not hmac.compare_digest(answer.get("state", "").encode(), trip.state.encode()):
        raise Faulty("state")
    way, client = _client(slug, return_to, ports)
    _use_once(trip.state, ports)
    identity = ports.identity_providers.identify(client, trip, answer)
    with member_transaction(way.member_id) as session:
        return Recognised(way.member_id, _recognise(session, identity, way, ports).id)


def _client(slug: str, return_to: str, ports: Ports) -> tuple[Way, Client]:
    way = way_of(slug)
    if way is None:
        raise NotFound("provider")
    with member_transaction(way.member_id) as session:
        provider = in_service(session)
        if provider is None:
            raise NotFound("provider")
        sealed = provider.sealed_secret
        try:
            secret = ports.sealer.unseal(sealed) if sealed else None
        except SealBroken as error:
            raise Faulty("client") from error
        return way, Client(provider.issuer, provider.client_id, secret, return_to)


def _use_once(state: str, ports: Ports) -> None:
    """Write down that a round trip ended: a browser that kept its cookie cannot end it again."""
    key = hashlib.sha256(f"round trip {state}".encode()).hexdigest()
    with shared_transaction() as session:
        session.execute(_LOCK, {"key": key})
        if session.scalars(select(SignInAttempt.id).where(SignInAttempt.key == key)).first():
            raise Faulty("state")
        session.add(SignInAttempt(key=key, at=ports.clock.now()))


def _recognise(session: Session, identity: Identity, way: Way, ports: Ports) -> Staff:
    """Return the account: of the one the provider knows so, else of the address it verified, which is then theirs."""
    known = session.scalars(select(Staff).where(Staff.subject == identity.subject)).first()
    if known is not None:
        if not known.is_active:
            raise NotAllowed("nobody")
        return known
    invited = select(Staff).where(Staff.email == identity.email, Staff.is_active, Staff.subject.is_(None))
    staff = session.scalars(invited.with_for_update()).first() if identity.email else None
    if staff is None:
        raise NotAllowed("nobody")
    staff.subject = identity.subject
    session.flush()
    audit.write(
        session,
        way.member_id,
        audit.actor(staff),
        "changed",
        f"Compte de {staff.name}",
        at=ports.clock.now(),
        after={"Compte relié": True},
    )
    return staff

"""Links that let a person of the network choose their password, once.

Nothing is kept: the link is signed, and holds a digest of the password it replaces. Once another is chosen, it opens
nothing any more.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from service.domain.errors import NotAllowed, NotFound
from service.journey.administration import audit
from service.journey.administration.audit import Actor
from service.journey.people import account_news, sessions
from service.journey.people.accounts import Person, hashed
from service.journey.ports import Ports
from service.journey.transactions import operator_transaction, shared_transaction
from service.models.people import NetworkReader

LASTS = timedelta(days=7)
PATH = "/exploitation/invitation/"
_PARTS = 3


@dataclass(frozen=True)
class Expected:
    """Whom a link is for; `is_open` False: it was used, replaced, or is too old."""

    reader_id: UUID
    name: str
    email: str
    role: str
    is_open: bool


def make(reader_id: UUID, by: Actor, ports: Ports, *, role: str | None = None) -> str:
    """Return a link for a person of the network; NotFound when there is none, or the account is closed.

    With `role`, for somebody of that role only.
    """
    now = ports.clock.now()
    with operator_transaction() as session:
        reader = session.get(NetworkReader, reader_id)
        if reader is None or not reader.is_active or role not in (None, reader.role):
            raise NotFound("reader")
        audit.write(session, None, by, "renewed", f"Lien d'accès de {reader.name}", at=now)
        parts = [reader.id.hex, _fingerprint(reader), now.isoformat()]
    return f"{ports.base_url}{PATH}{_serializer(ports).dumps(parts)!s}"


def look(token: str, ports: Ports) -> Expected:
    """Return whom a link is for; nothing is changed. NotFound when we did not sign it."""
    parts = _parts(token, ports)
    with operator_transaction() as session:
        return _expected(session.get(NetworkReader, UUID(parts[0])), parts, ports)


def accept(token: str, password: str, ports: Ports) -> Expected:
    """Give the person the password they chose; sessions of before end.

    Raises
    ------
    NotFound, NotAllowed, BadInput
        When it is no link of ours, it is over, or the password is too easy to guess.

    """
    expected, parts = look(token, ports), _parts(token, ports)
    password_hash = hashed(password, expected.email)
    with shared_transaction() as session:
        reader = session.get(NetworkReader, expected.reader_id, with_for_update=True)
        if not _expected(reader, parts, ports).is_open or reader is None:
            raise NotAllowed("invitation_over")
        reader.password_hash = password_hash
        who, subject = Actor(reader.name, reader.id), f"Mot de passe de {reader.name}"
        account_news.tell(session, reader, account_news.PASSWORD_CHANGED, ports)
        sessions.end_others(session, Person(reader.id), None, "password", ports.clock.now())
        audit.write(session, None, who, "renewed", subject, at=ports.clock.now())
    return expected


def _expected(reader: NetworkReader | None, parts: list[str], ports: Ports) -> Expected:
    if reader is None:
        raise NotFound("link")
    is_fresh = ports.clock.now() < datetime.fromisoformat(parts[2]) + LASTS
    is_open = is_fresh and reader.is_active and _fingerprint(reader) == parts[1]
    return Expected(reader.id, reader.name, reader.email, reader.role, is_open)


def _fingerprint(reader: NetworkReader) -> str:
    return hashlib.sha256(reader.password_hash.encode()).hexdigest()[:32]


def _parts(token: str, ports: Ports) -> list[str]:
    try:
        found = _serializer(ports).loads(token)
    except BadSignature as forged:
        raise NotFound("link") from forged
    if not isinstance(found, list) or len(found) != _PARTS:
        raise NotFound("link")
    return [str(part) for part in found]


def _serializer(ports: Ports) -> URLSafeSerializer:
    return URLSafeSerializer(ports.secret_key, salt="reader", signer_kwargs={"digest_method": hashlib.sha256})

"""The keys of the network's read-only interface: created by operators, shown once, revoked. Only a digest is kept."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from service.domain.errors import NotAllowed, NotFound
from service.domain.submission import check_text, is_storable
from service.journey.administration import audit
from service.journey.people.accounts import hash_key
from service.journey.ports import Ports
from service.journey.transactions import network_transaction, operator_transaction
from service.models.trends import NetworkKey

LONGEST = 60  # characters of a name


def every_key() -> Sequence[NetworkKey]:
    """Return every key, those in service first, then by name."""
    with operator_transaction() as session:
        return session.scalars(
            select(NetworkKey).order_by(NetworkKey.revoked_at.is_not(None), NetworkKey.name, NetworkKey.created_at)
        ).all()


def create(name: str, who: audit.Actor, ports: Ports) -> str:
    """Create a key called `name` and return it: it is shown now and never again.

    Raises
    ------
    BadInput, NotAllowed
        What is wrong with the name; `key_known` when a key in service has it.

    """
    name = " ".join(name.split())
    check_text(name, "name", LONGEST)
    key, now = f"seve_reseau_{ports.random.token()}{ports.random.token()}", ports.clock.now()
    with operator_transaction() as session:
        live = select(NetworkKey).where(NetworkKey.name == name, NetworkKey.revoked_at.is_(None))
        if session.scalars(live).first():
            raise NotAllowed("key_known", "name")
        session.add(NetworkKey(name=name, key_hash=hash_key(key), created_at=now))
        audit.write(session, None, who, "created", _called(name), at=now)
    return key


def revoke(name: str, who: audit.Actor, ports: Ports) -> None:
    """Accept the key called `name` no more, at once; NotFound when none in service has this name."""
    with operator_transaction() as session:
        live = select(NetworkKey).where(NetworkKey.name == name, NetworkKey.revoked_at.is_(None))
        found = session.scalars(live.with_for_update()).all()
        if not found:
            raise NotFound("key")
        for key in found:
            key.revoked_at = ports.clock.now()
            audit.write(session, None, who, "revoked", _called(name), at=key.revoked_at)


def key_in_service(key: str) -> UUID | None:
    """Return which key this is, or None when it is wrong or revoked."""
    if not is_storable(key):
        return None
    with network_transaction() as session:
        return session.scalar(
            select(NetworkKey.id).where(NetworkKey.key_hash == hash_key(key), NetworkKey.revoked_at.is_(None))
        )


def _called(name: str) -> str:
    return f"Clé du réseau « {name} »"

"""The keys with which members' extranets sign introductions: a secret we share, or a public key they give us."""

import base64
from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.introductions import ALGORITHMS, FEWEST_BYTES, LONGEST
from service.domain.submission import check_text
from service.journey.administration import audit
from service.journey.administration.resealing import Resealed, sealed_anew
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.introduction import IntroductionKey

SHARED = "HS256"  # the one algorithm whose key both sides hold
FEWEST_RSA_BITS = 2048


def create(
    member_id: UUID,
    name: str,
    algorithm: str,
    public_key: str | None,
    ports: Ports,
    who: audit.Actor = audit.COMMAND,
) -> str | None:
    """Create a key called `name`; return the secret we share, None when the member keeps its own private key.

    Raises
    ------
    BadInput
        `unknown_value` (algorithm), `wrong_key` (a public key that is missing, too many, or of another algorithm),
        or what is wrong with the name.
    NotAllowed
        `known` when there is or was a key of that name.

    """
    check_text(name, "name", LONGEST)
    if algorithm not in ALGORITHMS:
        raise BadInput("unknown_value", "algorithm")
    _check(algorithm, public_key)
    secret = None if public_key else new_secret(ports)
    with member_transaction(member_id) as session:
        if _named(session, name):
            raise NotAllowed("known", "name")
        session.add(
            IntroductionKey(
                member_id=member_id,
                name=name,
                algorithm=algorithm,
                sealed_secret=ports.sealer.seal(secret) if secret else None,
                public_key=public_key,
                created_at=ports.clock.now(),
            )
        )
        _write_down(session, member_id, who, "created", name, ports)
    return secret


def revoke(member_id: UUID, name: str, ports: Ports, who: audit.Actor = audit.COMMAND) -> None:
    """Accept nothing any more that is signed with this key; harmless when that is so already.

    Raises
    ------
    NotFound
        When the member has no key of that name.

    """
    with member_transaction(member_id) as session:
        key = _named(session, name)
        if key is None:
            raise NotFound("key", "name")
        if key.revoked_at is None:
            key.revoked_at = ports.clock.now()
            _write_down(session, member_id, who, "revoked", name, ports)


def keys_of(member_id: UUID) -> Sequence[IntroductionKey]:
    """Return the member's keys, the oldest first."""
    with member_transaction(member_id) as session:
        return session.scalars(select(IntroductionKey).order_by(IntroductionKey.created_at, IntroductionKey.name)).all()


def reseal(member_ids: Sequence[UUID], done: Resealed, ports: Ports) -> None:
    """Seal the secrets we share under the newest key, and count them; one that cannot be opened is named."""
    for member_id in member_ids:
        with member_transaction(member_id) as session:
            shared = select(IntroductionKey).where(IntroductionKey.sealed_secret.is_not(None)).with_for_update()
            for key in session.scalars(shared):
                key.sealed_secret = sealed_anew(key.sealed_secret or "", key.name, done, ports)


def new_secret(ports: Ports) -> str:
    """Return a secret of 256 bits, as text that may be copied."""
    return base64.urlsafe_b64encode(bytes(ports.random.below(256) for _ in range(FEWEST_BYTES))).decode().rstrip("=")


def _write_down(session: Session, member_id: UUID, who: audit.Actor, action: str, name: str, ports: Ports) -> None:
    audit.write(session, member_id, who, action, f"Clé de présentation « {name} »", at=ports.clock.now())


def _named(session: Session, name: str) -> IntroductionKey | None:
    return session.scalars(select(IntroductionKey).where(IntroductionKey.name == name).with_for_update()).first()


def _check(algorithm: str, public_key: str | None) -> None:
    if (algorithm == SHARED) is not (public_key is None):
        raise BadInput("wrong_key", "public_key")
    if public_key is None:
        return
    try:
        key = load_pem_public_key(public_key.encode())
    except Exception as error:  # The library names no common error of its own.
        raise BadInput("wrong_key", "public_key") from error
    if not _is_of(algorithm, key):
        raise BadInput("wrong_key", "public_key")


def _is_of(algorithm: str, key: object) -> bool:
    if algorithm == "RS256":
        return isinstance(key, RSAPublicKey) and key.key_size >= FEWEST_RSA_BITS
    if algorithm == "ES256":
        return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    return isinstance(key, Ed25519PublicKey)

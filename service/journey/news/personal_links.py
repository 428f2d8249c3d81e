"""Links that only whoever gets a letter has: each names the letter, and is signed. A `GET` of them changes nothing."""

import hashlib
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from service.domain.errors import NotFound
from service.journey.ports import Ports
from service.models.delivery import Delivery

CONFIRM, UNSUBSCRIBE = "adresse", "desabonner"  # what a link does: also the beginning of its address
_PARTS = 2


def url_of(delivery: Delivery, does: str, ports: Ports) -> str:
    """Return the address in a letter; the same each time the letter is tried."""
    return f"{ports.base_url}/{does}/{_serializer(does, ports).dumps([delivery.member_id.hex, delivery.id.hex])}"


def ids_in(token: str, does: str, ports: Ports) -> tuple[UUID, UUID]:
    """Return the member and the letter of a link; NotFound when we did not sign it for this."""
    try:
        found = _serializer(does, ports).loads(token)
    except BadSignature as forged:
        raise NotFound("link") from forged
    if not isinstance(found, list) or len(found) != _PARTS:
        raise NotFound("link")
    return UUID(found[0]), UUID(found[1])


def _serializer(does: str, ports: Ports) -> URLSafeSerializer:
    return URLSafeSerializer(ports.secret_key, salt=does, signer_kwargs={"digest_method": hashlib.sha256})

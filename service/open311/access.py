"""Who calls: a member's system by its key, for the jurisdiction that is that member."""

from uuid import UUID

from flask import request
from sqlalchemy import select

from service.domain.errors import NotAllowed, NotFound
from service.domain.submission import is_storable
from service.journey.people.accounts import Caller, caller_of_key
from service.journey.transactions import shared_transaction
from service.models.member import Member

BEARER = "Bearer "


def find_caller() -> Caller:
    """Return the key that calls, and the member it speaks for.

    Raises
    ------
    NotAllowed
        When the key is missing, wrong, revoked, or only to try with.
    NotFound
        When another jurisdiction than the key's is named.

    """
    caller = caller_of_key(_key())
    if caller is None or caller.is_sandbox:
        raise NotAllowed("key")
    if _jurisdiction() not in (None, caller.member_id):
        raise NotFound("jurisdiction", "jurisdiction_id")
    return caller


def check_jurisdiction() -> None:
    """Refuse a jurisdiction that does not exist; every one of ours offers the same services."""
    _jurisdiction()


def _key() -> str:
    header = request.headers.get("Authorization", "")
    if header.startswith(BEARER):
        return header.removeprefix(BEARER).strip()
    key = request.values.get("api_key", "").strip()
    return key if is_storable(key) else ""


def _jurisdiction() -> UUID | None:
    """Return the member whose short name is given as jurisdiction, None when none is given."""
    name = request.values.get("jurisdiction_id", "").strip()
    if not name:
        return None
    with shared_transaction() as session:
        known = select(Member.id).where(Member.slug == name) if is_storable(name) else None
        found = session.scalars(known).first() if known is not None else None
    if found is None:
        raise NotFound("jurisdiction", "jurisdiction_id")
    return found

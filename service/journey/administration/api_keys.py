"""The API keys of members' extranets: created, shown once, revoked. Only their hash is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.submission import check_text
from service.journey.administration import audit, four_eyes
from service.journey.handling.handling import staff_member
from service.journey.people.accounts import hash_key
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.member import ApiKey
from service.models.oversight import Proposal
from service.models.people import Staff

KIND, CREATED = "last_api_key", "api_key"
LONGEST = 60  # characters of a name


@dataclass(frozen=True)
class Made:
    """A key, which nobody sees again; unless `is_done`, it opens nothing before a second person agrees."""

    key: str
    is_done: bool


def keys_of(session: Session) -> Sequence[ApiKey]:
    """Return the member's keys, those in service first, then the latest first."""
    return session.scalars(
        select(ApiKey).order_by(ApiKey.revoked_at.is_not(None), ApiKey.created_at.desc(), ApiKey.name)
    ).all()


def create(member_id: UUID, who: audit.Actor, name: str, ports: Ports, *, is_sandbox: bool = False) -> str:
    """Create a key called `name` and return it: it is shown now and never again.

    Raises
    ------
    BadInput, NotAllowed
        What is wrong with the name; `key_known` when a key in service has it.

    """
    name, key = _named(name), _drawn(ports, is_sandbox=is_sandbox)
    with member_transaction(member_id) as session:
        _add(session, member_id, who, ports, name=name, key_hash=hash_key(key), is_sandbox=is_sandbox)
    return key


def ask(member_id: UUID, staff_id: UUID, name: str, reason: str, ports: Ports) -> Made:
    """Make a key that reads what tenants wrote: a second person agrees, where somebody else leads.

    Raises
    ------
    BadInput, NotAllowed
        As `create`; `key_waits` when one of that name waits already, or when no reason is given.

    """
    name, key = _named(name), _drawn(ports)
    with member_transaction(member_id) as session:
        staff, now, key_hash = staff_member(session, staff_id), ports.clock.now(), hash_key(key)
        if not four_eyes.takes_two(session, staff, now):
            _add(session, member_id, audit.actor(staff), ports, name=name, key_hash=key_hash)
            return Made(key, is_done=True)
        _check_free(session, name)
        if name in waiting(session, now):
            raise NotAllowed("key_waits", "name")
        subject = f"Créer la clé d'extranet « {name} », qui lit et envoie des demandes"
        values = {"name": name, "key_hash": key_hash}
        four_eyes.propose(session, staff, CREATED, subject=subject, values=values, reason=reason, ports=ports)
        return Made(key, is_done=False)


def waiting(session: Session, now: datetime) -> list[str]:
    """Return the names of the keys that wait for a second person."""
    return [one.proposal.values["name"] for one in four_eyes.waiting(session, now) if one.proposal.kind == CREATED]


def apply_created(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Let a key count, as a second person agreed."""
    _add(session, proposal.member_id, audit.actor(staff), ports, **proposal.values)


def _named(name: str) -> str:
    name = " ".join(name.split())
    check_text(name, "name", LONGEST)
    return name


def _drawn(ports: Ports, *, is_sandbox: bool = False) -> str:
    return f"{'seve_essai' if is_sandbox else 'seve'}_{ports.random.token()}{ports.random.token()}"


def _check_free(session: Session, name: str) -> None:
    if any(one.name == name for one in _live(session)):
        raise NotAllowed("key_known", "name")


def _add(  # noqa: PLR0913  Whose key, by whom, and what is kept of it.
    session: Session, member_id: UUID, who: audit.Actor, ports: Ports, *, name: str, key_hash: str,
    is_sandbox: bool = False,
) -> None:  # fmt: skip
    _check_free(session, name)
    now = ports.clock.now()
    session.add(ApiKey(member_id=member_id, name=name, key_hash=key_hash, is_sandbox=is_sandbox, created_at=now))
    audit.write(session, member_id, who, "created", _called(name), at=now, after={"Clé d'essai": is_sandbox})


def revoke(member_id: UUID, staff_id: UUID, key_id: UUID, reason: str, ports: Ports) -> bool:
    """Accept a key no more; say whether that is done, or waits for a second person.

    Without its last real key a member's extranet brings no complaint any more: that takes two.

    Raises
    ------
    NotFound
        When the member has no such key.
    BadInput
        When the last one is revoked without a reason.

    """
    with member_transaction(member_id) as session:
        staff, live = staff_member(session, staff_id), _live(session)
        key = session.get(ApiKey, key_id)
        if key is None:
            raise NotFound("key")
        if key.revoked_at:
            return True
        if not key.is_sandbox and not any(one.id != key_id and not one.is_sandbox for one in live):
            four_eyes.propose(
                session,
                staff,
                KIND,
                subject=f"Révoquer la dernière clé d'extranet en service, « {key.name} »",
                values={"key_id": str(key_id)},
                reason=reason,
                ports=ports,
            )
            return False
        _revoke(session, key, audit.actor(staff), ports)
        return True


def apply(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Revoke the last key, as a second person agreed."""
    key = session.get_one(ApiKey, UUID(proposal.values["key_id"]), with_for_update=True)
    if key.revoked_at is None:
        _revoke(session, key, audit.actor(staff), ports)


def revoke_named(member_id: UUID, who: audit.Actor, name: str, ports: Ports) -> int:
    """Revoke every key in service of that name, at once; return how many."""
    with member_transaction(member_id) as session:
        named = [key for key in _live(session) if key.name == name]
        for key in named:
            _revoke(session, key, who, ports)
        return len(named)


def _live(session: Session) -> Sequence[ApiKey]:
    """Return the keys in service, held: two people who revoke the last two do it one after the other."""
    live = select(ApiKey).where(ApiKey.revoked_at.is_(None)).order_by(ApiKey.id)
    return session.scalars(live.with_for_update()).all()


def _revoke(session: Session, key: ApiKey, who: audit.Actor, ports: Ports) -> None:
    key.revoked_at = ports.clock.now()
    audit.write(session, key.member_id, who, "revoked", _called(key.name), at=key.revoked_at)


def _called(name: str) -> str:
    return f"Clé d'extranet « {name} »"

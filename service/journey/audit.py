"""Writing down every change to how a member works, in a chain that shows when an entry is taken out or changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.audit import ACTIONS, Link, digest
from service.models.oversight import AuditEntry
from service.models.people import Staff

_LOCK = text("select pg_advisory_xact_lock(hashtext('audit'), hashtext(:chain))")


@dataclass(frozen=True)
class Actor:
    """Who changes something."""

    name: str
    id: UUID | None = None


SYSTEM = Actor("system")
COMMAND = Actor("command")  # typed on the machine, where nobody signs in


def actor(staff: Staff) -> Actor:
    """Return a person of the staff as the log names them."""
    return Actor(staff.name, staff.id)


def write(  # noqa: PLR0913  An entry has this many parts.
    session: Session,
    member_id: UUID | None,
    who: Actor,
    action: str,
    subject: str,
    *,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add an entry, in the transaction that makes the change: neither is kept without the other.

    `before` and `after` hold what JSON holds, and never a secret: of a secret, say that it was changed.
    """
    if action not in ACTIONS:
        raise ValueError(action)
    session.execute(_LOCK, {"chain": str(member_id or "")})  # one after the other: each holds the digest of the last
    chain = select(AuditEntry).where(AuditEntry.member_id.is_not_distinct_from(member_id))
    last = session.scalars(chain.order_by(AuditEntry.number.desc()).limit(1)).first()
    link = Link(
        member_id, last.number + 1 if last else 1, at, who.name, who.id, action, subject, before, after,
        last.digest if last else "",
    )  # fmt: skip
    entry = AuditEntry(
        member_id=member_id, number=link.number, at=at, actor=who.name, actor_id=who.id, action=action, subject=subject,
        before=dict(before) if before is not None else None, after=dict(after) if after is not None else None,
        previous=link.previous, digest=digest(link),
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return entry


def write_change(  # noqa: PLR0913  As for an entry.
    session: Session,
    member_id: UUID | None,
    who: Actor,
    subject: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    at: datetime,
) -> AuditEntry | None:
    """Add an entry with the values that differ; None when nothing does, for then nothing was changed."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if not keys:
        return None
    return write(
        session,
        member_id,
        who,
        "changed",
        subject,
        at=at,
        before={key: before.get(key) for key in keys},
        after={key: after.get(key) for key in keys},
    )


def link_of(entry: AuditEntry) -> Link:
    """Return an entry as its digest is reckoned."""
    return Link(
        entry.member_id, entry.number, entry.at, entry.actor, entry.actor_id, entry.action, entry.subject, entry.before,
        entry.after, entry.previous,
    )  # fmt: skip

"""Writing down every change to how a member works, in a chain that shows when an entry is taken out or changed."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarResult, func, or_, select, text
from sqlalchemy.orm import Session

from service.domain.audit import ACTIONS, Link, digest, first_fault
from service.journey.submission.submission import PARIS
from service.models.oversight import AuditEntry
from service.models.people import Staff

SHOWN = 50  # entries of one page
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


@dataclass(frozen=True)
class Query:
    """What narrows the log: who, words of the subject, and days of Paris, the last one included."""

    name: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None


def entries(
    session: Session, member_id: UUID | None, query: Query, before: int | None = None, *, most: int | None = SHOWN + 1
) -> ScalarResult[AuditEntry]:
    """Return the entries of a chain, the latest first: one more than a page shows, or all of them."""
    found = select(AuditEntry).where(AuditEntry.member_id.is_not_distinct_from(member_id))
    if query.name:
        found = found.where(AuditEntry.actor == query.name)
    if query.words:
        found = found.where(
            or_(
                AuditEntry.subject.icontains(query.words, autoescape=True),
                func.lower(AuditEntry.action).in_(_actions_called(query.words)),
            )
        )
    if query.since:
        found = found.where(AuditEntry.at >= datetime.combine(query.since, time(), PARIS))
    if query.until:
        found = found.where(AuditEntry.at < datetime.combine(query.until + timedelta(days=1), time(), PARIS))
    if before:
        found = found.where(AuditEntry.number < before)
    return session.scalars(found.order_by(AuditEntry.number.desc()).limit(most))


def _actions_called(words: str) -> list[str]:
    return [code for code, name in ACTIONS.items() if words.lower() in name.lower()]


def actors(session: Session, member_id: UUID | None) -> Sequence[str]:
    """Return everybody who stands in a chain."""
    chain = select(AuditEntry.actor).where(AuditEntry.member_id.is_not_distinct_from(member_id))
    return session.scalars(chain.distinct().order_by(AuditEntry.actor)).all()


@dataclass
class Check:
    """What walking a chain found: how many entries, the last digest, the first fault and which marks were met."""

    entries: int = 0
    head: str = ""
    fault: tuple[int, str] | None = None
    met: frozenset[str] = frozenset()


def verify(session: Session, member_id: UUID | None, marks: Collection[str], tell: Callable[[], object]) -> Check:
    """Walk a chain from its first entry to its last, and `tell` of each.

    `marks` are digests written down elsewhere. Those met are returned: one that no chain holds was cut off.
    """
    check = Check()

    def walk(rows: Iterable[AuditEntry]) -> Iterator[tuple[Link, str]]:
        for entry in rows:
            check.entries += 1
            check.head = entry.digest
            check.met |= {entry.digest} & set(marks)
            tell()
            yield link_of(entry), entry.digest
            session.expunge(entry)  # a long chain does not fill the memory

    chain = select(AuditEntry).where(AuditEntry.member_id.is_not_distinct_from(member_id)).order_by(AuditEntry.number)
    with closing(session.scalars(chain, execution_options={"yield_per": 1000})) as rows:
        check.fault = first_fault(walk(rows))
    return check


def head(session: Session, member_id: UUID | None) -> tuple[int, str]:
    """Return the number and the digest of the last entry of a chain; 0 and nothing when it is empty."""
    chain = select(AuditEntry).where(AuditEntry.member_id.is_not_distinct_from(member_id))
    last = session.scalars(chain.order_by(AuditEntry.number.desc()).limit(1)).first()
    return (last.number, last.digest) if last else (0, "")

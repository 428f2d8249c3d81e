"""Erasing the words and names of complaints that are long over: by a member's own table, with a stop, and a register.

What is left is what figures are made of: subject, dates, delays, outcome. It names nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, select, text, true
from sqlalchemy.orm import Session

from service.domain.retention import DEFAULT_MONTHS, Line, in_order, most_in_a_day
from service.domain.status import EventKind
from service.journey.administration import audit
from service.journey.administration.holds import has_hold
from service.journey.events import record
from service.journey.ports import Ports
from service.journey.steps import member_ids
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.oversight import Proposal
from service.models.upkeep import Erasure, RetentionRule

BATCH = 50  # complaints in one transaction
AGREED_FOR = timedelta(days=1)  # what a second person agreed to, beyond the daily stop
STOP = "erasure"  # the kind of that proposal
_ERASE = text("select seve_erase(:target, :at)")


@dataclass(frozen=True)
class Due:
    """What is to be erased now: how many, of how many that are over, by category, and the most a day allows."""

    count: int
    over: int
    by_category: dict[str | None, int]
    held: int  # would be, but something holds it
    most: int

    @property
    def is_stopped(self) -> bool:
        """Whether it is more than one person alone lets happen in a day."""
        return self.count > self.most


def lines_of(session: Session) -> list[Line]:
    """Return the table of the transaction's member."""
    return [Line(row.months, row.category, row.outcome) for row in session.scalars(select(RetentionRule))]


def is_due(lines: Sequence[Line], now: datetime) -> ColumnElement[bool]:
    """Say which complaints are past their time, by a table."""
    fits = [
        (
            and_(
                Complaint.category == line.category if line.category else true(),
                Complaint.outcome == line.outcome if line.outcome else true(),
            ),
            line.months,
        )
        for line in in_order(lines)
    ]
    months = case(*fits, else_=literal(DEFAULT_MONTHS)) if fits else literal(DEFAULT_MONTHS)
    return and_(
        Complaint.status == "closed",
        Complaint.erased_at.is_(None),
        Complaint.closed_at + func.make_interval(0, months) < now,
    )


def due(session: Session, lines: Sequence[Line], now: datetime) -> Due:
    """Return what a table would erase now, without erasing it."""
    past, is_free = is_due(lines, now), ~has_hold()
    over = select(func.count()).where(Complaint.status == "closed", Complaint.erased_at.is_(None))
    rows = session.execute(
        select(Complaint.category, func.count().filter(is_free), func.count().filter(~is_free))
        .where(past)
        .group_by(Complaint.category)
    ).all()
    by_category = {category: free for category, free, _held in rows if free}
    total = session.scalar(over) or 0
    return Due(
        sum(by_category.values()), total, by_category, sum(held for *_, held in rows),
        most_in_a_day(total + _erased_lately(session, now)),
    )  # fmt: skip


def _erased_lately(session: Session, now: datetime) -> int:
    lately = select(func.count()).where(Erasure.at > now - AGREED_FOR, Erasure.why == "retention")
    return session.scalar(lately) or 0


def run(member_id: UUID, ports: Ports) -> int:
    """Erase what is past its time at one member; return how many. Nothing while there is too much of it at once.

    Each batch is one transaction: a run that is killed goes on where it stopped.
    """
    count, allowed = 0, _allowed(member_id, ports)
    while count < allowed:
        with member_transaction(member_id) as session:
            done = _erase_batch(session, min(BATCH, allowed - count), ports)
        count += done
        if done == 0:
            break
    if count:
        with member_transaction(member_id) as session:
            after = {"demandes": count}
            audit.write(
                session,
                member_id,
                audit.SYSTEM,
                "erased",
                "Demandes en fin de conservation",
                at=ports.clock.now(),
                after=after,
            )
    return count


def _allowed(member_id: UUID, ports: Ports) -> int:
    """Return how many may be erased now: none when a mistake in the table would empty the archive in a night."""
    now = ports.clock.now()
    with member_transaction(member_id) as session:
        waiting = due(session, lines_of(session), now)
        if waiting.count + _erased_lately(session, now) <= waiting.most:
            return waiting.count
        agreed = select(Proposal).where(
            Proposal.kind == STOP, Proposal.decision == "agreed", Proposal.decided_at > now - AGREED_FOR
        )
        return min(waiting.count, max((_left_of(session, one) for one in session.scalars(agreed)), default=0))


def _left_of(session: Session, agreed: Proposal) -> int:
    """Return how many of those that two persons agreed to erase are still to be erased."""
    since = select(func.count()).where(Erasure.at >= agreed.decided_at, Erasure.why == "retention")
    return max(0, int(agreed.values["count"]) - (session.scalar(since) or 0))


def _erase_batch(session: Session, size: int, ports: Ports) -> int:
    now = ports.clock.now()
    past = select(Complaint).where(is_due(lines_of(session), now), ~has_hold())
    chosen = session.scalars(past.order_by(Complaint.closed_at).limit(size).with_for_update(skip_locked=True)).all()
    for complaint in chosen:
        erase(session, complaint, "retention", ports)
    return len(chosen)


def erase(session: Session, complaint: Complaint, why: str, ports: Ports) -> dict[str, Any]:
    """Erase the words and names of a complaint that is over and held; write it in the register."""
    now = ports.clock.now()
    counts: dict[str, Any] | None = session.scalar(_ERASE, {"target": complaint.id, "at": now})
    if counts is None:
        raise RuntimeError("only a complaint that is over is erased")
    session.refresh(complaint)
    record(session, complaint, EventKind.ERASED, at=now, actor="system", data={"why": why})
    done = Erasure(member_id=complaint.member_id, complaint_id=complaint.id, reference=complaint.reference)
    done.why, done.at, done.counts = why, now, counts
    session.add(done)
    return counts


def run_due(ports: Ports) -> int:
    """Erase what is past its time, member after member; return how many. Harmless when two run."""
    return sum(run(member_id, ports) for member_id in member_ids())

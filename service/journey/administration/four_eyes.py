"""Dangerous changes: one person proposes, another agrees, and only then is it done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import LEADERS
from service.journey.administration import audit
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.models.oversight import AuditEntry, Proposal
from service.models.people import Staff

WAITS = timedelta(days=14)
MAX_REASON = 500  # characters

# kind -> what is done once a second person agrees. Each is given the values of the proposal, and writes the audit log.
Apply = Callable[[Session, Proposal, Staff, Ports], None]

# Whoever the asker brought in, or made a leader, this long before asking is no second person: they may be the first.
BROUGHT = timedelta(days=30)
LATELY = timedelta(days=90)  # what was decided since is shown


@dataclass(frozen=True)
class Asked:
    """A proposal with the names of those who asked for it and decided it."""

    proposal: Proposal
    asked_by: str
    decided_by: str | None


class SecondPersonMissing(NotAllowed):
    """Whoever proposed it cannot agree to it."""


def propose(  # noqa: PLR0913  Whose, by whom, what and why.
    session: Session,
    staff: Staff,
    kind: str,
    *,
    subject: str,
    values: Mapping[str, Any],
    reason: str,
    ports: Ports,
) -> Proposal:
    """Keep a change for a second person; nothing is done yet. The same change asked for twice waits once.

    Raises
    ------
    BadInput
        When no reason is given, or a long one.

    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise BadInput("reason_missing" if not reason.strip() else "too_long", "reason")
    now = ports.clock.now()
    waiting = select(Proposal).where(
        Proposal.kind == kind, Proposal.decision.is_(None), Proposal.subject == subject, Proposal.expires_at > now
    )
    known = next((one for one in session.scalars(waiting) if one.values == dict(values)), None)
    if known:
        return known
    proposal = Proposal(
        member_id=staff.member_id, kind=kind, subject=subject, values=dict(values), reason=reason.strip(),
        asked_by_id=staff.id, asked_at=now, expires_at=now + WAITS,
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    audit.write(
        session, staff.member_id, audit.actor(staff), "proposed", subject, at=now, after={"why": reason.strip()}
    )
    return proposal


def agree(session: Session, proposal_id: UUID, staff_id: UUID, kinds: Mapping[str, Apply], ports: Ports) -> Proposal:
    """Let a second person agree: the change is done in this transaction.

    Raises
    ------
    NotFound, NotAllowed, SecondPersonMissing
        When there is no such proposal, it was decided or has expired, the same person asked for it, or they made
        this one a leader lately, or anybody did since.

    """
    proposal, staff = _waiting(session, proposal_id, ports), staff_member(session, staff_id)
    if staff.id == proposal.asked_by_id or staff.role not in LEADERS:
        raise SecondPersonMissing("second_person")
    if _leads_lately(session, proposal, staff):
        raise SecondPersonMissing("led_lately")
    _decide(session, proposal, staff, "agreed", ports)
    kinds[proposal.kind](session, proposal, staff, ports)
    return proposal


def refuse(session: Session, proposal_id: UUID, staff_id: UUID, ports: Ports) -> Proposal:
    """Let a person who could agree refuse, or whoever asked take it back: nothing is done."""
    proposal, staff = _waiting(session, proposal_id, ports), staff_member(session, staff_id)
    if staff.id != proposal.asked_by_id and staff.role not in LEADERS:
        raise SecondPersonMissing("second_person")
    _decide(session, proposal, staff, "withdrawn" if staff.id == proposal.asked_by_id else "refused", ports)
    return proposal


def _waiting(session: Session, proposal_id: UUID, ports: Ports) -> Proposal:
    proposal = session.get(Proposal, proposal_id, with_for_update=True)
    if proposal is None:
        raise NotFound("proposal")
    if proposal.decision or proposal.expires_at <= ports.clock.now():
        raise NotAllowed("proposal_decided")
    return proposal


def _leads_lately(session: Session, proposal: Proposal, staff: Staff) -> bool:
    """Say whether the asker brought somebody in or made them a leader lately, or anybody did since the proposal."""
    by_asker = (AuditEntry.actor_id == proposal.asked_by_id) & (AuditEntry.at >= proposal.asked_at - BROUGHT)
    found = select(AuditEntry.id).where(
        AuditEntry.member_id == staff.member_id,
        AuditEntry.after["email"].astext == staff.email,  # names change, addresses do not
        or_(AuditEntry.action == "invited", AuditEntry.after["role"].astext.in_(LEADERS)),
        or_(by_asker, AuditEntry.at >= proposal.asked_at),
    )
    return session.scalars(found.limit(1)).first() is not None


def _decide(session: Session, proposal: Proposal, staff: Staff, decision: str, ports: Ports) -> None:
    proposal.decided_by_id, proposal.decided_at, proposal.decision = staff.id, ports.clock.now(), decision
    session.flush()
    audit.write(
        session, staff.member_id, audit.actor(staff), decision, proposal.subject, at=ports.clock.now(),
        before={"why": proposal.reason},
    )  # fmt: skip


def waiting(session: Session, now: datetime) -> list[Asked]:
    """Return what waits for a second person, the oldest first."""
    return _named(session, _undecided(now).order_by(Proposal.asked_at))


def decided(session: Session, now: datetime, most: int = 50) -> list[Asked]:
    """Return what was decided lately or ran out, the latest first."""
    over = select(Proposal).where(
        or_(Proposal.decision.is_not(None), Proposal.expires_at <= now), Proposal.asked_at > now - LATELY
    )
    return _named(session, over.order_by(func.coalesce(Proposal.decided_at, Proposal.expires_at).desc()).limit(most))


def count_waiting_for(session: Session, staff_id: UUID, now: datetime) -> int:
    """Return how many proposals of others this person could decide."""
    mine = _undecided(now).where(Proposal.asked_by_id != staff_id)
    return session.scalars(select(func.count()).select_from(mine.subquery())).one()


def has_second_person(session: Session, staff_id: UUID) -> bool:
    """Say whether anybody else could agree to what this person asks for."""
    others = select(Staff.id).where(Staff.is_active, Staff.role.in_(LEADERS), Staff.id != staff_id)
    return session.scalars(others.limit(1)).first() is not None


def _undecided(now: datetime) -> Select[Proposal]:
    return select(Proposal).where(Proposal.decision.is_(None), Proposal.expires_at > now)


def _named(session: Session, query: Select[Proposal]) -> list[Asked]:
    found: Sequence[Proposal] = session.scalars(query).all()
    names = {one.id: one.name for one in session.scalars(select(Staff))}
    return [
        Asked(one, names[one.asked_by_id], names.get(one.decided_by_id) if one.decided_by_id else None) for one in found
    ]

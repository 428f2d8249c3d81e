"""Dangerous changes: one person proposes, another agrees, and only then is it done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import LEADERS
from service.journey.administration import audit
from service.journey.handling.handling import staff_member
from service.journey.people.people import IS_COME
from service.journey.ports import Ports
from service.models.oversight import AuditEntry, Proposal
from service.models.people import Staff
from service.models.signing_in import StaffSession

WAITS = timedelta(days=14)
MAX_REASON = 500  # characters

# kind -> what is done once a second person agrees. Each is given the values of the proposal, and writes the audit log.
Apply = Callable[[Session, Proposal, Staff, Ports], None]

# Whom one of the two brought in, or made a leader, this long before is no second person: they may be the first. And
# whoever takes the others' role away counts as before for as long.
BROUGHT = timedelta(days=30)
LATELY = timedelta(days=90)  # what was decided since is shown
NEVER_CAME = "jamais venu"  # of an entry of the log: whose account was closed had never been opened
# Who has come once, even if what they came in by was taken away since.
CAME = IS_COME | exists().where(StaffSession.staff_id == Staff.id)


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
    check_reason(reason)
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


def check_reason(reason: str) -> None:
    """Refuse no reason, or a long one; BadInput."""
    if not reason.strip() or len(reason) > MAX_REASON:
        raise BadInput("reason_missing" if not reason.strip() else "too_long", "reason")


def agree(session: Session, proposal_id: UUID, staff_id: UUID, kinds: Mapping[str, Apply], ports: Ports) -> Proposal:
    """Let a second person agree: the change is done in this transaction.

    Raises
    ------
    NotFound, NotAllowed, SecondPersonMissing
        When there is no such proposal, it was decided or has expired, the same person asked for it, one of the two
        made the other a leader lately, or anybody made this one a leader since.

    """
    proposal, staff = _waiting(session, proposal_id, ports), staff_member(session, staff_id)
    if staff.id == proposal.asked_by_id or staff.role not in LEADERS:
        raise SecondPersonMissing("second_person")
    asker, since = session.get_one(Staff, proposal.asked_by_id), AuditEntry.at >= proposal.asked_at - BROUGHT
    if _was_brought(session, staff, (since & (AuditEntry.actor_id == asker.id)) | (AuditEntry.at >= proposal.asked_at)):
        raise SecondPersonMissing("led_lately")
    if _was_brought(session, asker, since & (AuditEntry.actor_id == staff.id)):
        raise SecondPersonMissing("brought_asker")
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


def _was_brought(session: Session, staff: Staff, when: ColumnElement[bool]) -> bool:
    """Say whether somebody was brought in or made a leader, by whom and when the condition has it."""
    found = select(AuditEntry.id).where(
        AuditEntry.member_id == staff.member_id,
        AuditEntry.after["email"].astext == staff.email,  # names change, addresses do not
        or_(AuditEntry.action == "invited", AuditEntry.after["role"].astext.in_(LEADERS)),
        when,
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


def waiting_for(staff_id: UUID, now: datetime) -> Select[UUID]:
    """Return the query of the proposals of others that this person could decide."""
    return _undecided(now).where(Proposal.asked_by_id != staff_id).with_only_columns(Proposal.id)


def has_second_person(session: Session, *concerned: UUID) -> bool:
    """Say whether anybody could agree besides those whom it is about: a leader who has come."""
    others = select(Staff.id).where(Staff.is_active, Staff.role.in_(LEADERS), Staff.id.not_in(concerned), CAME)
    return session.scalars(others.limit(1)).first() is not None


def takes_two(session: Session, staff: Staff, now: datetime, *concerned: UUID) -> bool:
    """Say whether what a person alone does at once waits: somebody else leads, or did until they changed that."""
    return has_second_person(session, staff.id, *concerned) or ousted_lately(session, staff, now)


def has_company(session: Session, staff: Staff, now: datetime) -> bool:
    """Say whether anybody else has come or leads, if only as an invitation says, or led until this one changed that."""
    there = select(Staff.id).where(Staff.is_active, Staff.id != staff.id, or_(CAME, Staff.role.in_(LEADERS)))
    return session.scalars(there.limit(1)).first() is not None or ousted_lately(session, staff, now)


def ousted_lately(session: Session, staff: Staff, now: datetime) -> bool:
    """Say whether a person took a leader's role away lately, or closed the account of one who had come."""
    ousted = select(AuditEntry.id).where(
        AuditEntry.member_id == staff.member_id, AuditEntry.actor_id == staff.id, AuditEntry.at > now - BROUGHT,
        AuditEntry.action.in_(("changed", "departed")), AuditEntry.before["role"].astext.in_(LEADERS),
        func.coalesce(AuditEntry.after["role"].astext, "").not_in(LEADERS),
        AuditEntry.before[NEVER_CAME].astext.is_distinct_from("true"),
    )  # fmt: skip
    return session.scalars(ousted.limit(1)).first() is not None


def told_if_never_came(session: Session, person: Staff) -> dict[str, bool]:
    """Return what the log keeps of whoever never came: an invitation to a wrong address is no second person."""
    has_come = session.scalar(select(Staff.id).where(Staff.id == person.id, CAME))
    return {} if has_come else {NEVER_CAME: True}


def _undecided(now: datetime) -> Select[Proposal]:
    return select(Proposal).where(Proposal.decision.is_(None), Proposal.expires_at > now)


def _named(session: Session, query: Select[Proposal]) -> list[Asked]:
    found: Sequence[Proposal] = session.scalars(query).all()
    names = {one.id: one.name for one in session.scalars(select(Staff))}
    return [
        Asked(one, names[one.asked_by_id], names.get(one.decided_by_id) if one.decided_by_id else None) for one in found
    ]

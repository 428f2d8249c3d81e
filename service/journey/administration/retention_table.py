"""Changing how long complaints are kept, holding some back, and erasing one that a tenant asks for.

Keeping longer is one person's to decide; erasing sooner, or more in a day than usual, takes two.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.closing import OUTCOMES
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.retention import DEFAULT_MONTHS, LEAST, MOST, Line, is_sooner, months_for
from service.domain.status import EventKind, Status
from service.domain.taxonomy import categories, category_label
from service.journey.administration import audit, four_eyes
from service.journey.administration.holds import called, found, is_held
from service.journey.administration.retention import STOP, due, erase, lines_of
from service.journey.events import record
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.outbox import OutboxStep
from service.models.oversight import Proposal
from service.models.people import Staff
from service.models.upkeep import RetentionRule

KEPT_APART = "Le motif est écrit dans la demande, pour les personnes qui la voient."


def read_line(months: str, category: str, outcome: str) -> Line:
    """Return a line as typed.

    Raises
    ------
    BadInput
        When a part of it is not one we know.

    """
    if category and category not in categories():
        raise BadInput("unknown_value", "category")
    if outcome and outcome not in OUTCOMES:
        raise BadInput("unknown_value", "outcome")
    if not (months.isascii() and months.isdigit() and LEAST <= int(months) <= MOST):
        raise BadInput("not_months", "months")
    return Line(int(months), category or None, outcome or None)


def in_words(line: Line) -> str:
    """Return what a line is about."""
    category = category_label(line.category) if line.category else "tous les sujets"
    return f"Conservation : {category}, {OUTCOMES[line.outcome] if line.outcome else 'toutes les fins'}"


def save_line(member_id: UUID, staff_id: UUID, line: Line, reason: str, ports: Ports) -> bool:
    """Keep a line, or propose it to a second person when it erases sooner; return whether it waits for one."""
    with member_transaction(member_id) as session:
        staff = staff_member(session, staff_id)
        if not is_sooner(line, lines_of(session)):
            _keep(session, staff, line, ports)
            return False
        values: dict[str, Any] = {"months": line.months, "category": line.category, "outcome": line.outcome}
        values |= _effect(session, line, [line], ports)
        subject = f"{in_words(line)} : {line.months} mois"
        four_eyes.propose(session, staff, "retention", subject=subject, values=values, reason=reason, ports=ports)
        return True


def apply_line(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Do what two persons agreed to: keep the line, or take it away when it names no months."""
    values = proposal.values
    if values["months"] is None:
        _remove(session, staff, Line(0, values["category"], values["outcome"]), ports)
    else:
        _keep(session, staff, Line(values["months"], values["category"], values["outcome"]), ports)


def remove_line(member_id: UUID, staff_id: UUID, rule_id: UUID, reason: str, ports: Ports) -> bool:
    """Take a line away, or propose it to a second person when complaints are then erased sooner."""
    with member_transaction(member_id) as session:
        staff, row = staff_member(session, staff_id), session.get(RetentionRule, rule_id, with_for_update=True)
        if row is None:
            raise NotFound("rule")
        line, lines = Line(row.months, row.category, row.outcome), lines_of(session)
        if not _is_kept_by(line, [one for one in lines if one != line]):
            _remove(session, staff, line, ports)
            return False
        values: dict[str, Any] = {"months": None, "category": line.category, "outcome": line.outcome}
        values |= _effect(session, line, [], ports)
        subject = f"{in_words(line)} : retirer la ligne de {line.months} mois"
        four_eyes.propose(session, staff, "retention", subject=subject, values=values, reason=reason, ports=ports)
        return True


def _months_now(session: Session, line: Line) -> int:
    return months_for(line.category, line.outcome, lines_of(session))


def _effect(session: Session, line: Line, instead: Sequence[Line], ports: Ports) -> dict[str, int]:
    """Return what the second person reads: the months until now, and how many more would be erased at once."""
    lines, now = lines_of(session), ports.clock.now()
    changed = [one for one in lines if (one.category, one.outcome) != (line.category, line.outcome)]
    more = due(session, [*changed, *instead], now).count - due(session, lines, now).count
    return {"former": _months_now(session, line), "at_once": max(more, 0)}


def _is_kept_by(line: Line, others: Sequence[Line]) -> bool:
    """Say whether a line makes anything be kept longer than without it."""
    return line.months > min([DEFAULT_MONTHS, *(other.months for other in others)])


def _row(session: Session, line: Line) -> RetentionRule | None:
    same = select(RetentionRule).where(
        RetentionRule.category.is_not_distinct_from(line.category),
        RetentionRule.outcome.is_not_distinct_from(line.outcome),
    )
    return session.scalars(same.with_for_update()).first()


def _keep(session: Session, staff: Staff, line: Line, ports: Ports) -> None:
    row = _row(session, line)
    before = row.months if row else f"{_months_now(session, line)} (sans cette ligne)"
    row = row or RetentionRule(member_id=staff.member_id, category=line.category, outcome=line.outcome)
    row.months = line.months
    session.add(row)
    audit.write_change(
        session, staff.member_id, audit.actor(staff), in_words(line), {"mois": before}, {"mois": line.months},
        at=ports.clock.now(),
    )  # fmt: skip


def _remove(session: Session, staff: Staff, line: Line, ports: Ports) -> None:
    row = _row(session, line)
    if row:
        audit.write(
            session, staff.member_id, audit.actor(staff), "removed", in_words(line), at=ports.clock.now(),
            before={"mois": row.months},
        )  # fmt: skip
        session.delete(row)


def ask_to_go_on(member_id: UUID, staff_id: UUID, reason: str, ports: Ports) -> None:
    """Ask a second person to let more be erased in a day than usual.

    Raises
    ------
    NotAllowed
        When nothing is stopped.

    """
    with member_transaction(member_id) as session:
        waiting = due(session, lines_of(session), ports.clock.now())
        if not waiting.is_stopped:
            raise NotAllowed("nothing_stopped")
        subject = f"Effacer {waiting.count} demandes en fin de conservation"
        staff = staff_member(session, staff_id)
        four_eyes.propose(
            session, staff, STOP, subject=subject, values={"count": waiting.count}, reason=reason, ports=ports
        )


def go_on(_session: Session, _proposal: Proposal, _staff: Staff, _ports: Ports) -> None:
    """Do nothing more: the next run reads that two persons agreed."""


def ask_to_erase(member_id: UUID, staff_id: UUID, reference: str, reason: str, ports: Ports) -> None:
    """Propose that a complaint be erased because its tenant asks for it. The reason stays with a sensitive one.

    Raises
    ------
    BadInput, NotAllowed
        When there is no such complaint, it is still open, is erased already, a message about it waits to leave, or
        something holds it.

    """
    with member_transaction(member_id) as session:
        complaint, staff = found(session, reference), staff_member(session, staff_id)
        _check_erasable(session, complaint)
        four_eyes.check_reason(reason)
        subject = f"Effacer une demande, que le locataire a demandé d'effacer : {called(complaint)}"
        values: dict[str, Any] = {"complaint": str(complaint.id)}
        if complaint.is_sensitive:
            data = {"text": f"Effacement proposé, à la demande du locataire. Motif : {reason.strip()}"}
            record(session, complaint, EventKind.NOTED, at=ports.clock.now(), actor=staff.name, data=data)
            reason = KEPT_APART
        four_eyes.propose(session, staff, "erase_one", subject=subject, values=values, reason=reason, ports=ports)


def erase_one(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Do what two persons agreed to, both of whom see it: erase one complaint."""
    complaint = session.get(Complaint, UUID(proposal.values["complaint"]), with_for_update=True)
    if complaint is None:
        raise NotAllowed("not_seen")
    _check_erasable(session, complaint)
    name = called(complaint)
    erase(session, complaint, "asked", ports)
    audit.write(session, staff.member_id, audit.actor(staff), "erased", name, at=ports.clock.now())


def _check_erasable(session: Session, complaint: Complaint) -> None:
    if complaint.status != Status.CLOSED or complaint.erased_at:
        raise NotAllowed("not_erasable")
    told = (OutboxStep.name == "notify") | OutboxStep.delivery_id.is_not(None)
    waiting = select(OutboxStep.id).where(OutboxStep.complaint_id == complaint.id, OutboxStep.done_at.is_(None), told)
    if session.scalars(waiting).first():  # What has not been said yet has no words left afterwards.
        raise NotAllowed("not_erasable")
    if is_held(session, complaint):
        raise NotAllowed("held")

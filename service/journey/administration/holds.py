"""Complaints that must not be erased for now: a dispute, a claim, a trial."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotFound
from service.domain.reference import read_reference
from service.domain.submission import MAX_REASON, check_text
from service.journey.administration import audit
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.upkeep import Hold


def found(session: Session, typed: str) -> Complaint:
    """Return the complaint of a reference as typed, held until the transaction ends.

    Raises
    ------
    BadInput
        When the transaction's member has none, or this person may not see it.

    """
    reference = read_reference(typed)
    if reference is None:
        raise BadInput("not_a_reference", "reference")
    complaint = session.scalars(select(Complaint).where(Complaint.reference == reference).with_for_update()).first()
    if complaint is None:
        raise BadInput("unknown_reference", "reference")
    return complaint


def called(complaint: Complaint) -> str:
    """Return what the log, which all who lead read, calls a complaint: of a sensitive one neither which nor why."""
    return "Demande réservée" if complaint.is_sensitive else f"Demande {complaint.reference}"


def _told(complaint: Complaint, reason: str) -> dict[str, str] | None:
    return None if complaint.is_sensitive else {"why": reason}


def has_hold() -> ColumnElement[bool]:
    """Say for which complaints something speaks against erasing."""
    return exists().where(Hold.complaint_id == Complaint.id, Hold.lifted_at.is_(None))


def is_held(session: Session, complaint: Complaint) -> bool:
    """Say whether something holds a complaint."""
    return session.scalar(select(Complaint.id).where(Complaint.id == complaint.id, has_hold())) is not None


def hold(member_id: UUID, staff_id: UUID, reference: str, reason: str, ports: Ports) -> None:
    """Keep a complaint from being erased until somebody lifts it.

    Raises
    ------
    BadInput
        When there is no such complaint, or no reason is given.

    """
    check_text(reason.strip(), "reason", MAX_REASON)
    with member_transaction(member_id) as session:
        staff, complaint, now = staff_member(session, staff_id), found(session, reference), ports.clock.now()
        if is_held(session, complaint):
            return
        kept = Hold(member_id=member_id, complaint_id=complaint.id, reason=reason.strip())
        kept.placed_by, kept.placed_at = staff.name, now
        session.add(kept)
        subject, told = f"{called(complaint)} : à garder", _told(complaint, kept.reason)
        audit.write(session, member_id, audit.actor(staff), "created", subject, at=now, after=told)


def lift(member_id: UUID, staff_id: UUID, hold_id: UUID, ports: Ports) -> None:
    """Let a complaint be erased when its time comes.

    Raises
    ------
    NotFound
        When there is no such hold.

    """
    with member_transaction(member_id) as session:
        kept = session.get(Hold, hold_id, with_for_update=True)
        if kept is None:
            raise NotFound("hold")
        if kept.lifted_at:
            return
        staff, now = staff_member(session, staff_id), ports.clock.now()
        kept.lifted_at, kept.lifted_by = now, staff.name
        complaint = session.get_one(Complaint, kept.complaint_id)
        subject, told = f"{called(complaint)} : à garder", _told(complaint, kept.reason)
        audit.write(session, member_id, audit.actor(staff), "removed", subject, at=now, before=told)

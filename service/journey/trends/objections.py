"""A household that wants no part in the figures of the network: left out of every later one (article 21)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.journey.administration import audit
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.people import Staff
from service.models.trends import TrendObjection


def objection_of(session: Session, complaint: Complaint) -> TrendObjection | None:
    """Return why the household of a complaint is left out, whoever asked; None when it counts."""
    found = select(TrendObjection).where(TrendObjection.dwelling_id == complaint.dwelling_id)
    return session.scalar(found) if complaint.dwelling_id else None


def asked_on(session: Session, complaint: Complaint) -> datetime | None:
    """Return since when a household is left out, where this very complaint asked: another may be anybody's."""
    return session.scalar(select(TrendObjection.at).where(TrendObjection.complaint_id == complaint.id))


def leave_out(member_id: UUID, complaint_id: UUID, staff_id: UUID, *, is_on: bool, ports: Ports) -> None:
    """Leave the household that wrote out of later figures, or count it again. Twice is once.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such complaint; `no_household` when its dwelling was not found: it counts nowhere already.

    """
    with member_transaction(member_id) as session:
        complaint, staff = locked_complaint(session, complaint_id), staff_member(session, staff_id)
        if complaint.dwelling_id is None:
            raise NotAllowed("no_household")
        now = ports.clock.now()
        if not (_write(session, complaint, now) if is_on else _lift(session, complaint.dwelling_id)):
            return
        _log(session, complaint, staff, now, is_on=is_on)


def follow(session: Session, complaint: Complaint, staff: Staff, now: datetime) -> None:
    """Leave out the household of a complaint that asked so and turns out to be about another dwelling.

    The dwelling it was taken for stays out as well: its household may have asked too.
    """
    is_asked = complaint.dwelling_id is not None and asked_on(session, complaint) is not None
    if is_asked and _write(session, complaint, now):
        _log(session, complaint, staff, now, is_on=True)


def _log(session: Session, complaint: Complaint, staff: Staff, now: datetime, *, is_on: bool) -> None:
    """Write it in the log. The complaint is named, the dwelling is not: whoever reads it may not be let to open it."""
    audit.write(
        session, complaint.member_id, audit.actor(staff), "changed",
        f"Chiffres du réseau, demande {complaint.reference}", at=now, before={"compte": is_on},
        after={"compte": not is_on},
    )  # fmt: skip


def _lift(session: Session, dwelling_id: UUID) -> bool:
    """Count a household again, whoever asked; say whether anything changed."""
    known = delete(TrendObjection).where(TrendObjection.dwelling_id == dwelling_id).returning(TrendObjection.id)
    return bool(session.execute(known).all())


def _write(session: Session, complaint: Complaint, now: datetime) -> bool:
    """Leave the household of a complaint out; say whether anything changed."""
    added = insert(TrendObjection).values(
        member_id=complaint.member_id, dwelling_id=complaint.dwelling_id, complaint_id=complaint.id, at=now
    )
    return session.execute(added.on_conflict_do_nothing().returning(TrendObjection.id)).first() is not None

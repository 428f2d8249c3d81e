"""A household that wants no part in the figures of the network: left out of every later one (article 21)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.journey import audit
from service.journey.handling import locked_complaint, staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.trends import TrendObjection


def left_out_since(session: Session, complaint: Complaint) -> datetime | None:
    """Return since when the household of a complaint is left out; None when it counts."""
    found = select(TrendObjection.at).where(TrendObjection.dwelling_id == complaint.dwelling_id)
    return session.scalar(found) if complaint.dwelling_id else None


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
        if not _write(session, member_id, complaint.dwelling_id, now, is_on=is_on):
            return
        # The complaint is named, the dwelling is not: whoever reads the log may not be allowed to open it.
        audit.write(
            session, member_id, audit.actor(staff), "changed", f"Chiffres du réseau, demande {complaint.reference}",
            at=now, before={"compte": is_on}, after={"compte": not is_on},
        )  # fmt: skip


def _write(session: Session, member_id: UUID, dwelling_id: UUID, now: datetime, *, is_on: bool) -> bool:
    """Write the objection or take it away; say whether anything changed."""
    if not is_on:
        known = delete(TrendObjection).where(TrendObjection.dwelling_id == dwelling_id).returning(TrendObjection.id)
        return bool(session.execute(known).all())
    added = insert(TrendObjection).values(member_id=member_id, dwelling_id=dwelling_id, at=now)
    return session.execute(added.on_conflict_do_nothing().returning(TrendObjection.id)).first() is not None

"""How sure the model must be at one member: below, a person sorts. It only ever asks for more than the model does."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.reading import Reading
from service.domain.taxonomy import categories, category_label
from service.journey.administration import audit
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.upkeep import Threshold

LOOKED_AT = timedelta(days=90)  # what a threshold would have done
_WHOLE = 100


def hold_back(session: Session, reading: Reading) -> Reading:
    """Return the reading, abstained where the transaction's member asks for more than the model's confidence."""
    if reading.abstained:
        return reading
    least = session.scalar(select(Threshold.confidence).where(Threshold.category == reading.category))
    return replace(reading, abstained=True) if least is not None and reading.confidence < least else reading


def read_share(typed: str) -> float | None:
    """Return a confidence from what was typed as a percentage; None for nothing typed.

    Raises
    ------
    BadInput
        When it is not a whole number from 1 to 100.

    """
    written = typed.strip().removesuffix("%").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and 1 <= int(written) <= _WHOLE):
        raise BadInput("not_a_share")
    return int(written) / _WHOLE


def save(member_id: UUID, who: audit.Actor, category: str, least: float | None, ports: Ports) -> None:
    """Set how sure the model must be of a category; None leaves it to the model.

    Raises
    ------
    BadInput
        When there is no such category.

    """
    if category not in categories():
        raise BadInput("unknown_value", "category")
    with member_transaction(member_id) as session:
        row = session.scalars(select(Threshold).where(Threshold.category == category).with_for_update()).first()
        before = row.confidence if row else None
        if least is None and row:
            session.delete(row)
        elif least is not None:
            row = row or Threshold(member_id=member_id, category=category)
            row.confidence = least
            session.add(row)
        audit.write_change(
            session, member_id, who, f"Confiance demandée : {category_label(category)}",
            {"confiance": before}, {"confiance": least}, at=ports.clock.now(),
        )  # fmt: skip


def kept(session: Session) -> dict[str, float]:
    """Return the confidence that the transaction's member asks for, by category."""
    return {row.category: row.confidence for row in session.scalars(select(Threshold))}


def sorted_by_model(session: Session, now: datetime) -> dict[str, tuple[int, int]]:
    """Return for each category what the model sorted lately, and how many of it today's thresholds would hold back."""
    is_below = func.coalesce(Complaint.confidence < Threshold.confidence, False)
    rows = session.execute(
        select(Complaint.category, func.count(), func.count().filter(is_below))
        .outerjoin(Threshold, Threshold.category == Complaint.category)
        .where(
            Complaint.submitted_at > now - LOOKED_AT,
            Complaint.category.is_not(None),
            Complaint.abstained.is_(False),
            Complaint.category_by_person.is_(False),
        )
        .group_by(Complaint.category)
    )
    return {str(category): (count, below) for category, count, below in rows}

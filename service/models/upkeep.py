"""What a member sets for its own complaints: how sure the model must be, and how long texts are kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Threshold(OwnedByMember, Base):
    """Below this confidence a person sorts, at this member and for this category, whatever the model thinks enough."""

    __tablename__ = "thresholds"
    __table_args__ = (
        UniqueConstraint("member_id", "category"),
        CheckConstraint("confidence between 0 and 1", name="confidence"),
    )

    category: Mapped[str]
    confidence: Mapped[float]


class RetentionRule(OwnedByMember, Base):
    """How many months after its end a complaint keeps its words and names; the most precise line decides."""

    __tablename__ = "retention_rules"
    __table_args__ = (
        UniqueConstraint("member_id", "category", "outcome", postgresql_nulls_not_distinct=True),
        CheckConstraint("months between 1 and 120", name="months"),
    )

    category: Mapped[str | None]
    outcome: Mapped[str | None]
    months: Mapped[int]


class Hold(OwnedByMember, Base):
    """Why a complaint must not be erased for now: a dispute, a claim, a trial."""

    __tablename__ = "holds"
    __table_args__ = (Index("ix_holds_complaint", "complaint_id"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    reason: Mapped[str]
    placed_by: Mapped[str]
    placed_at: Mapped[datetime] = mapped_column(Instant)
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)


class Erasure(OwnedByMember, Base):
    """The register: when the words and names of a complaint were erased, and by which line. It names nobody."""

    __tablename__ = "erasures"
    __table_args__ = (UniqueConstraint("complaint_id"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    reference: Mapped[str]
    why: Mapped[str]  # retention, or asked (by the tenant)
    at: Mapped[datetime] = mapped_column(Instant)
    counts: Mapped[dict[str, Any]]  # how many rows of each table were emptied

"""What people corrected of the model's work."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Correction(OwnedByMember, Base):
    """A person's word against the model's, kept for the next training."""

    __tablename__ = "corrections"
    __table_args__ = (Index("ix_corrections_member_at", "member_id", "at"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    from_category: Mapped[str | None]
    to_category: Mapped[str]
    from_urgency: Mapped[str | None]
    to_urgency: Mapped[str]
    reason: Mapped[str]
    model_version: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Instant)

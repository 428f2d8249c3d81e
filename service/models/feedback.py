"""How it went, in the words of the household."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Feedback(OwnedByMember, Base):
    """What a household said once its complaint was closed."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("score between 0 and 10", name="score"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    score: Mapped[int]
    solved: Mapped[str | None]  # yes, partly, no
    comment: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Instant)

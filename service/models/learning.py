"""What people taught the text model, kept for its next training."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class TrainingExample(OwnedByMember, Base):
    """A message without names and the category a person gave it: the latest word, erased with the complaint."""

    __tablename__ = "training_examples"
    __table_args__ = (CheckConstraint("source in ('correction', 'confirmation', 'audit')", name="source"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id", ondelete="CASCADE"), unique=True)
    text: Mapped[str]  # pseudonymised before it is kept
    category: Mapped[str]
    nature: Mapped[str | None]  # None where no person judged of it
    urgency: Mapped[str | None]
    source: Mapped[str]  # correction, confirmation or audit
    incident: Mapped[str]  # opaque: the same for neighbours who wrote about one thing in one week
    author: Mapped[str]  # opaque: the same for all that one person said
    model_version: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Instant)

"""The steps still to take."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class OutboxStep(OwnedByMember, Base):
    """A step still to take, written in the same commit as the event that calls for it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "member_id", "run_after", postgresql_where=text("done_at is null")),
        Index("ix_outbox_complaint_waiting", "complaint_id", postgresql_where=text("done_at is null")),
    )

    # Both are None for what is about no complaint in particular, such as a digest.
    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaints.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    delivery_id: Mapped[UUID | None] = mapped_column(ForeignKey("deliveries.id"))
    name: Mapped[str]
    run_after: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None] = mapped_column(Instant)

"""What still has to go out, and how it ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Delivery(OwnedByMember, Base):
    """One message to bring outside, tried until it arrives or a named person is told."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("uq_deliveries_event_recipient", "event_id", "purpose", "channel", "recipient", unique=True),
        Index("ix_deliveries_failed", "member_id", postgresql_where=text("status = 'given_up'")),
    )

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    purpose: Mapped[str]  # which message: see journey.messages
    channel: Mapped[str]  # email or webhook
    recipient: Mapped[str]
    with_text: Mapped[bool] = mapped_column(default=False)  # the tenant's words may go with it
    status: Mapped[str]  # waiting, sent, given_up, cancelled
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None] = mapped_column(Instant)

"""What still has to go out, and how it ended."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember

_BY_HAND = "channel in ('phone', 'post') and status = 'waiting'"


class Delivery(OwnedByMember, Base):
    """One message to bring outside, tried until it arrives or a named person is told."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("uq_deliveries_event_recipient", "event_id", "purpose", "channel", "recipient", unique=True),
        Index("uq_deliveries_key", "member_id", "key", unique=True, postgresql_where=text("key is not null")),
        Index("ix_deliveries_held", "endpoint_id", postgresql_where=text("held_until is not null")),
        Index("ix_deliveries_parked", "endpoint_id", "parked_at", postgresql_where=text("parked_at is not null")),
        Index("ix_deliveries_failed", "member_id", postgresql_where=text("status = 'given_up'")),
        Index("ix_deliveries_evening", "member_id", postgresql_where=text("status = 'held'")),
        Index("ix_deliveries_by_hand", "member_id", postgresql_where=text(_BY_HAND)),
    )

    complaint_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaints.id"), index=True)  # None: a digest
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    key: Mapped[str | None]  # what makes planning it twice harmless when no event does
    purpose: Mapped[str]  # which message: see journey.news.messages
    channel: Mapped[str]  # email, sms, phone, post, or the kind of its endpoint
    endpoint_id: Mapped[UUID | None] = mapped_column(ForeignKey("endpoints.id"), index=True)
    recipient: Mapped[str]  # an address, a telephone number, a postal address, or the endpoint's id
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter_batches.id"), index=True)  # printed letters
    with_text: Mapped[bool] = mapped_column(default=False)  # the tenant's words may go with it
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))  # ids and counts, no words
    # waiting, held (for the mail of the evening), grouped (in it), sent, given_up, told_otherwise, cancelled
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    given_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # who was told that it did not arrive
    give_up_at: Mapped[datetime | None] = mapped_column(Instant)  # from then on the next failure is the last
    held_until: Mapped[datetime | None] = mapped_column(Instant)  # a process is bringing it outside
    parked_at: Mapped[datetime | None] = mapped_column(Instant)  # since when it waits for its endpoint's turn
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    remote_id: Mapped[str | None]  # what the other side calls it, when it says so

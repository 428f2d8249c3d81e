"""What makes a submission safe to send twice, and what is logged when it changes hands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class SubmissionKey(OwnedByMember, Base):
    """An idempotency key once used, the request it came with (hashed) and what was answered."""

    __tablename__ = "submission_keys"
    __table_args__ = (Index("uq_submission_keys_member_key", "member_id", "key_hash", unique=True),)

    key_hash: Mapped[str]
    body_hash: Mapped[str]
    complaint_id: Mapped[UUID]  # may belong to another member after a referral, hence no foreign key
    answer: Mapped[dict[str, Any] | None]
    at: Mapped[datetime] = mapped_column(Instant)


class Referral(OwnedByMember, Base):
    """The log, on each side, of a complaint sent to one member about another member's dwelling."""

    __tablename__ = "referrals"

    complaint_id: Mapped[UUID]
    reference: Mapped[str]
    direction: Mapped[str]  # sent or received
    other_member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    # Set when a person passed it on: the other member then has a complaint of its own.
    other_complaint_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Instant)

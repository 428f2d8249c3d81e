"""What was handed to a supplier or an authority, and what they answered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Handover(OwnedByMember, Base):
    """A complaint offered to an outside organisation. Its signed page is open until it expires or is withdrawn."""

    __tablename__ = "handovers"
    __table_args__ = (
        CheckConstraint("status in ('offered', 'accepted', 'refused', 'planned', 'done', 'withdrawn')", name="status"),
        Index("ix_handovers_offered", "member_id", "answer_due_at", postgresql_where=sql("status = 'offered'")),
        Index("ix_handovers_member_offered", "member_id", "offered_at"),
    )

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)  # the routing or transfer it came from
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    with_text: Mapped[bool] = mapped_column(default=False)  # the page may show the tenant's words
    status: Mapped[str]
    offered_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    answer_due_at: Mapped[datetime] = mapped_column(Instant)  # accept or refuse
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    planned_on: Mapped[date | None]
    planned_slot: Mapped[str | None]  # morning, afternoon, day
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    refusal: Mapped[str | None]  # a key of domain.transfers.REFUSALS
    named_recipient: Mapped[str | None]  # who should have it, in the words of the one who refuses


class Attachment(OwnedByMember, Base):
    """A picture or a document that belongs to a complaint, made anew by us: what it hid is gone."""

    __tablename__ = "attachments"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    media_type: Mapped[str]
    sha256: Mapped[str]
    width: Mapped[int]  # of a document: of its first page, in pixels
    height: Mapped[int]
    pages: Mapped[int] = mapped_column(default=1, server_default="1")
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    author: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)

"""What members set for delays, and who is paged in danger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Target(OwnedByMember, Base):
    """A delay a member sets instead of the network's: the most precise line (category, then urgency) decides."""

    __tablename__ = "targets"
    __table_args__ = (
        CheckConstraint("unit in ('hours', 'working_days')", name="unit"),
        UniqueConstraint("member_id", "clock", "category", "urgency", postgresql_nulls_not_distinct=True),
    )

    clock: Mapped[str]  # one of domain.deadlines.Clock
    category: Mapped[str | None]
    urgency: Mapped[str | None]
    amount: Mapped[int]
    unit: Mapped[str]


class OnCallContact(OwnedByMember, Base):
    """Somebody to page in danger. Level 1 is paged first; the next levels when nobody acknowledged."""

    __tablename__ = "on_call_contacts"
    __table_args__ = (CheckConstraint("hours in ('working', 'off')", name="hours"),)

    level: Mapped[int]
    hours: Mapped[str | None]  # working or off: by the member's hours; None: day and night
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]


class Page(OwnedByMember, Base):
    """A danger for which people are being called, until one of them says that they have it."""

    __tablename__ = "pages"
    __table_args__ = (
        Index("ix_pages_open", "member_id", postgresql_where=text("acknowledged_at is null")),
        Index("uq_pages_open_complaint", "complaint_id", unique=True, postgresql_where=text("acknowledged_at is null")),
    )

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))
    started_at: Mapped[datetime] = mapped_column(Instant)
    next_round_at: Mapped[datetime] = mapped_column(Instant)
    rounds: Mapped[int] = mapped_column(default=0)  # calls made so far
    level: Mapped[int] = mapped_column(default=0)  # of the last round
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by: Mapped[str | None]

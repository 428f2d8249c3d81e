"""What is written down of those who look and of those who decide: never changed, never removed by the application."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class AuditEntry(Base):
    """One change to how a member works. Each entry holds the digest of the one before: none can be taken out unseen."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("member_id", "number", postgresql_nulls_not_distinct=True),
        Index("ix_audit_entries_at", "member_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))  # None: the platform itself
    number: Mapped[int]  # in its chain, from 1
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str]  # a name; "system" or "command" where no person signed in
    actor_id: Mapped[UUID | None]
    action: Mapped[str]  # a key of domain.audit.ACTIONS
    subject: Mapped[str]  # what was changed, as people call it
    before: Mapped[dict[str, Any] | None]  # never a secret
    after: Mapped[dict[str, Any] | None]
    previous: Mapped[str]  # digest of the entry before, in hexadecimal; "" for the first
    digest: Mapped[str]  # SHA-256 over all of the above


class Proposal(OwnedByMember, Base):
    """A dangerous change that waits for a second person."""

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint("decision in ('agreed', 'refused', 'withdrawn', 'expired')", name="decision"),
        CheckConstraint("decided_by_id <> asked_by_id or decision = 'withdrawn'", name="four_eyes"),
    )

    kind: Mapped[str]  # a key of journey.administration.four_eyes.KINDS
    subject: Mapped[str]  # in one sentence, as the second person reads it
    values: Mapped[dict[str, Any]]  # what is done once agreed; secrets sealed
    reason: Mapped[str]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str | None]


class ComplaintView(Base):
    """Somebody of the staff looked at a complaint."""

    __tablename__ = "complaint_views"
    __table_args__ = (
        Index("ix_complaint_views_complaint", "complaint_id", "at"),
        Index("ix_complaint_views_at", "member_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    how: Mapped[str]  # page, file, letter, export, act on many, opinions, call
    at: Mapped[datetime] = mapped_column(Instant)


class Search(OwnedByMember, Base):
    """Somebody of the staff looked for words: kept for a year, for whoever must check that searches have a reason."""

    __tablename__ = "searches"
    __table_args__ = (Index("ix_searches_at", "member_id", "at"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    words: Mapped[str]
    found: Mapped[int]  # at most what a page counts to
    at: Mapped[datetime] = mapped_column(Instant)


class Confidant(OwnedByMember, Base):
    """A person named to see one sensitive complaint, beside those who see them all."""

    __tablename__ = "confidants"
    __table_args__ = (UniqueConstraint("complaint_id", "staff_id"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    named_by: Mapped[str]
    named_at: Mapped[datetime] = mapped_column(Instant)

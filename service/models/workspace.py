"""What the staff work with: saved lists, templates, commitments, who is where, acts on many complaints, exports."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, true
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class SavedView(OwnedByMember, Base):
    """A list somebody wants to find again: its filters, never its rows."""

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("staff_id", "name"),
        CheckConstraint("not (is_shared and team_id is not null)", name="shared_once"),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    name: Mapped[str]
    address: Mapped[dict[str, Any]]  # the parameters of the inbox
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))  # shared with this team
    is_shared: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))  # with the whole member
    position: Mapped[int] = mapped_column(default=0, server_default="0")  # among those of its person
    made_at: Mapped[datetime] = mapped_column(Instant)


class AnswerTemplate(OwnedByMember, Base):
    """Words ready to be looked over and sent. Empty conditions fit everything."""

    __tablename__ = "answer_templates"
    __table_args__ = (
        UniqueConstraint("member_id", "name"),
        CheckConstraint("use in ('answer', 'question', 'closing', 'partner', 'news')", name="use"),
        CheckConstraint("state in ('first', 'going_on', 'late', 'waiting')", name="state"),
    )

    name: Mapped[str]
    use: Mapped[str]  # in which form it is proposed
    category: Mapped[str | None]
    family: Mapped[str | None]
    state: Mapped[str | None]  # where the complaint stands: see domain.templates
    body: Mapped[str]  # with variables in braces: see domain.templates
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    changed_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Instant)


class Commitment(OwnedByMember, Base):
    """Something promised to a tenant for a day, until it is done or taken back with a reason."""

    __tablename__ = "commitments"
    __table_args__ = (
        CheckConstraint("kept_at is null or dropped_at is null", name="one_end"),
        Index(
            "ix_commitments_open", "member_id", "due_on", postgresql_where=sql("kept_at is null and dropped_at is null")
        ),
    )

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)  # the COMMITTED event
    what: Mapped[str]  # as the tenant reads it
    due_on: Mapped[date]
    owner: Mapped[str]  # who must do it: a team or an organisation, by name
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Instant)
    kept_at: Mapped[datetime | None] = mapped_column(Instant)
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)
    dropped_why: Mapped[str | None]


class Presence(OwnedByMember, Base):
    """Somebody has a complaint in front of them now. Overwritten, and forgotten the next hour."""

    __tablename__ = "presences"
    __table_args__ = (UniqueConstraint("complaint_id", "staff_id"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    is_writing: Mapped[bool] = mapped_column(default=False, server_default=sql("false"))


class BulkAct(OwnedByMember, Base):
    """One act on many complaints, and what to put back when it is undone."""

    __tablename__ = "bulk_acts"
    __table_args__ = (CheckConstraint("kind in ('assign', 'categorise', 'answer', 'link')", name="kind"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[str]
    values: Mapped[dict[str, Any]]
    # One for each complaint: {"id", "event": the last event the person saw, "done": the event made or null, "before",
    # "why": why it was left out or could not be undone}.
    items: Mapped[list[Any]]
    made_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class Export(OwnedByMember, Base):
    """A file somebody asked for: made beside, kept a few days, and its fetching written down."""

    __tablename__ = "exports"
    __table_args__ = (
        CheckConstraint("status in ('waiting', 'ready', 'failed', 'expired')", name="status"),
        CheckConstraint("format in ('csv', 'xlsx')", name="format"),
        Index("ix_exports_waiting", "member_id", postgresql_where=sql("status = 'waiting'")),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[str]  # complaints, or a table of the steering pages
    title: Mapped[str]  # what is filtered, in words
    query: Mapped[dict[str, Any]]  # what is filtered, as it is asked again
    format: Mapped[str]
    status: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Instant)
    ready_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    fetched_at: Mapped[datetime | None] = mapped_column(Instant)
    rows: Mapped[int | None]  # written so far
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)  # a worker is at it, and says so again and again
    failure: Mapped[str | None]  # a key of journey.steering.exports.FAILURES


class ExportPiece(OwnedByMember, Base):
    """A part of such a file: a large one is never whole in memory."""

    __tablename__ = "export_pieces"
    __table_args__ = (UniqueConstraint("export_id", "number"),)

    export_id: Mapped[UUID] = mapped_column(ForeignKey("exports.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)

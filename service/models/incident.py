"""One trouble that many households report."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Incident(OwnedByMember, Base):
    """A collective trouble, a known outage or planned works in one residence. Complaints are linked, never merged."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("status in ('proposed', 'open', 'resolved', 'dismissed')", name="status"),
        CheckConstraint("kind in ('outage', 'works')", name="kind"),
        Index("ix_incidents_residence_live", "residence_id", postgresql_where=text("status in ('proposed', 'open')")),
    )

    residence_id: Mapped[UUID] = mapped_column(ForeignKey("residences.id"))
    category: Mapped[str]
    building: Mapped[str | None]  # None: the whole residence
    kind: Mapped[str]
    status: Mapped[str]
    title: Mapped[str]  # as tenants read it
    opened_by: Mapped[str]  # rules, or a person's name
    opened_at: Mapped[datetime] = mapped_column(Instant)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)  # of works, or expected
    next_news_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    # Why it was proposed, for whoever judges: households within the window, and how rare that is by chance.
    households: Mapped[int | None]
    chance: Mapped[float | None]


class IncidentLink(OwnedByMember, Base):
    """A complaint that is about an incident. Unlinking keeps the row: history is not rewritten."""

    __tablename__ = "incident_links"
    __table_args__ = (
        Index("uq_incident_links_live", "complaint_id", unique=True, postgresql_where=text("unlinked_at is null")),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    household: Mapped[str]  # opaque: two complaints of one household share it
    linked_by: Mapped[str]
    linked_at: Mapped[datetime] = mapped_column(Instant)
    unlinked_by: Mapped[str | None]
    unlinked_at: Mapped[datetime | None] = mapped_column(Instant)


class IncidentNews(OwnedByMember, Base):
    """One message to every household of an incident."""

    __tablename__ = "incident_news"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    text: Mapped[str]
    author: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)

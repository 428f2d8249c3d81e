"""A member's routing table, version after version."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class RoutingVersion(OwnedByMember, Base):
    """One state of the table. The published one with the highest number is in use; one draft at the most waits."""

    __tablename__ = "routing_versions"
    __table_args__ = (
        UniqueConstraint("member_id", "number"),
        Index("uq_routing_versions_draft", "member_id", unique=True, postgresql_where=text("published_at is null")),
    )

    number: Mapped[int]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # None: set up with the member
    note: Mapped[str]  # why, in the author's words
    created_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)


class RoutingRule(OwnedByMember, Base):
    """One line: conditions left empty fit everything; the lowest position that fits decides."""

    __tablename__ = "routing_rules"
    __table_args__ = (
        CheckConstraint("target in ('team', 'supplier', 'authority')", name="target"),
        CheckConstraint("hours in ('working', 'off')", name="hours"),
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("routing_versions.id"), index=True)
    position: Mapped[int]
    sentence: Mapped[str]  # why, in words staff and tenants may read
    category: Mapped[str | None]
    family: Mapped[str | None]
    urgency: Mapped[str | None]
    nature: Mapped[str | None]
    heating: Mapped[str | None]
    has_lift: Mapped[bool | None]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    residence_id: Mapped[UUID | None] = mapped_column(ForeignKey("residences.id"))
    insee: Mapped[str | None]
    hours: Mapped[str | None]  # working or off: when the complaint arrived, by the member's hours
    need: Mapped[str | None]  # one of domain.routing.NEEDS
    needs_place: Mapped[bool] = mapped_column(default=True)
    target: Mapped[str]
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))  # who follows it on the member's side
    use_agency_team: Mapped[bool] = mapped_column(default=False)  # the team of the dwelling's agency instead
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    trade: Mapped[str | None]  # whoever has this contract for the residence, instead of a named organisation
    is_automatic: Mapped[bool] = mapped_column(default=True, server_default=true())  # False: proposed to a person
    forwards_text: Mapped[bool] = mapped_column(default=False)  # the tenant's words may leave to the organisation

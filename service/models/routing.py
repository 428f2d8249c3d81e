"""A member's routing table."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, OwnedByMember


class RoutingRule(OwnedByMember, Base):
    """One line: conditions left empty fit everything; the lowest position that fits decides."""

    __tablename__ = "routing_rules"
    __table_args__ = (CheckConstraint("target in ('team', 'supplier', 'authority')", name="target"),)

    position: Mapped[int]
    sentence: Mapped[str]  # why, in words staff and tenants may read
    category: Mapped[str | None]
    family: Mapped[str | None]
    urgency: Mapped[str | None]
    heating: Mapped[str | None]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    needs_place: Mapped[bool] = mapped_column(default=True)
    target: Mapped[str]
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))  # who follows it on the member's side
    use_agency_team: Mapped[bool] = mapped_column(default=False)  # the team of the dwelling's agency instead
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    forwards_text: Mapped[bool] = mapped_column(default=False)  # the tenant's words may leave to the organisation

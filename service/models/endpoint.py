"""The machines that are told of complaints: members' own systems, and those of suppliers and authorities."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, OwnedByMember


class Endpoint(OwnedByMember, Base):
    """One address that is called. With neither team nor organisation, it is told of all that reaches the member."""

    __tablename__ = "endpoints"
    __table_args__ = (CheckConstraint("kind in ('webhook', 'open311', 'folder')", name="kind"),)

    kind: Mapped[str]
    address: Mapped[str]  # https://... for a webhook or Open311, the name of the drop folder otherwise
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)  # open311: jurisdiction_id, service codes by category
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)

    # The circuit breaker: see domain.endpoints.
    failures: Mapped[int] = mapped_column(default=0, server_default="0")  # in a row
    open_until: Mapped[datetime | None] = mapped_column(Instant)  # nothing is sent before
    is_slow: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # its last call took long
    last_success_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None]


class EndpointSecret(OwnedByMember, Base):
    """A secret shared with an endpoint, sealed. Two may be live at once while the other side changes over."""

    __tablename__ = "endpoint_secrets"

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("endpoints.id"), index=True)
    sealed: Mapped[str]  # by the Sealer of the ports, never in clear
    created_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)

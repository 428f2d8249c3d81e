"""Those who sign in: members' staff, and the network's people. How they do it is in models.signing_in."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, Opaque, OwnedByMember


class SecondFactor:
    """What an account shows beside its password: the codes of an application, or one of a printed list."""

    totp_sealed: Mapped[str | None]  # the shared secret, sealed
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(Instant)  # None: still being set up
    totp_next_sealed: Mapped[str | None]  # of another application, that replaces the one in place once it is proved
    totp_last_step: Mapped[int | None]  # of the last code taken: no code serves twice
    recovery_hashes: Mapped[list[Any]] = mapped_column(default=list, server_default=sql("'[]'"))  # of codes left


class Staff(SecondFactor, OwnedByMember, Base):
    """A person who works for one member."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("role in ('reader', 'agent', 'supervisor', 'administrator')", name="role"),
        CheckConstraint("absent_until >= absent_from", name="absence"),
        CheckConstraint("substitute_id <> id", name="substitute"),
        Index("uq_staff_subject", "member_id", "subject", unique=True),
    )

    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    role: Mapped[str]  # everywhere in the member: see domain.permissions; TeamRole says more for one team
    password_hash: Mapped[str | None]  # argon2id; None: invited and not come yet, or signs in elsewhere only
    subject: Mapped[str | None]  # who it is at the member's identity provider
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    departed_at: Mapped[datetime | None] = mapped_column(Instant)
    is_named: Mapped[bool] = mapped_column(default=False, server_default=false())  # sees every sensitive case
    absent_from: Mapped[date | None]
    absent_until: Mapped[date | None]  # the last day away; None: until further notice
    substitute_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=sql("'{}'"))  # columns shown, sort


class TeamRole(OwnedByMember, Base):
    """What a person may do in one team, when it is more than their role everywhere."""

    __tablename__ = "team_roles"
    __table_args__ = (
        CheckConstraint("role in ('reader', 'agent', 'supervisor')", name="role"),
        UniqueConstraint("staff_id", "team_id"),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    role: Mapped[str]


class NetworkReader(SecondFactor, Opaque, Base):
    """A person of the network: the working group reads published figures, an operator keeps the platform running."""

    __tablename__ = "network_readers"
    __table_args__ = (CheckConstraint("role in ('reader', 'operator')", name="role"),)

    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="reader", server_default="reader")
    password_hash: Mapped[str]  # argon2id
    is_active: Mapped[bool] = mapped_column(default=True, server_default=sql("true"))

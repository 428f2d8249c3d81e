"""A member of the network, its desks, and the outside organisations it works with."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, Instant, Opaque, OwnedByMember


class Member(Opaque, Base):
    """A landlord of the network. Its name and colours are public; everything else about it is owned rows."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("colour ~ '^#[0-9a-f]{6}$'", name="colour"),
        CheckConstraint("second_factor in ('optional', 'required')", name="second_factor"),
        CheckConstraint("idle_minutes between 5 and 720", name="idle_minutes"),
        CheckConstraint("opens_at < closes_at", name="hours"),
        CheckConstraint("minutes_to_mend between 0 and 120", name="minutes_to_mend"),
    )

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    seat: Mapped[str]
    colour: Mapped[str]  # #rrggbb, dark enough to carry white text
    dwellings: Mapped[int]  # stock, a public figure
    phone: Mapped[str]
    accepts_referrals: Mapped[bool] = mapped_column(default=False)  # signed the agreement on misdirected complaints
    holiday_zone: Mapped[str] = mapped_column(default="metropole", server_default="metropole")  # or alsace_moselle
    opens_at: Mapped[time] = mapped_column(default=time(8, 30), server_default="08:30")
    closes_at: Mapped[time] = mapped_column(default=time(17, 30), server_default="17:30")
    frame_origins: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))  # may show our form
    mediator: Mapped[str] = mapped_column(default="", server_default="")  # name, address, site: as tenants read it
    privacy_contact: Mapped[str] = mapped_column(default="", server_default="")  # of the data protection officer
    minutes_to_mend: Mapped[int] = mapped_column(default=20, server_default="20")  # before an answer leaves
    second_factor: Mapped[str] = mapped_column(default="optional", server_default="optional")  # beside a password
    idle_minutes: Mapped[int] = mapped_column(default=60, server_default="60")  # then a session of its staff ends


class ApiKey(OwnedByMember, Base):
    """A key of the member's extranet. Only its hash is kept."""

    __tablename__ = "api_keys"

    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    is_sandbox: Mapped[bool] = mapped_column(default=False, server_default=false())  # answers, and keeps nothing
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Agency(OwnedByMember, Base):
    """A local office."""

    __tablename__ = "agencies"

    name: Mapped[str]
    city: Mapped[str]


class ClosureDay(OwnedByMember, Base):
    """A day on which the member is closed besides weekends and public holidays."""

    __tablename__ = "closure_days"
    __table_args__ = (UniqueConstraint("member_id", "day"),)

    day: Mapped[date]
    label: Mapped[str]


class Team(OwnedByMember, Base):
    """A desk that handles complaints. `kind` is one of sorting, agency, technical, on_call, peace, charges, ..."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("member_id", "name"),)

    name: Mapped[str]
    kind: Mapped[str]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agencies.id"))
    email: Mapped[str | None]  # told of each arrival when set
    phone: Mapped[str | None]


class Organisation(OwnedByMember, Base):
    """A supplier under contract, or a public body."""

    __tablename__ = "organisations"
    __table_args__ = (UniqueConstraint("member_id", "name"),)

    name: Mapped[str]
    kind: Mapped[str]  # supplier or authority
    email: Mapped[str | None]
    phone: Mapped[str | None]
    takes_words: Mapped[bool] = mapped_column(default=True, server_default=true())  # False: never a tenant's own words

"""What a member owns: residences, and the dwellings in them."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, OwnedByMember


class Residence(OwnedByMember, Base):
    """A building or group of houses managed as one."""

    __tablename__ = "residences"
    __table_args__ = (CheckConstraint("heating in ('collective', 'individual')", name="heating"),)

    name: Mapped[str]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    postcode: Mapped[str]
    insee: Mapped[str]  # commune code, five signs, text
    city: Mapped[str]
    heating: Mapped[str]
    has_lift: Mapped[bool]


class Dwelling(OwnedByMember, Base):
    """A home let to a household. `address_key` is made by domain.addresses from the line and the postcode."""

    __tablename__ = "dwellings"
    __table_args__ = (
        UniqueConstraint("member_id", "reference"),
        Index("ix_dwellings_member_address", "member_id", "address_key"),
    )

    reference: Mapped[str] = mapped_column(index=True)
    residence_id: Mapped[UUID] = mapped_column(ForeignKey("residences.id"), index=True)
    address_line: Mapped[str]
    address_key: Mapped[str]
    building: Mapped[str | None]
    floor: Mapped[int | None]
    door: Mapped[str | None]

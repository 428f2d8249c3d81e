"""What a member owns: residences, the dwellings in them, their addresses and the contracts that serve them."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.models.database import Base, OwnedByMember


class Residence(OwnedByMember, Base):
    """A building or group of houses managed as one."""

    __tablename__ = "residences"
    __table_args__ = (
        CheckConstraint("heating in ('collective', 'individual')", name="heating"),
        CheckConstraint("area_type in ('qpv', 'urbain', 'periurbain', 'rural')", name="area_type"),
        UniqueConstraint("member_id", "code"),
    )

    code: Mapped[str | None]  # the member's own name for it in its files
    name: Mapped[str]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    postcode: Mapped[str]
    insee: Mapped[str]  # commune code, five signs, text
    city: Mapped[str]
    heating: Mapped[str]
    has_lift: Mapped[bool]
    caretaker: Mapped[str | None]
    area_type: Mapped[str | None]  # see domain.areas; public, from the zoning of communes and districts
    closed_on: Mapped[date | None]  # sold or pulled down


class Dwelling(OwnedByMember, Base):
    """A home let to a household. `address_key` is made by domain.addresses from the line and the postcode."""

    __tablename__ = "dwellings"
    __table_args__ = (
        UniqueConstraint("member_id", "reference"),
        Index("ix_dwellings_member_address", "member_id", "address_key"),
    )

    reference: Mapped[str] = mapped_column(index=True)
    rpls_id: Mapped[str | None]  # ten signs of the national register
    residence_id: Mapped[UUID] = mapped_column(ForeignKey("residences.id"), index=True)
    address_line: Mapped[str]
    address_key: Mapped[str]
    building: Mapped[str | None]
    stair: Mapped[str | None]
    floor: Mapped[int | None]
    door: Mapped[str | None]
    heating: Mapped[str | None]  # where it differs from its residence's
    has_lift: Mapped[bool | None]  # the same
    closed_on: Mapped[date | None]  # no longer in the member's files


class Address(OwnedByMember, Base):
    """One address of a residence, cut into the parts by which tenants' writings are recognised.

    The residence's own name is one too, without a number.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("residence_id", "address_key"),
        Index("ix_addresses_member_number", "member_id", "number"),
        Index("ix_addresses_key", "address_key"),
        Index("ix_addresses_member_street", "member_id", "city_key", "street_key"),
    )

    residence_id: Mapped[UUID] = mapped_column(ForeignKey("residences.id"), index=True)
    address_key: Mapped[str]
    line: Mapped[str]
    number: Mapped[str]  # "12 bis"; empty where the street has no numbers
    street_key: Mapped[str]
    postcode: Mapped[str]
    insee: Mapped[str]
    city_key: Mapped[str]


class Contract(OwnedByMember, Base):
    """Who works for a residence in one trade (lift, heating_collective, ...); without a residence, for all of them."""

    __tablename__ = "contracts"
    __table_args__ = (Index("ix_contracts_member_trade", "member_id", "trade"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    trade: Mapped[str]
    residence_id: Mapped[UUID | None] = mapped_column(ForeignKey("residences.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]  # the last day

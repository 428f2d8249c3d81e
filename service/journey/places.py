"""Where a complaint is about: found in the patrimoine, said in words, never guessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.addresses import address_key
from service.journey.transactions import name_member
from service.models.complaint import Complaint
from service.models.member import Member
from service.models.patrimoine import Dwelling, Residence


@dataclass(frozen=True)
class Address:
    """An address as typed."""

    line: str
    postcode: str
    city: str


@dataclass(frozen=True)
class Place:
    """Where the complaint is about, as found in the patrimoine of `member_id`."""

    member_id: UUID
    dwelling_id: UUID | None = None
    residence_id: UUID | None = None


def find_place(session: Session, member_id: UUID, reference: str | None, address: Address | None) -> Place:
    """Look the place up in the member's patrimoine, then, by agreement, in the other members'. Never guess."""
    if reference:
        found = _by_reference(session, member_id, reference) or _by_agreement(session, member_id, reference)
        if found:
            return found
    if address:
        return _by_address(session, member_id, address)
    return Place(member_id)


def _by_reference(session: Session, member_id: UUID, reference: str) -> Place | None:
    typed = reference.strip()
    # Typed by hand on a phone, capitals come and go; as written comes first.
    either = select(Dwelling).where(Dwelling.reference.in_((typed, typed.upper(), typed.lower())))
    found = session.scalars(either.order_by(Dwelling.reference != typed)).all()
    dwelling = found[0] if found else None
    return Place(member_id, dwelling.id, dwelling.residence_id) if dwelling else None


def _by_address(session: Session, member_id: UUID, address: Address) -> Place:
    key = address_key(address.line, address.postcode)
    found: Sequence[Dwelling] = (
        session.scalars(select(Dwelling).where(Dwelling.address_key == key)).all() if key else ()
    )
    residences = {dwelling.residence_id for dwelling in found}
    if len(residences) != 1:
        return Place(member_id)
    return Place(member_id, found[0].id if len(found) == 1 else None, residences.pop())


def _by_agreement(session: Session, member_id: UUID, reference: str) -> Place | None:
    """Find the one other member holding this reference, when both signed the agreement on referrals."""
    if not session.scalars(select(Member.accepts_referrals).where(Member.id == member_id)).one():
        return None
    holders = session.scalars(text("select seve_members_of_dwelling(:ref)"), {"ref": reference.strip()}).all()
    if len(holders) != 1:
        return None
    name_member(session, holders[0])
    place = _by_reference(session, holders[0], reference)
    name_member(session, member_id)
    return place


def place_in_words(session: Session, complaint: Complaint) -> str:
    """Return the place of a complaint in one line, as found in the patrimoine or as typed."""
    if complaint.residence_id is None:
        given = complaint.place_given
        address = given.get("address")
        typed = ", ".join(value for value in address.values() if value) if address else given.get("reference")
        return f"non retrouvé dans le patrimoine ({typed})" if typed else "non indiqué"
    residence = session.get_one(Residence, complaint.residence_id)
    if complaint.dwelling_id is None:
        return f"résidence {residence.name}, {residence.postcode} {residence.city}"
    dwelling = session.get_one(Dwelling, complaint.dwelling_id)
    inside = ", ".join(
        part
        for part in (
            f"bâtiment {dwelling.building}" if dwelling.building else "",
            _floor(dwelling.floor),
            f"porte {dwelling.door}" if dwelling.door else "",
        )
        if part
    )
    line = f"{dwelling.address_line}, {residence.postcode} {residence.city}"
    return f"{line} ({inside}), logement {dwelling.reference}" if inside else f"{line}, logement {dwelling.reference}"


def _floor(floor: int | None) -> str:
    if floor is None:
        return ""
    return f"étage {floor}" if floor else "rez-de-chaussée"

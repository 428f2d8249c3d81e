"""Where a complaint is about: found in the patrimoine, said in words, never guessed."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.typed_address import TypedAddress, read_typed
from service.journey.patrimoine.address_lookup import NOT_FOUND, SEVERAL, SHARED, TOWN, Found, look_up
from service.journey.transactions import name_member
from service.models.complaint import Complaint
from service.models.member import Member
from service.models.patrimoine import Dwelling, Residence

_REASONS = {
    SEVERAL: "deux résidences possibles",
    SHARED: "adresse aussi gérée par un autre bailleur",
    TOWN: "ville inconnue, ou code postal et ville en désaccord",
}
_HOLDERS = text("select distinct held.by from unnest(cast(:keys as text[])) k, seve_members_of_address(k) held(by)")


@dataclass(frozen=True)
class Address:
    """An address as typed."""

    line: str
    postcode: str
    city: str


@dataclass(frozen=True)
class Place:
    """Where the complaint is about, as found in the patrimoine of `member_id`; `why` it was not, as a short code."""

    member_id: UUID
    dwelling_id: UUID | None = None
    residence_id: UUID | None = None
    why: str | None = None


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
    lived_in = either.where(Dwelling.closed_on.is_(None))
    found = session.scalars(lived_in.order_by(Dwelling.reference != typed)).all()
    dwelling = found[0] if found else None
    return Place(member_id, dwelling.id, dwelling.residence_id) if dwelling else None


def _by_agreement(session: Session, member_id: UUID, reference: str) -> Place | None:
    """Find the one other member holding this reference, when both signed the agreement on referrals."""
    if not _signed(session, member_id):
        return None
    holders = session.scalars(text("select seve_members_of_dwelling(:ref)"), {"ref": reference.strip()}).all()
    if len(holders) != 1:
        return None
    name_member(session, holders[0])
    place = _by_reference(session, holders[0], reference)
    name_member(session, member_id)
    return place


def _by_address(session: Session, member_id: UUID, address: Address) -> Place:
    typed = read_typed(address.line, address.postcode, address.city)
    found = look_up(session, member_id, typed)
    if found.residence_id:
        if found.holders - {member_id}:
            return Place(member_id, why=SHARED)
        return Place(member_id, found.dwelling_id, found.residence_id)
    if found.why in (NOT_FOUND, TOWN) and typed.exact_keys:
        holders = session.scalars(_HOLDERS, {"keys": typed.exact_keys}).all()
        # Several holders, or this member under another writing: nobody is chosen.
        if len(holders) == 1 and holders[0] != member_id:
            return _referred(session, member_id, holders[0], typed) or Place(member_id, why=found.why)
    return Place(member_id, why=found.why)


def _referred(session: Session, member_id: UUID, other_id: UUID, typed: TypedAddress) -> Place | None:
    """Find the place with the one other member that holds exactly this address, when both signed the agreement."""
    if not (_signed(session, member_id) and _signed(session, other_id)):
        return None
    name_member(session, other_id)
    found: Found = look_up(session, other_id, typed, is_exact=True)
    name_member(session, member_id)
    return Place(other_id, found.dwelling_id, found.residence_id) if found.residence_id else None


def _signed(session: Session, member_id: UUID) -> bool:
    return session.scalars(select(Member.accepts_referrals).where(Member.id == member_id)).one()


def place_in_words(session: Session, complaint: Complaint) -> str:
    """Return the place of a complaint in one line, as found in the patrimoine or as typed."""
    if complaint.residence_id is None:
        given = complaint.place_given
        address = given.get("address") or {}
        parts = (address.get("line"), " ".join(filter(None, (address.get("postcode"), address.get("city")))))
        typed = ", ".join(filter(None, parts)) or given.get("reference")
        reason = _REASONS.get(given.get("why") or "")
        said = f"{typed} : {reason}" if reason else typed
        return f"non retrouvé dans le patrimoine ({said})" if typed else "non indiqué"
    residence = session.get_one(Residence, complaint.residence_id)
    if complaint.dwelling_id is None:
        return f"résidence {residence.name}, {residence.postcode} {residence.city}"
    dwelling = session.get_one(Dwelling, complaint.dwelling_id)
    inside = ", ".join(
        part
        for part in (
            f"bâtiment {dwelling.building}" if dwelling.building else "",
            f"escalier {dwelling.stair}" if dwelling.stair else "",
            _floor(dwelling.floor),
            f"porte {dwelling.door}" if dwelling.door else "",
        )
        if part
    )
    line = f"{dwelling.address_line}, {residence.postcode} {residence.city}"
    return f"{line} ({inside}), logement {dwelling.reference}" if inside else f"{line}, logement {dwelling.reference}"


class Home(Protocol):
    """What is said of a dwelling when it is looked for by words."""

    @property
    def reference(self) -> str:
        """What the member calls it."""
        ...

    @property
    def address_line(self) -> str:
        """Its number and street."""
        ...

    @property
    def building(self) -> str | None:
        """The building it is in, where there are several."""
        ...


def words_of_place(
    residence: Residence | None, dwelling: Home | None, reference: str | None, address: Address | None
) -> str:
    """Return the words by which a search finds the place of a complaint: as in the patrimoine, and as typed."""
    parts = (
        *((residence.name, residence.postcode, residence.city) if residence else ()),
        *((dwelling.address_line, dwelling.building, dwelling.reference) if dwelling else (reference,)),
        *((address.line, address.postcode, address.city) if address else ()),
    )
    return " ".join(dict.fromkeys(part for part in parts if part))


def _floor(floor: int | None) -> str:
    if floor is None:
        return ""
    return f"étage {floor}" if floor else "rez-de-chaussée"

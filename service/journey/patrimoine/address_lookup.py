"""An address as typed, looked up in one member's patrimoine: one residence, or the reason why none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from service.domain.address_match import Known, Level, Match, best_matches, best_names
from service.domain.addresses import GROUPS, as_number
from service.domain.typed_address import TypedAddress, fitting

# Why no residence was found.
NOT_FOUND = "not_found"
SEVERAL = "several"  # two residences are possible
SHARED = "shared"  # another member holds this address too
TOWN = "town"  # no town, or two that contradict each other

_KNOWN = (
    "select a.residence_id, a.number, a.street_key, a.postcode, a.city_key, a.address_key "
    # Asked row by row and not by a join, which a plan made on old figures would begin at the wrong end.
    "from addresses a where (select r.closed_on from residences r where r.id = a.residence_id) is null "
    "and a.member_id = :member and (a.postcode = :postcode or a.city_key = any(cast(:towns as text[]))) "
)
_NUMBERED = text(f"{_KNOWN} and a.number = any(cast(:numbers as text[]))")
_NAMED = text(f"{_KNOWN} and a.number = ''")
_IN_STREET = text(f"{_KNOWN} and a.street_key = any(cast(:streets as text[]))")
_NAMES = text(
    "select residence_id, number, street_key, postcode, city_key, address_key from addresses "
    "where member_id = :member and residence_id = any(cast(:residences as uuid[])) and number = ''"
)
_HAS_POSTCODE = text(
    "select exists (select from addresses where member_id = :member and city_key = :city and postcode = :postcode)"
)
_HAS_TOWN = text(
    "select exists (select from addresses where member_id = :member and city_key = any(cast(:towns as text[])))"
)
_HAS_STREET = text(
    "select exists (select from addresses where member_id = :member and city_key = :city and street_key = :street)"
)
_HOMES = (
    "(select id, residence_id, building, stair, floor, door, null as holder from dwellings "
    "where member_id = :member and closed_on is null and residence_id = any(cast(:residences as uuid[]))"
)
# Who else holds the address is asked with the dwellings: a round trip costs more than the question.
_HELD = (
    " limit :most) union all select null, null, null, null, null, null, held.by "
    "from unnest(cast(:held as text[])) k, seve_members_of_address(k) held(by)"
)
_AT_ADDRESS = text(f"{_HOMES} and address_key = any(cast(:keys as text[])){_HELD}")
_IN_RESIDENCE = text(f"{_HOMES}{_HELD}")
_ALL = 5000  # dwellings behind one address, at the most
_TWO = 2  # enough to know that there is not exactly one


@dataclass(frozen=True)
class Found:
    """One residence and perhaps one dwelling, and the members that hold its address; or the reason why none."""

    residence_id: UUID | None = None
    dwelling_id: UUID | None = None
    holders: frozenset[UUID] = frozenset()
    why: str | None = None


def look_up(session: Session, member_id: UUID, typed: TypedAddress, *, is_exact: bool = False) -> Found:
    """Return where a typed address is in the member's patrimoine. `is_exact` takes full keys alone.

    Expects the transaction to speak for the member.
    """
    matches = _exactly(session, member_id, typed) if is_exact else _matches(session, member_id, typed)
    if not matches:
        return Found(why=NOT_FOUND if _is_somewhere(session, member_id, typed) else TOWN)
    refusal = _doubt(session, member_id, typed, matches)
    if refusal:
        return Found(why=refusal)
    return _narrow(session, member_id, typed, matches)


def _is_somewhere(session: Session, member_id: UUID, typed: TypedAddress) -> bool:
    """Say whether one town was given: by its postcode, in its own field, or by a name the patrimoine knows."""
    if len(typed.postcodes) > 1:
        return False
    known = {"member": member_id, "towns": typed.towns}
    return bool(typed.postcodes or typed.city or session.scalar(_HAS_TOWN, known))


def _exactly(session: Session, member_id: UUID, typed: TypedAddress) -> list[Match]:
    keys = set(typed.exact_keys)
    found = best_matches(typed, _ask(session, _NUMBERED, member_id, typed, numbers=typed.numbers))
    return [
        match
        for match in found
        if match.level == Level.EXACT and not match.strange and not match.other_postcode and match.known.key in keys
        # A town that only looks like the one typed is not this one.
        if not typed.city or typed.city == match.known.city
    ]


def _matches(session: Session, member_id: UUID, typed: TypedAddress) -> list[Match]:
    """Return what fits by its number and street; failing that, by the residence's name or by a street alone."""
    if typed.readings:
        found = best_matches(typed, _ask(session, _NUMBERED, member_id, typed, numbers=typed.numbers))
        if found:
            return found
        if not (typed.groups or any(GROUPS.intersection(reading.street[:1]) for reading in typed.readings)):
            return _in_street(session, member_id, typed)
        # A number was given and leads nowhere: only a residence named in so many words, and alone, is sure enough.
        named = best_names(typed, _ask(session, _NAMED, member_id, typed))
        return [
            one for one in named if one.level == Level.EXACT and one.street.split()[0] in GROUPS and not one.strange
        ]
    return best_names(typed, _ask(session, _NAMED, member_id, typed)) or _in_street(session, member_id, typed)


def _in_street(session: Session, member_id: UUID, typed: TypedAddress) -> list[Match]:
    """Return what fits by its street alone, all numbers typed being part of its name: « place du 8 mai 1945 »."""
    streets = [" ".join(piece[:end]) for piece in typed.pieces for end in range(1, len(piece) + 1)]
    numbers = {word for piece in typed.pieces for word in piece if as_number(word)}
    if any(as_number(piece[0]) for piece in typed.pieces):
        return []  # a house number stands in front: it is not part of a name
    found = best_names(typed, _ask(session, _IN_STREET, member_id, typed, streets=streets))
    return [match for match in found if numbers <= set(match.street.split())]


def _ask(
    session: Session, question: TextClause, member_id: UUID, typed: TypedAddress, **values: object
) -> Iterable[Known]:
    if not (typed.postcode or typed.towns):
        return []
    asked = {"member": member_id, "postcode": typed.postcode, "towns": typed.towns, **values}
    return [Known(*row) for row in session.execute(question, asked)]


def _doubt(session: Session, member_id: UUID, typed: TypedAddress, matches: Sequence[Match]) -> str | None:
    """Return why what fits may still be wrong, or None."""
    match = matches[0]
    city = match.known.city
    asked: dict[str, Any] = {"member": member_id, "city": city, "postcode": typed.postcode}
    if match.other_postcode and not session.scalar(_HAS_POSTCODE, asked):
        return TOWN  # the town has several postcodes, and this is none of them
    strange = sorted({piece for one in matches for piece in one.strange} - {city})
    if strange and session.scalar(_HAS_TOWN, asked | {"towns": strange}):
        return TOWN
    if match.level == Level.MISTYPED and session.scalar(_HAS_STREET, asked | {"street": match.street}):
        return NOT_FOUND  # no slip of the finger: the street exists, without this number
    return None


def _narrow(session: Session, member_id: UUID, typed: TypedAddress, matches: Sequence[Match]) -> Found:
    """Return the one residence, told by building, stair, door or name where there are two at the address."""
    residences = {match.known.residence_id for match in matches}
    keys = sorted({match.known.key for match in matches})
    by_address = all(match.known.number for match in matches) and bool(typed.readings)
    most = _ALL if typed.inside.is_said or len(residences) > 1 else _TWO
    question = _AT_ADDRESS if by_address else _IN_RESIDENCE
    asked = {"member": member_id, "residences": list(residences), "keys": keys, "most": most}
    rows = session.execute(question, asked | {"held": [*keys, *typed.exact_keys]}).all()
    homes = [row for row in rows if row.id]
    holders = frozenset(row.holder for row in rows if row.holder)
    if len(residences) > 1:
        homes = fitting(typed.inside, homes)
        residences = {home.residence_id for home in homes} if typed.inside.is_said else residences
    if len(residences) > 1:
        residences &= _named(session, member_id, typed, residences)
    if len(residences) != 1:
        return Found(why=SEVERAL)
    residence_id = residences.pop()
    homes = fitting(typed.inside, [home for home in homes if home.residence_id == residence_id])
    return Found(residence_id, homes[0].id if len(homes) == 1 else None, holders)


def _named(session: Session, member_id: UUID, typed: TypedAddress, residences: set[UUID]) -> set[UUID]:
    """Return which of some residences the line names."""
    rows = session.execute(_NAMES, {"member": member_id, "residences": list(residences)})
    return {match.known.residence_id for match in best_names(typed, [Known(*row) for row in rows])}

"""Looking for a dwelling among the member's own, while somebody is on the phone: by reference, address or residence."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from service.domain.addresses import as_number, fold, prepare, words_of
from service.models.patrimoine import Address, Dwelling, Residence

MOST = 20  # dwellings shown: more say that the words are too few
_MOST_WORDS = 8


@dataclass(frozen=True)
class Found:
    """The first dwellings that fit, and whether there are more."""

    dwellings: Sequence[tuple[Dwelling, Residence]]
    has_more: bool


def search(session: Session, typed: str) -> Found:
    """Return the dwellings lived in that fit every word typed, in the order of their addresses."""
    words = _words(typed)
    if not words:
        return Found((), has_more=False)
    names = {residence.id: fold(residence.name) for residence in session.scalars(select(Residence))}
    about = [_about(word, [one for one, name in names.items() if word in name]) for word in words]
    reference = func.lower(Dwelling.reference).startswith(typed.strip().lower(), autoescape=True)
    query = (
        select(Dwelling, Residence)
        .join(Residence, Residence.id == Dwelling.residence_id)
        .outerjoin(
            Address, and_(Address.residence_id == Dwelling.residence_id, Address.address_key == Dwelling.address_key)
        )
        .where(Dwelling.closed_on.is_(None), Residence.closed_on.is_(None), or_(reference, and_(*about)))
        .order_by(Residence.name, Dwelling.address_line, Dwelling.building, Dwelling.floor, Dwelling.reference)
        .limit(MOST + 1)
    )
    rows = [(dwelling, residence) for dwelling, residence in session.execute(query)]
    return Found(rows[:MOST], has_more=len(rows) > MOST)


def _words(typed: str) -> list[str]:
    words = [as_number(word) or word for word in words_of(prepare(typed[:200]))]
    return words[:_MOST_WORDS]


def _about(word: str, residences: Sequence[object]) -> ColumnElement[bool]:
    """Say whether one word is in an address, its town, its residence's name or the reference of a dwelling."""
    return or_(
        Address.number == word,
        Address.postcode == word,
        Address.street_key.contains(word, autoescape=True) if not word.isdigit() else Address.street_key == word,
        Address.city_key.contains(word, autoescape=True),
        func.lower(Dwelling.reference) == word,
        Dwelling.residence_id.in_(residences),
    )

"""Which tables are given to whom, and which members are named in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from service.domain.naming import all_agree, named
from service.domain.periods import end_of
from service.domain.products import PRODUCTS
from service.journey.consents import member_names, read_consents
from service.journey.published import Published


@dataclass(frozen=True)
class Cut:
    """One table of one period, with the members that are named in it."""

    code: str
    period: date
    named: Mapping[str, str] = field(default_factory=dict)  # slug -> name


def for_readers(published: Published, codes: Iterable[str]) -> list[Cut]:
    """Return the tables of some products in all their periods; members are named where all consents allow it."""
    consents, names = read_consents(), member_names()

    def named_in(code: str, period: date) -> dict[str, str]:
        if PRODUCTS[code].split != "member":
            return {}
        shown = named(consents, PRODUCTS[code], period, _members(published, code, period))
        return {slug: names[slug] for slug in sorted(shown)}

    return [Cut(code, period, named_in(code, period)) for code in codes for period in published.periods(code)]


def for_everybody(published: Published) -> list[Cut]:
    """Return the tables of the periods that every member opened to all; no member is named in them."""
    consents = read_consents()
    return [
        Cut(code, period)
        for code, product in PRODUCTS.items()
        for period in published.periods(code)
        if all_agree(consents, period, end_of(period, product.length), _members(published, code, period))
    ]


def _members(published: Published, code: str, period: date) -> list[str]:
    """Return the members a table counts: those of the day it was drawn."""
    return list(published.dwellings(code, period))

"""Which tables are given to whom, and which members are named in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from service.domain.naming import all_agree, named
from service.domain.periods import end_of
from service.domain.products import PRODUCTS
from service.journey.trends.consents import member_names, read_consents
from service.journey.trends.published import Published
from service.journey.trends.watching import read_labels


@dataclass(frozen=True)
class Cut:
    """One table of one period, with the members that are named in it and how its words are written."""

    code: str
    period: date
    named: Mapping[str, str] = field(default_factory=dict)  # slug -> name
    labels: Mapping[str, str] = field(default_factory=dict)  # term -> as people write it


def for_readers(published: Published, codes: Iterable[str]) -> list[Cut]:
    """Return the tables of some products in all their periods; members are named where all consents allow it."""
    consents, names, labels = read_consents(), member_names(), read_labels()

    def named_in(code: str, period: date) -> dict[str, str]:
        if PRODUCTS[code].split != "member":
            return {}
        shown = named(consents, PRODUCTS[code], period, published.dwellings(code, period))
        return {slug: names[slug] for slug in sorted(shown)}

    return [Cut(code, period, named_in(code, period), labels) for code in codes for period in published.periods(code)]


def for_everybody(published: Published) -> list[Cut]:
    """Return the tables of the periods that every member opened to all; no member is named in them."""
    consents, labels = read_consents(), read_labels()
    return [
        Cut(code, period, labels=labels)
        for code, product in PRODUCTS.items()
        for period in published.periods(code)
        if all_agree(consents, period, end_of(period, product.length), published.dwellings(code, period))
    ]

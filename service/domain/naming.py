"""Whether a member's line may be shown by its name: only where it agrees, and where nobody's follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from service.domain.periods import end_of
from service.domain.products import PRODUCTS, Product

FEWEST_HIDDEN = 3  # members: with one or two, the network minus what is shown tells theirs
OPEN = "OPEN"  # agreed to beside the products: the figures of the network may be given to everybody
NAMED: dict[str, Product] = {code: product for code, product in PRODUCTS.items() if product.split == "member"}
# What counts the same households in two ways: a line shown in one of them is nearly known in the other.
_ALIKE = frozenset({"MF", "Q2"})


@dataclass(frozen=True)
class Consent:
    """One member agrees to one product, for the periods that lie within."""

    member: str  # slug
    product: str
    from_month: date
    until_month: date | None  # the first month it no longer holds for

    def covers(self, start: date, end: date) -> bool:
        """Say whether it holds for the whole of a period; `end` is the day after."""
        return self.from_month <= start and (self.until_month is None or end <= self.until_month)

    def touches(self, start: date, end: date) -> bool:
        """Say whether it holds for a part of a period."""
        return self.from_month < end and (self.until_month is None or start < self.until_month)


def named(consents: Iterable[Consent], product: Product, period: date, members: Iterable[str]) -> frozenset[str]:
    """Return whose lines may be shown by name: those who agree, when the others are none or at least three.

    A member whose line is shown in a table that counts the same households does not hide the others.
    """
    consents, everybody = list(consents), frozenset(members)
    end = end_of(period, product.length)
    agreeing = everybody & {one.member for one in consents if one.product == product.code and one.covers(period, end)}
    hidden = everybody - agreeing
    alike = _ALIKE if product.code in _ALIKE else {product.code}
    guessed = {one.member for one in consents if one.product in alike and one.touches(period, end)}
    unknown = hidden - guessed
    if hidden and (len(hidden) < FEWEST_HIDDEN or 0 < len(unknown) < FEWEST_HIDDEN):
        return frozenset()
    return agreeing


def all_agree(consents: Iterable[Consent], start: date, end: date, members: Iterable[str]) -> bool:
    """Say whether every member agrees to open data for the whole of a period."""
    everybody = frozenset(members)
    given = {one.member for one in consents if one.product == OPEN and one.covers(start, end)}
    return bool(everybody) and everybody <= given

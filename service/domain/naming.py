"""Whether a member's line may be shown by its name: only where it agrees, and where nobody's follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from service.domain.areas import may_stand_alone
from service.domain.periods import end_of, months_before
from service.domain.products import PRODUCTS, Product

OPEN = "OPEN"  # agreed to beside the products: the figures of the network may be given to everybody
NAMED: dict[str, Product] = {code: product for code, product in PRODUCTS.items() if product.split == "member"}
# The same households, counted in two ways: a line shown in one of them is nearly known in the other.
_BY_MONTH, _BY_QUARTER = NAMED["MF"], NAMED["Q2"]


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


def named(consents: Iterable[Consent], product: Product, period: date, dwellings: Mapping[str, int]) -> frozenset[str]:
    """Return whose lines may be shown by name: those who agree, when the others are nobody or cannot be told apart.

    `dwellings` is the public stock of each member of that table. A member whose line is shown in a table that counts
    the same households does not hide the others; one without dwellings hides nobody.
    """
    everybody = {slug: count for slug, count in dwellings.items() if count > 0}
    consents = [one for one in consents if one.member in everybody]
    agreeing = _agreeing(consents, product, period)
    known = [agreeing, *(agreeing | beside for beside in _known_beside(consents, product, period))]
    return agreeing if all(_tells_nobody(everybody, one) for one in known) else frozenset()


def has_middle(consents: Iterable[Consent], product: Product, period: date, dwellings: Mapping[str, int]) -> bool:
    """Say whether the middle of all members may be shown: not where some bear a name, it would tell those that hide."""
    consents, everybody = list(consents), {slug for slug, count in dwellings.items() if count > 0}
    tables = [(product, period), *_alike(product, period)]
    return all(named(consents, one, start, dwellings) in (frozenset(), everybody) for one, start in tables)


def _agreeing(consents: Iterable[Consent], product: Product, period: date) -> frozenset[str]:
    end = end_of(period, product.length)
    return frozenset(one.member for one in consents if one.product == product.code and one.covers(period, end))


def _known_beside(consents: Iterable[Consent], product: Product, period: date) -> list[frozenset[str]]:
    """Return who agrees in each table that counts the same households in these days, whether it is published or not."""
    return [_agreeing(consents, other, start) for other, start in _alike(product, period)]


def _alike(product: Product, period: date) -> list[tuple[Product, date]]:
    """Return the tables that count the same households in the same days: the quarter of a month, or its months."""
    if product.code == _BY_MONTH.code:
        return [(_BY_QUARTER, months_before(period, (period.month - 1) % 3))]
    if product.code == _BY_QUARTER.code:
        return [(_BY_MONTH, months_before(period, -behind)) for behind in range(3)]
    return []


def _tells_nobody(dwellings: Mapping[str, int], known: frozenset[str]) -> bool:
    """Say whether the network minus the lines that are known is nobody, or members that cannot be told apart."""
    left = {slug: count for slug, count in dwellings.items() if slug not in known}
    return not left or may_stand_alone(left)


def all_agree(consents: Iterable[Consent], start: date, end: date, members: Iterable[str]) -> bool:
    """Say whether every member agrees to open data for the whole of a period."""
    everybody = frozenset(members)
    given = {one.member for one in consents if one.product == OPEN and one.covers(start, end)}
    return bool(everybody) and everybody <= given

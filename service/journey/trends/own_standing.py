"""A member's own figures, exact, beside the published ones: read from what was kept when those were drawn.

Of the other members nothing leaves this module but the median and the middle of all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import select

from service.domain.estimates import Estimate, rate, share, total
from service.domain.feedback import is_satisfied
from service.domain.naming import Consent, has_middle
from service.domain.periods import months_before
from service.domain.products import KEPT, PRODUCTS, PROMISES, SOON
from service.domain.standing import Middle, Place, middle_of, per_thousand, place_of
from service.domain.taxonomy import FAMILIES, categories
from service.journey.transactions import member_transaction
from service.journey.trends.consents import read_consents
from service.journey.trends.published import Published
from service.models.member import Member
from service.models.trends import OwnFigures

SHOWN = 13  # months of a curve: a year, and the month it is compared with
OWN = ("MF", "Q2", "DELAY_MEM", "SATIS", "PROMISE")

Own = Mapping[tuple[str, date], Mapping[str, int]]  # product and period -> key -> households
Side = Callable[[str], bool | None]


@dataclass(frozen=True)
class Line:
    """One theme or subject in one period: households of the member, and rates per 1,000 dwellings."""

    code: str
    households: int | None  # exact; None: not kept
    own: float | None
    network: Estimate | None  # None: not significant
    middle: Middle | None

    @property
    def place(self) -> Place | None:
        """On which side of the middle the member stands, where that is clear."""
        return place_of(self.own, self.middle) if self.own is not None and self.middle else None


@dataclass(frozen=True)
class Ratio:
    """A share of the member, exact, beside the network's."""

    code: str
    part: int
    whole: int
    network: Estimate | None

    @property
    def own(self) -> float | None:
        """The member's share, from 0 to 1; None when it has nobody to count."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Standing:
    """What a member reads of itself for one month and the last quarter published by then."""

    month: date
    quarter: date | None
    themes: Mapping[str, Sequence[Line]]  # family -> month after month, the last one the one asked for
    subjects: Sequence[Line]
    ratios: Sequence[tuple[str, date, Ratio]]  # product, period
    errata: Sequence[str]


def own_figures(member_id: UUID) -> tuple[str, Own]:
    """Return the slug of a member, and what is kept of it for itself."""
    with member_transaction(member_id) as session:
        slug = session.get_one(Member, member_id).slug
        rows = session.scalars(select(OwnFigures).where(OwnFigures.product.in_(OWN)))
        return slug, {(row.product, row.period): row.figures for row in rows}


def standing(slug: str, own: Own, published: Published, month: date) -> Standing:
    """Return where a member stands in a published month; `own` is what is kept of that very member."""
    consents = read_consents()
    quarter = _quarter_at(published, month)
    months = [one for one in published.months if months_before(month, SHOWN - 1) <= one <= month]
    by_month = {one: _lines(slug, own, published, ("MF", one), consents) for one in months}
    return Standing(
        month,
        quarter,
        {family: [by_month[one][family] for one in months] for family in FAMILIES},
        list(_lines(slug, own, published, ("Q2", quarter), consents).values()) if quarter else [],
        _ratios(own, published, month, quarter),
        _errata(published, month, quarter),
    )


def _quarter_at(published: Published, month: date) -> date | None:
    """Return the last quarter published with that month or before."""
    known = [one for one in published.periods("Q2") if months_before(one, -2) <= month]
    return known[-1] if known else None


def _lines(
    slug: str, own: Own, published: Published, table: tuple[str, date], consents: Sequence[Consent]
) -> dict[str, Line]:
    code, period = table
    rows, _, network = published.families(period) if code == "MF" else published.subjects(period)
    dwellings, mine = published.dwellings(code, period), own.get(table)
    stock, own_stock = sum(dwellings.values()), dwellings.get(slug, 0)
    may_tell = has_middle(consents, PRODUCTS[code], period, dwellings)
    made = {}
    for key in FAMILIES if code == "MF" else categories():
        households = mine.get(key, 0) if mine is not None else None
        made[key] = Line(
            key,
            households,
            per_thousand(households, own_stock) if households is not None else None,
            rate(network[key], stock) if key in network else None,
            middle_of({one: row[key] for one, row in rows.items() if key in row}, dwellings) if may_tell else None,
        )
    return made


def _ratios(own: Own, published: Published, month: date, quarter: date | None) -> list[tuple[str, date, Ratio]]:
    asked: list[tuple[str, str, date, Side]] = [("soon", "DELAY_MEM", month, _is_soon)]
    if quarter:
        asked.append(("satisfied", "SATIS", quarter, _is_satisfied))
        asked += [(promise, "PROMISE", quarter, partial(_is_kept, promise)) for promise in PROMISES]
    return [(product, period, _ratio(code, own, published, (product, period), side))
            for code, product, period, side in asked]  # fmt: skip


def _ratio(code: str, own: Own, published: Published, table: tuple[str, date], side: Side) -> Ratio:
    """Return a share; `side` says of each key whether it is in the part, in the rest, or in neither."""
    mine = own.get(table, {})
    figures = published.table(*table)
    if PRODUCTS[table[0]].split == "member":
        noisy = [(key.partition("|")[2], figure) for key, figure in figures.items()]
    else:
        noisy = list(figures.items())
    part = total([figure for key, figure in noisy if side(key) is True])
    rest = total([figure for key, figure in noisy if side(key) is False])
    kept = sum(count for key, count in mine.items() if side(key) is True)
    others = sum(count for key, count in mine.items() if side(key) is False)
    return Ratio(code, kept, kept + others, share(part, rest) if noisy else None)


def _is_soon(key: str) -> bool:
    return int(key) < SOON


def _is_satisfied(key: str) -> bool:
    return is_satisfied(int(key))


def _is_kept(promise: str, key: str) -> bool | None:
    _family, one, kept = key.split("|")
    return kept == KEPT[0] if one == promise else None


def _errata(published: Published, month: date, quarter: date | None) -> list[str]:
    """Return what is said to be wrong with a table that the page shows."""
    shown = {("MF", month), ("DELAY_MEM", month), *((code, quarter) for code in ("Q2", "SATIS", "PROMISE"))}
    return [one.words for one in published.errata if (one.product, one.period) in shown]

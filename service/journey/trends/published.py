"""What readers are shown of the published tables: two years, agreed with one another, withdrawn ones left out.

Everything here is worked out from snapshots: no page, file or interface of the network reads anything else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from service.domain.areas import may_stand_alone
from service.domain.figures import Figure, Rows, reconcile
from service.domain.periods import months_before
from service.domain.products import PRODUCTS, parts_of
from service.domain.snapshots import Snapshot
from service.journey.trends.snapshots import Erratum, read_errata, read_months, read_snapshots

SHOWN = 25  # months: two years, and the month they are compared with


@dataclass(frozen=True)
class Published:
    """Every table that may be shown, by product and period."""

    snapshots: Mapping[str, Mapping[date, Snapshot]]  # product -> period, in order
    errata: tuple[Erratum, ...]
    is_too_small: bool = False  # tables were drawn, but each of too few members of like size

    @cached_property
    def months(self) -> list[date]:
        """The months of which a table may be shown, in order: where one is withdrawn the others stay."""
        return sorted(
            {month for code, one in PRODUCTS.items() if one.length == "month" for month in self.periods(code)}
        )

    def periods(self, product: str) -> list[date]:
        """Return the published periods of a product, in order."""
        return list(self.snapshots.get(product, {}))

    def drawn(self, product: str, period: date) -> dict[str, Figure]:
        """Return a table as it was drawn, by key; empty when it is not published."""
        one = self.snapshots.get(product, {}).get(period)
        return {key: Figure(value, one.sigma) for key, value in one.figures().items()} if one else {}

    def table(self, product: str, period: date) -> dict[str, Figure]:
        """Return a table with the keys of today: one that had not joined the list yet is not significant."""
        found = self.drawn(product, period)
        if not found:
            return {}
        firsts = {key.partition("|")[0]: None for key in found} if PRODUCTS[product].split != "network" else {}
        parts, nothing = parts_of(PRODUCTS[product], ()), Figure(0, next(iter(found.values())).sigma)
        keys = [f"{first}|{part}" for first in firsts for part in parts] if firsts else parts
        return found | {key: nothing for key in keys if key not in found}

    def rows(self, product: str, period: date) -> Rows:
        """Return a table split by member or area: slug or area -> key -> figure."""
        made: dict[str, dict[str, Figure]] = {}
        for key, figure in self.table(product, period).items():
            first, _, rest = key.partition("|")
            made.setdefault(first, {})[rest] = figure
        return made

    def families(self, month: date) -> tuple[Rows, Rows, dict[str, Figure]]:
        """Return the families of a month by member, by area and for the network, made to agree."""
        return self._agreed("MF", "AF", month)

    def subjects(self, quarter: date) -> tuple[Rows, Rows, dict[str, Figure]]:
        """Return the categories of a quarter by member, by area and for the network, made to agree."""
        return self._agreed("Q2", "Q3", quarter)

    def _agreed(self, by_member: str, by_area: str, period: date) -> tuple[Rows, Rows, dict[str, Figure]]:
        members, areas = self.rows(by_member, period), self.rows(by_area, period)
        return reconcile(members, areas) if members and areas else ({}, {}, {})

    def dwellings(self, product: str, period: date) -> dict[str, int]:
        """Return the public stock of each member, by slug, on the day a table was drawn."""
        one = self.snapshots.get(product, {}).get(period)
        return dict(one.stock["members"]) if one else {}


def read_published() -> Published:
    """Return what may be shown of the last two years."""
    errata = read_errata()
    withdrawn = {(one.product, one.period) for one in errata if one.is_withdrawn}
    latest = max((period for code, period in read_months() if (code, period) not in withdrawn), default=None)
    if latest is None:
        return Published({}, ())
    found: dict[str, dict[date, Snapshot]] = {code: {} for code in PRODUCTS}
    for one in read_snapshots(*PRODUCTS, since=months_before(latest, SHOWN - 1)):
        # Of two members, each is the network minus the other.
        if (one.product, one.period) not in withdrawn and may_stand_alone(one.stock["members"]):
            found[one.product][one.period] = one
    made = Published({code: dict(sorted(periods.items())) for code, periods in found.items()}, tuple(errata))
    return made if made.months else Published({}, (), is_too_small=True)

"""The published tables line by line, under the rule of display: what files and interfaces give away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.domain.estimates import total
from service.domain.figures import Figure, Rows
from service.domain.products import PRODUCTS
from service.domain.snapshots import Snapshot
from service.journey.trends.published import Published
from service.network.cuts import Cut

# Two tables that count the same households are made to agree: product -> the other one.
_AGREES_WITH = {"MF": "AF", "AF": "MF", "Q2": "Q3", "Q3": "Q2"}


@dataclass(frozen=True)
class Line:
    """One figure: of the network, of a type of area, or of a member that may be named."""

    scope: str  # network, area, member
    place: str  # a type of area, a member's slug, or nothing
    part: str  # the key within its product
    figure: Figure


def lines_of(published: Published, cut: Cut) -> list[Line]:
    """Return the lines of one table. One that is split by member gives the network's, and those of whom it names."""
    drawn, skipped = published.drawn(cut.code, cut.period), 0 if PRODUCTS[cut.code].split == "network" else 1
    parts = {"|".join(key.split("|")[skipped:]) for key in drawn}
    return [line for line in _lines(published, cut) if line.part in parts]  # What joined the list since is in none.


def _lines(published: Published, cut: Cut) -> list[Line]:
    split = PRODUCTS[cut.code].split
    if split == "network":
        return list(_row("network", "", published.drawn(cut.code, cut.period)))
    rows, whole = _agreed(published, cut)
    if split == "area":
        return [line for place, row in rows.items() for line in _row("area", place, row)]
    lines = list(_row("network", "", whole))
    return lines + [line for slug, row in rows.items() if slug in cut.named for line in _row("member", slug, row)]


def snapshots_of(published: Published, cut: Cut) -> list[Snapshot]:
    """Return the snapshots that the lines of a table are worked out from, its own first."""
    found = [published.snapshots.get(one, {}).get(cut.period) for one in (cut.code, _AGREES_WITH.get(cut.code, ""))]
    return [one for one in found if one]


def _row(scope: str, place: str, row: Mapping[str, Figure]) -> Iterator[Line]:
    return (Line(scope, place, part, figure) for part, figure in row.items())


def _agreed(published: Published, cut: Cut) -> tuple[Rows, Mapping[str, Figure]]:
    """Return the rows of a split table and their sum; where its other half was withdrawn it stands as it was drawn."""
    if cut.code in _AGREES_WITH:
        agree = published.families if "MF" in (cut.code, _AGREES_WITH[cut.code]) else published.subjects
        members, areas, whole = agree(cut.period)
        if whole:
            return (areas if PRODUCTS[cut.code].split == "area" else members), whole
    rows = published.rows(cut.code, cut.period)
    parts = next(iter(rows.values()), {})
    return rows, {part: total(row[part] for row in rows.values()) for part in parts}

"""How far published figures are from the truth, over many draws of the same bounded tables of the second year."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import median

import numpy as np

from service.domain.figures import Figure, Rows
from service.domain.periods import months_before
from service.domain.products import PRODUCTS
from service.domain.snapshots import Snapshot
from service.journey.trends.press import Noise
from service.journey.trends.published import Published
from tests.standard_network import Standard
from tests.standard_truth import Tables, exact_tables

Table = tuple[Snapshot, list[int]]  # as published, and what was hidden
LEAST_TRUE = 10  # households: below, a relative error says nothing
_CLEAR = 30  # households, that a figure should always be shown for


@dataclass(frozen=True)
class Goal:
    """What was asked for beside what was measured: at most `limit`, or at least."""

    name: str
    measured: float
    limit: float
    is_least: bool = False
    unit: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether the goal is reached."""
        return self.measured >= self.limit if self.is_least else self.measured <= self.limit

    @property
    def asked(self) -> str:
        """The goal as it is printed."""
        return f"{'>=' if self.is_least else '<='} {self.limit:g}{self.unit}"

    @property
    def said(self) -> str:
        """The measure as it is printed."""
        return f"{self.measured:.2f}{self.unit}"


@dataclass
class Cells:
    """Figures beside the truth."""

    pairs: list[tuple[Figure, int]] = field(default_factory=list)

    def add(self, figures: Mapping[str, Figure], truth: Mapping[str, int]) -> None:
        """Keep the figure of each key beside its truth."""
        self.pairs += [(figures[key], true) for key, true in truth.items()]

    @property
    def error(self) -> float:
        """The median relative error, in per cent, where enough households wrote."""
        return 100 * median(abs(figure.noisy - true) / true for figure, true in self.pairs if true >= LEAST_TRUE)

    def shown(self, least: int = 0) -> float:
        """Return the share of the figures that are shown, in per cent, where so many households wrote."""
        return 100 * float(np.mean([figure.is_shown for figure, true in self.pairs if true >= least]))


def drawn_again(tables: Iterable[Table], noise: Noise) -> Published:
    """Return what readers would have seen, had chance been other."""
    found: dict[str, dict[date, Snapshot]] = {code: {} for code in PRODUCTS}
    for snapshot, counts in tables:
        product = PRODUCTS[snapshot.product]
        values = tuple(noise.draw(counts, product.sigma, product.most, product.rho))
        found[product.code][snapshot.period] = replace(snapshot, values=values, sigma=product.sigma)
    return Published(found, ())


def second_year(network: Standard, tables: Iterable[Table]) -> list[Table]:
    """Return the tables of the months when the yearly caps are in force."""
    first = months_before(network.start, -12)
    return [one for one in tables if one[0].period >= first]


def errors(network: Standard, draws: list[Published]) -> list[Goal]:
    """Return the goals about counts."""
    truth = {code: exact_tables(network, PRODUCTS[code]) for code in ("C1", "MF", "AF", "Q2", "Q3", "WK")}
    total = exact_tables(network, replace(PRODUCTS["MF"], split="network"))
    cells = {name: Cells() for name in (*truth, "FM")}
    for one in draws:
        for code in ("C1", "WK"):
            for period in one.periods(code):
                cells[code].add(one.table(code, period), truth[code].get(period, {}))
        for period, codes, both, network_rows in _agreed(one):
            for code, rows in zip(codes, both, strict=True):
                flat = {f"{first}|{key}": figure for first, row in rows.items() for key, figure in row.items()}
                cells[code].add(flat, truth[code].get(period, {}))
            if "MF" in codes:
                cells["FM"].add(network_rows, total[period])
    return [
        *_counted("C1", "network x category, month", cells["C1"], 5, 98, least=0),
        *_counted("MF", "member x family, month", cells["MF"], 5, 98, least=_CLEAR),
        *_counted("AF", "area x family, month", cells["AF"], 5, 98, least=_CLEAR),
        *_counted("Q2", "member x category, quarter", cells["Q2"], 9, 78, least=0),
        *_counted("Q3", "area x category, quarter", cells["Q3"], 8, 78, least=0),
        *_counted("WK", "network x family, week", cells["WK"], 6, 90, least=_CLEAR),
        *_counted("MF+AF", "network x family, month", cells["FM"], 2, 98, least=0),
    ]


def _agreed(one: Published) -> Iterator[tuple[date, tuple[str, str], tuple[Rows, Rows], Mapping[str, Figure]]]:
    for month in one.periods("MF"):
        *rows, total = one.families(month)
        yield month, ("MF", "AF"), (rows[0], rows[1]), total
    for quarter in one.periods("Q2"):
        *rows, total = one.subjects(quarter)
        yield quarter, ("Q2", "Q3"), (rows[0], rows[1]), total


def _counted(code: str, name: str, cells: Cells, error: float, shown: float, *, least: int) -> list[Goal]:
    where = f", of {least} households and more" if least else ""
    return [
        Goal(f"{code}: {name}, median error", cells.error, error, unit=" %"),
        Goal(f"{code}: shown{where}", cells.shown(least), shown, is_least=True, unit=" %"),
    ]


def biases(network: Standard, tables: Iterable[Table]) -> list[Goal]:
    """Return the goals about what the bounds leave out, before any noise."""
    made: list[Goal] = []
    bounded = {
        code: {one.period: dict(zip(one.keys, counts, strict=True)) for one, counts in tables if one.product == code}
        for code in ("C1", "MF", "AF", "Q2", "Q3", "WK")
    }
    worst: list[float] = []
    for code, rows in bounded.items():
        truth: Tables = exact_tables(network, PRODUCTS[code])
        periods = [period for period in rows if period in truth]
        by_period = [1 - sum(rows[one].values()) / sum(truth[one].values()) for one in periods]
        lost = 1 - sum(sum(rows[one].values()) for one in periods) / sum(sum(truth[one].values()) for one in periods)
        made.append(Goal(f"{code}: left out by the bounds", 100 * lost, 2.5, unit=" %"))
        if PRODUCTS[code].length == "month":
            spread = 100 * (max(by_period) - min(by_period))
            made.append(Goal(f"{code}: spread of it from month to month", spread, 1, unit=" pt"))
        place = 0 if code == "AF" else -1  # an area; a subject or family
        worst += _lost_by(rows, truth, periods, place) if code in ("C1", "AF", "Q2", "Q3") else []
    made.append(Goal("left out by the bounds, worst subject or area", 100 * max(worst), 3, unit=" %"))
    return made


def _lost_by(rows: Tables, truth: Tables, periods: list[date], place: int) -> list[float]:
    kept: dict[str, int] = {}
    true: dict[str, int] = {}
    for period in periods:
        for key, count in truth[period].items():
            part = key.split("|")[place]
            kept[part] = kept.get(part, 0) + rows[period][key]
            true[part] = true.get(part, 0) + count
    return [1 - kept[part] / true[part] for part in true]

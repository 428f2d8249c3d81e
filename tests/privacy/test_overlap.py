"""A6: subtracting one published table from another, over all products, tells no more than the noise lets."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import erf, sqrt
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import chi2

from service.domain.figures import Figure, reconcile
from service.domain.products import DELAY_BINS, PRODUCTS
from service.domain.snapshots import Snapshot
from service.domain.taxonomy import FAMILIES, categories
from service.journey.ports import Ports
from service.journey.trends import trends
from service.journey.trends.press import Noise
from service.journey.trends.snapshots import read_snapshots
from tests.privacy.city import JULY, QUARTER, City, press_of
from tests.privacy.conftest import Report

pytestmark = [pytest.mark.services, pytest.mark.privacy, pytest.mark.usefixtures("within")]

Key = tuple[str, date, str]  # product, period, key
Tables = Mapping[tuple[str, date], Mapping[str, int]]
RARE = 1e-5  # of a false alarm, for each overlap
LEAST = 0.9  # of the deviation that the noise has
_UNITY = 0.5


@dataclass(frozen=True)
class Overlap:
    """An exact number that somebody works out of published ones: which are added, which are taken away."""

    name: str
    parts: Mapping[Key, int]

    @property
    def deviation(self) -> float:
        """How far off the noise alone puts it, one standard deviation."""
        return sqrt(sum(weight**2 * PRODUCTS[product].sigma ** 2 for (product, _, _), weight in self.parts.items()))


def overlaps(members: Sequence[str], areas: Sequence[str]) -> Iterator[Overlap]:
    """Return what can be subtracted from what in one quarter and its months."""
    for month in QUARTER:
        for family in FAMILIES:
            by_member = {("MF", month, f"{one}|{family}"): 1 for one in members}
            by_area = {("AF", month, f"{one}|{family}"): -1 for one in areas}
            yield Overlap("bailleurs moins territoires, thèmes", by_member | by_area)
            subjects = {("C1", month, code): -1 for code, one in categories().items() if one.family == family}
            yield Overlap("thème moins ses sujets", by_member | subjects)
            yield Overlap(
                "réseau moins un bailleur qui connaît ses chiffres",
                {("MF", month, f"{one}|{family}"): 1 for one in members[1:]},
            )
            weeks = {("WK", week, family): -1 for week in trends.periods_closed_by(month, "week")}
            yield Overlap("mois moins semaines", by_member | weeks)
        for days in DELAY_BINS:
            by_family = {("DELAY_FAM", month, f"{one}|{days}"): 1 for one in FAMILIES}
            of_members = {("DELAY_MEM", month, f"{one}|{days}"): -1 for one in members}
            yield Overlap("délais par thème moins par bailleur", by_family | of_members)
    for subject in categories():
        of_members = {("Q2", JULY, f"{one}|{subject}"): 1 for one in members}
        of_areas = {("Q3", JULY, f"{one}|{subject}"): -1 for one in areas}
        months = {("C1", month, subject): -1 for month in QUARTER}
        yield Overlap("bailleurs moins territoires, sujets", of_members | of_areas)
        yield Overlap("trimestre moins ses mois", of_members | months)


def singles(exact: Tables) -> Iterator[Overlap]:
    """Return each published number alone."""
    for (product, period), table in exact.items():
        for key in table:
            yield Overlap(f"seul, {product}", {(product, period, key): 1})


def redraw(exact: Tables, noise: Noise) -> Tables:
    """Draw all tables anew from what PostgreSQL counted, as a release does."""
    made = {}
    for (code, period), table in exact.items():
        product = PRODUCTS[code]
        drawn = noise.draw(list(table.values()), product.sigma, product.most, product.rho)
        made[code, period] = dict(zip(table, drawn, strict=True))
    return made


@dataclass(frozen=True)
class Found:
    """What subtracting gave: by overlap, how scattered the residuals are, and how many were exactly right."""

    spread: Mapping[str, float]  # the deviation of the residuals, over the noise's
    too_precise: list[str]


def attack(cases: Sequence[Overlap], exact: Tables, draws: Sequence[Tables]) -> Found:
    """Subtract, and say where one is nearer to the truth than the noise lets."""
    deviations, names = np.array([case.deviation for case in cases]), np.array([case.name for case in cases])
    residuals = all_residuals(cases, exact, draws)
    squares = np.square(residuals / deviations[:, None]).mean(axis=1)
    hits = (residuals == 0).sum(axis=1)
    chances = np.array([erf(_UNITY / deviation / sqrt(2)) for deviation in deviations])
    spread, too_precise = {}, []
    for name in dict.fromkeys(names.tolist()):
        of_name = names == name
        spread[name] = float(np.sqrt(squares[of_name].mean()))
        runs, expected = int(of_name.sum()) * len(draws), float(chances[of_name].sum()) * len(draws)
        if (
            spread[name] < min(LEAST, sqrt(chi2.ppf(RARE, runs) / runs))
            or hits[of_name].sum() > 1.5 * expected + 5 * sqrt(expected) + 5
        ):
            too_precise.append(name)
    return Found(spread, too_precise)


def all_residuals(cases: Sequence[Overlap], exact: Tables, draws: Sequence[Tables]) -> NDArray[np.int64]:
    """Return how far off each case is in each draw: a matrix of weights times one of errors."""
    place = {(*table, key): number for number, (table, key) in enumerate((t, key) for t in exact for key in exact[t])}
    entries = [(weight, row, place[key]) for row, case in enumerate(cases) for key, weight in case.parts.items()]
    weights, rows, columns = zip(*entries, strict=True)
    off = np.array([[drawn[code, period][key] for code, period, key in place] for drawn in draws])
    off -= np.array([exact[code, period][key] for code, period, key in place])
    found: NDArray[np.int64] = csr_array((weights, (rows, columns)), shape=(len(cases), len(place))) @ off.T
    return found


def worked_out(exact: Tables, draws: Sequence[Tables]) -> float:
    """Return how scattered tables that were made to agree are, over what they claim: 1 when margins say the truth."""
    errors = []
    for by_member, by_area, period in (*(("MF", "AF", month) for month in QUARTER), ("Q2", "Q3", JULY)):
        true = list(_agreed(exact, by_member, by_area, period))
        for drawn in draws:
            for made, truth in zip(_agreed(drawn, by_member, by_area, period), true, strict=True):
                errors += [(figure.noisy - truth[key].noisy) / figure.sigma for key, figure in made.items()]
    return float(np.sqrt(np.mean(np.square(errors))))


def _agreed(tables: Tables, by_member: str, by_area: str, period: date) -> Iterator[Mapping[str, Figure]]:
    rows = []
    for product in (by_member, by_area):
        split: dict[str, dict[str, Figure]] = defaultdict(dict)
        for key, value in tables[product, period].items():
            first, _, rest = key.partition("|")
            split[first][rest] = Figure(value, PRODUCTS[product].sigma)
        rows.append(split)
    of_members, of_areas, totals = reconcile(*rows)
    yield from (totals, *of_members.values(), *of_areas.values())


def counted(
    snapshots: Sequence[Snapshot], draws: Sequence[tuple[list[int], list[int]]]
) -> dict[tuple[str, date], dict[str, int]]:
    """Return what PostgreSQL counted for each table, by key."""
    return {
        (one.product, one.period): dict(zip(one.keys, counts, strict=True))
        for one, (counts, _) in zip(snapshots, draws, strict=True)
    }


class OneExactTotal:
    """Seeded fault: the last cell of each table makes its total exact."""

    def __init__(self, inner: Noise) -> None:
        self.inner = inner

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        drawn = self.inner.draw(counts, sigma, cells, rho)
        for family in range(min(len(FAMILIES), len(drawn))):  # the total over members or areas of each column
            column = range(family, len(drawn), len(FAMILIES))
            drawn[column[-1]] += sum(counts[place] - drawn[place] for place in column)
        return drawn


class SameNoise:
    """Seeded fault: what was drawn for a table is drawn again for the next of the same size."""

    def __init__(self, inner: Noise) -> None:
        self.inner, self.kept = inner, {}  # type: ignore[var-annotated]

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        if len(counts) not in self.kept:
            self.kept[len(counts)] = self.inner.draw([0] * len(counts), sigma, cells, rho)
        return [count + noise for count, noise in zip(counts, self.kept[len(counts)], strict=True)]


class Quieter:
    """Seeded fault: a fifth of the noise is missing."""

    def __init__(self, inner: Noise) -> None:
        self.inner = inner

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        return self.inner.draw(counts, sigma * 0.8, cells, rho * 2)


FAULTS: Mapping[str, Callable[[Noise], Noise]] = {
    "un total exact": OneExactTotal, "le même tirage deux fois": SameNoise, "un cinquième du bruit en moins": Quieter,
}  # fmt: skip


def test_no_subtraction_is_nearer_to_the_truth_than_the_noise_lets(
    city: City, app: Flask, ports: Ports, tmp_path: Path, full: bool, report: Report
) -> None:
    city.watch()
    city.fill(QUARTER, 200 if full else 60)
    press, heard = press_of(app, tmp_path)
    for month in QUARTER:
        trends.release(month, ports, press)
    snapshots = read_snapshots()
    exact, published = counted(snapshots, heard.draws), {(one.product, one.period): one.figures() for one in snapshots}
    areas = list(snapshots[-1].stock["areas"])
    cases = [*overlaps(sorted(city.members), areas), *singles(exact)]
    rounds = 60 if full else 6
    draws = [published, *(redraw(exact, heard.inner) for _ in range(rounds))]
    found = attack(cases, exact, draws)
    assert found.too_precise == []
    assert LEAST < worked_out(exact, draws) < 1 / LEAST
    for name, fault in FAULTS.items():
        noise = fault(heard.inner)
        assert attack(cases, exact, [redraw(exact, noise) for _ in range(rounds)]).too_precise, name
    least = f"{min(found.spread.values()):.2f}".replace(".", ",")
    report(
        "A6",
        "soustraire ne rapproche jamais de la vérité plus que le bruit, à un dixième près",
        f"au plus près, {least} fois le bruit, sur {len(cases)} calculs et {len(draws)} publications",
        caught=", ".join(FAULTS),
    )

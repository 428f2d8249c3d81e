"""A7: cells of nought, one or two households: not read, and no number that appears says which it was."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, exp
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from scipy.stats import beta

from service.domain.figures import LEAST_DEVIATIONS, LEAST_SHOWN, Figure
from service.domain.loss import epsilon
from service.domain.products import DELTA, PRODUCTS
from service.domain.taxonomy import categories
from service.journey.ports import Ports
from service.journey.trends import trends
from service.journey.trends.press import Noise
from service.journey.trends.snapshots import read_snapshots
from tests.privacy.city import JULY, QUARTER, City, press_of
from tests.privacy.conftest import Report

pytestmark = [pytest.mark.services, pytest.mark.privacy, pytest.mark.usefixtures("within")]

MOST_SHOWN = 0.02  # of the cells that hold two households at most
NEVER_BEYOND = 6.5  # deviations: no small cell looks like more than that, one chance in ten thousand million each
SURE = 0.001  # of being wrong, each bound

Shows = Callable[[int, int, float], bool]  # what was drawn, what was true, the deviation


def shown(drawn: int, _exact: int, sigma: float) -> bool:
    """Say whether the service shows a cell."""
    return Figure(drawn, sigma).is_shown


FAULTS: dict[str, Shows] = {
    "seuil décidé sur le vrai nombre": lambda _drawn, exact, _sigma: exact >= LEAST_SHOWN,
    "seuil de 10 sans regarder le bruit": lambda drawn, _exact, _sigma: drawn >= LEAST_SHOWN,
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A planted cell: what it holds, and the deviation of its table."""

    exact: int
    sigma: float


def sow(city: City) -> None:
    """Let nought, one or two households a subject write, in every member and type of area."""
    messages = []
    for rank, slug in enumerate(city.members):
        homes = city.build(slug, ("qpv", "urbain", "periurbain", "rural")[rank % 4], 80)
        for place, subject in enumerate(categories()):
            if (place + rank) % 7 == 0:
                messages += [(slug, homes[place + extra], subject, JULY) for extra in range(1 + place % 2)]
    city.write(messages)


def too_often_shown(cells: list[Cell], draws: list[list[int]], shows: Shows) -> list[str]:
    """Return what is wrong with what small cells show."""
    appeared = [
        (cell, value)
        for drawn in draws
        for cell, value in zip(cells, drawn, strict=True)
        if shows(value, cell.exact, cell.sigma)
    ]
    share = len(appeared) / (len(cells) * len(draws))
    faults = [f"{share:.3f} shown"] if share > MOST_SHOWN else []
    return faults + [
        f"{value} for {cell}" for cell, value in appeared if value > cell.exact + NEVER_BEYOND * cell.sigma
    ]


def redraw(noise: Noise, cells: Sequence[Cell], rounds: int) -> list[list[int]]:
    """Draw the cells anew so many times: those of one deviation in one vector, as a release does."""
    made = np.zeros((rounds, len(cells)), dtype=int)
    for sigma in {cell.sigma for cell in cells}:
        places = [place for place, cell in enumerate(cells) if cell.sigma == sigma]
        drawn = noise.draw([cells[place].exact for place in places] * rounds, sigma, 1, 1.0)
        made[:, places] = np.reshape(drawn, (rounds, len(places)))
    found: list[list[int]] = made.tolist()
    return found


def tells_apart(noise: Noise, shows: Shows, rounds: int) -> list[str]:
    """Return where one household more or less decides of what is shown beyond what the ledger allows."""
    found = []
    for sigma in sorted({product.sigma for product in PRODUCTS.values()}):
        loss = exp(epsilon(1 / (2 * sigma**2)))
        threshold = ceil(max(LEAST_SHOWN, LEAST_DEVIATIONS * sigma))
        for exact in (0, 1, LEAST_SHOWN - 1, threshold - 1):
            fewer, more = (
                sum(shows(value, count, sigma) for value in noise.draw([count] * rounds, sigma, 1, 1.0))
                for count in (exact, exact + 1)
            )
            if _at_least(more, rounds) > loss * _at_most(fewer, rounds) + DELTA:
                found.append(f"{exact} or {exact + 1} at {sigma:.1f}")
            if _at_least(rounds - fewer, rounds) > loss * _at_most(rounds - more, rounds) + DELTA:
                found.append(f"{exact + 1} or {exact} at {sigma:.1f}")
    return found


def _at_least(hits: int, rounds: int) -> float:
    return float(beta.ppf(SURE, hits, rounds - hits + 1)) if hits else 0.0


def _at_most(hits: int, rounds: int) -> float:
    return float(beta.ppf(1 - SURE, hits + 1, rounds - hits)) if hits < rounds else 1.0


def test_small_cells_are_not_read_and_no_household_decides_of_what_is_shown(
    city: City, app: Flask, ports: Ports, tmp_path: Path, full: bool, report: Report
) -> None:
    sow(city)
    press, heard = press_of(app, tmp_path)
    for month in QUARTER:
        trends.release(month, ports, press)
    cells, places = [], []
    for table, (one, (counts, _)) in enumerate(zip(read_snapshots(), heard.draws, strict=True)):
        for place, count in enumerate(counts):
            if count <= 2:
                cells.append(Cell(count, one.sigma))
                places.append((table, place))
    assert {0, 1, 2} == {cell.exact for cell in cells}
    assert len(cells) > 300
    draws = [[heard.draws[table][1][place] for table, place in places], *redraw(heard.inner, cells, 200 if full else 8)]
    rounds = 10_000 if full else 500
    assert too_often_shown(cells, draws, shown) == []
    assert tells_apart(heard.inner, shown, rounds) == []
    for name, fault in FAULTS.items():
        assert too_often_shown(cells, draws, fault) or tells_apart(heard.inner, fault, rounds), name
    share = sum(shown(value, 0, cell.sigma) for drawn in draws for cell, value in zip(cells, drawn, strict=True)) / (
        len(cells) * len(draws)
    )
    report(
        "A7",
        "moins de 2 cases sur 100 de 0, 1 ou 2 foyers laissent paraître un nombre",
        f"{100 * share:.1f} sur 100, pour {len(cells)} cases semées et {len(draws)} publications".replace(".", ","),
        caught=", ".join(FAULTS),
    )

"""A8: working hidden cells out again, from all that is published at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from numpy.typing import NDArray
from scipy.optimize import linprog

from service.domain.areas import AREAS
from service.domain.figures import LEAST_SHOWN, Figure, Rows
from service.domain.taxonomy import categories
from service.journey.ports import Ports
from service.journey.trends import trends
from service.journey.trends.published import read_published
from tests.privacy.city import JULY, QUARTER, City, press_of
from tests.privacy.conftest import Report

pytestmark = [pytest.mark.services, pytest.mark.privacy, pytest.mark.usefixtures("within")]

Numbers = NDArray[np.float64]
BOUND = 4.5  # deviations: where the attacker takes a published number to be wrong by no more
MORE_THAN_GUESSING = 0.05
PINNED = 1e-6


@dataclass(frozen=True)
class Known:
    """What an attacker holds of one table: least and most of each cell, of its rows and of its columns."""

    least: Numbers
    most: Numbers
    rows: tuple[Numbers, Numbers]
    columns: tuple[Numbers, Numbers]


def exact_with_threshold(cells: Numbers) -> Known:
    """Return what exact totals and exact cells from ten on tell: the rule that is no protection."""
    small = cells < LEAST_SHOWN
    return Known(
        np.where(small, 0, cells), np.where(small, LEAST_SHOWN - 1, cells),
        (cells.sum(1), cells.sum(1)), (cells.sum(0), cells.sum(0)),
    )  # fmt: skip


def as_published(rows: Rows, totals: Mapping[str, Figure]) -> Known:
    """Return what published tables tell, hidden cells read too: more than a reader is shown."""
    noisy = np.array([[one.noisy for one in row.values()] for row in rows.values()])
    sigma = np.array([[one.sigma for one in row.values()] for row in rows.values()])
    of_columns = np.array([one.noisy for one in totals.values()])
    away = BOUND * np.array([one.sigma for one in totals.values()])
    of_rows, beyond = noisy.sum(1), BOUND * np.sqrt((sigma**2).sum(1))
    return Known(
        np.maximum(noisy - BOUND * sigma, 0), np.maximum(noisy + BOUND * sigma, 0),
        (of_rows - beyond, of_rows + beyond), (of_columns - away, of_columns + away),
    )  # fmt: skip


def pinned(known: Known, hidden: Sequence[tuple[int, int]]) -> int:
    """Return how many hidden cells can have one value only, by linear programming."""
    height, width = known.least.shape
    by_row = np.kron(np.eye(height), np.ones(width))
    by_column = np.kron(np.ones(height), np.eye(width))
    sums = np.vstack([by_row, -by_row, by_column, -by_column])
    limits = np.concatenate([known.rows[1], -known.rows[0], known.columns[1], -known.columns[0]])
    bounds = np.column_stack([known.least.ravel(), known.most.ravel()])
    found = 0
    for row, column in hidden:
        ends = []
        for sign in (1, -1):
            aim = np.zeros(height * width)
            aim[row * width + column] = sign
            solved = linprog(aim, A_ub=sums, b_ub=limits, bounds=bounds, method="highs")
            assert solved.success, solved.message
            ends.append(sign * solved.fun)
        found += ends[1] - ends[0] < PINNED
    return found


def fitted(by_member: Numbers, by_area: Numbers, stock: Numbers) -> Numbers:
    """Return members by areas by subjects, fitted in turn to both tables from what is public: the dwellings."""
    joint = np.repeat(stock[:, :, None].astype(float), by_member.shape[1], axis=2)
    for _ in range(60):
        for axis, margin in ((1, by_member), (0, by_area)):
            sums = joint.sum(axis)
            joint *= np.expand_dims(np.divide(margin, sums, out=np.zeros_like(sums), where=sums > 0), axis)
    return joint


def hits(joint: Numbers, cube: Numbers) -> float:
    """Return how many of the cells that hold one or two households are found exactly."""
    small = (cube >= 1) & (cube <= 2)
    return float((np.rint(joint) == cube)[small].mean())


def guessed(cube: Numbers) -> float:
    """Return how many are found by who only knows how often each number occurs, and guesses so."""
    often = Counter(cube.ravel().astype(int).tolist())
    small = [often[1] / cube.size] * often[1] + [often[2] / cube.size] * often[2]
    return sum(small) / len(small)


def sow(city: City, each: int) -> Numbers:
    """Plant a quarter; return members by areas by subjects: how many households wrote."""
    chance, subjects = np.random.default_rng(26), list(categories())
    weights = chance.gamma(0.8, size=len(subjects))
    cube, messages = np.zeros((len(city.members), len(AREAS), len(subjects))), []
    for row, slug in enumerate(sorted(city.members)):
        for column, area in enumerate(AREAS):
            homes = city.build(slug, area, each * (1 + (row + column) % 3))
            wrote = chance.choice(len(homes), size=len(homes) // 2, replace=False)  # each once: no bound bites
            about = chance.choice(len(subjects), size=len(wrote), p=weights / weights.sum())
            for home, subject in zip(wrote, about, strict=True):
                cube[row, column, subject] += 1
                messages.append((slug, homes[home], subjects[subject], QUARTER[home % 3]))
    city.write(messages)
    return cube


def test_hidden_cells_are_not_worked_out(
    city: City, app: Flask, ports: Ports, tmp_path: Path, full: bool, report: Report
) -> None:
    cube = sow(city, 120)
    press, _ = press_of(app, tmp_path)
    for month in QUARTER:
        trends.release(month, ports, press)
    members, areas, totals = read_published().subjects(JULY)
    own = [slug for slug in members if slug in city.members]
    assert own == sorted(city.members)
    exact = cube.sum(1)
    hidden = [(row, column) for row, column in np.argwhere(exact < LEAST_SHOWN)][:: 1 if full else 24]

    assert pinned(as_published(members, totals), hidden) == 0
    control = exact_with_threshold(exact)
    every = [(row, column) for row, column in np.argwhere(exact < LEAST_SHOWN)]
    by_hand = pinned(control, every if full else _alone(exact))
    assert by_hand > 0

    stock = np.array([[len(city.homes[slug, area]) for area in areas] for slug in own])
    of_members = np.array([[max(one.noisy, 0) for one in row.values()] for row in members.values()])
    of_areas = np.array([[max(one.noisy, 0) for one in row.values()] for row in areas.values()])
    places = [list(AREAS).index(area) for area in areas]
    cube = cube[:, places]
    found, by_chance = hits(fitted(of_members, of_areas, stock), cube), guessed(cube)
    of_exact = hits(fitted(exact, cube.sum(0), stock), cube)
    assert found <= by_chance + MORE_THAN_GUESSING
    assert of_exact > by_chance + MORE_THAN_GUESSING
    report(
        "A8",
        "aucune case retrouvée à coup sûr ; les cases de 1 ou 2 pas mieux trouvées qu'en devinant, à 5 points près",
        f"0 sur {len(hidden)} ; {100 * found:.0f} sur 100, contre {100 * by_chance:.0f} en devinant",
        caught=f"tableaux exacts où l'on cache moins de 10 : {by_hand} cases retrouvées à coup sûr, "
        f"{100 * of_exact:.0f} sur 100 par ajustement",
    )


def _alone(exact: Numbers) -> list[tuple[int, int]]:
    """Return the hidden cells that stand alone in their row or column, or nearly: the first that an attacker tries."""
    small = exact < LEAST_SHOWN
    return [(row, column) for row, column in np.argwhere(small) if small[:, column].sum() <= 2][:10]

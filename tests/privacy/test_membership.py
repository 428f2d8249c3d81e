"""A1: is this household in this table? The best attacker knows all others, and is no better than the ledger says."""

from collections.abc import Sequence
from math import sqrt
from uuid import UUID, uuid4

import numpy as np
import pytest

from service.domain.periods import instants_of, months_before
from service.domain.products import PRODUCTS
from service.domain.taxonomy import categories
from service.embedded.postgres import EmbeddedPostgres
from service.journey.ports import Ports
from service.journey.trends import bounding
from service.settings import Settings
from tests.privacy.conftest import Report
from tests.privacy.laboratory import Laboratory
from tests.privacy.measures import Numbers, Told, tell
from tests.privacy.membership import (
    NOISE,
    QUARTER_END,
    Draw,
    Table,
    Worlds,
    both,
    real,
    statistics,
    subjects_of_every_family,
)
from tests.town import Message
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.privacy]

PRODUCT = PRODUCTS["Q2"]  # the one whose single table costs most
TABLE: Table = (PRODUCT, months_before(QUARTER_END, 2))
CLAIM = sqrt(2 * PRODUCT.rho)


@pytest.fixture
def laboratory(postgres: EmbeddedPostgres, settings: Settings, ports: Ports, world: World) -> Laboratory:
    return Laboratory(postgres, settings, ports, world.first.id)


def written(subjects: Sequence[str]) -> list[Message]:
    start = instants_of(QUARTER_END, "month")[0]
    return [Message(uuid4(), UUID(int=0), start, subject) for subject in subjects]


@pytest.fixture
def worlds(laboratory: Laboratory) -> Worlds:
    """One household more: in a cell that is empty without it, in one of three households, in one of forty."""
    found = both(laboratory.copy, written(subjects_of_every_family()[: PRODUCT.most]), [PRODUCT.code])
    before = sorted(found.without[TABLE][key] for key in found.moved(TABLE))
    assert before == [0, 3, 19, 40]
    return found


def scaled(by: float) -> Draw:
    """Return a way of drawing with a noise that many times as large as charged for."""
    return lambda counts, sigma, cells, rho: NOISE.draw(counts, sigma * by, cells, rho / by**2)


def seeded(counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
    assert cells
    assert rho
    noise = np.random.default_rng(2026).normal(0, sigma, len(counts)).round().astype(int)
    return [count + int(extra) for count, extra in zip(counts, noise, strict=True)]


def attack(worlds: Worlds, draw: Draw, runs: int, *, whole: bool = False) -> Told:
    return tell(*statistics(worlds, TABLE, runs, draw, whole=whole))


def without_cap(laboratory: Laboratory) -> Told:
    """M2: a household that writes about everything, in a statement that holds nobody back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounding, "_BOUNDED", bounding._BOUNDED.replace("where place <= room", "where true"))
        return attack(both(laboratory.copy, written(list(categories())), [PRODUCT.code]), real, 1_500)


def without_empty_cells(worlds: Worlds, runs: int = 2000) -> Told:
    """M3: a table that leaves out what nobody wrote about; whether the line is there tells all."""
    (key,) = (key for key in worlds.moved(TABLE) if worlds.without[TABLE][key] == 0)

    def lines(world: dict[str, int]) -> Numbers:
        published = [list({one: n for one, n in world.items() if n}) for _ in range(runs)]
        return np.array([float(key in one) for one in published])

    return tell(lines(worlds.without[TABLE]), lines(worlds.having[TABLE]))


def refreshed(worlds: Worlds, times: int = 6, runs: int = 2_500) -> Told:
    """M4: the same table drawn anew at each look, and averaged."""
    one, other = statistics(worlds, TABLE, runs * times, real)
    return tell(one.reshape(-1, times).mean(axis=1), other.reshape(-1, times).mean(axis=1))


def test_nobody_tells_better_than_claimed_whether_a_household_is_in_a_table(
    worlds: Worlds, report: Report, full: bool
) -> None:
    # The cells that it does not move tell nothing: the fast lane draws the others only.
    told = attack(worlds, real, 20_000 if full else 5_000, whole=full)
    assert told.low <= CLAIM <= told.high  # neither a leak nor an attack that sees nothing
    assert told.accuracy <= 0.58
    report(
        "A1", f"mu de {CLAIM:.3f} au plus".replace(".", ","),
        f"mu entre {told.low:.3f} et {told.high:.3f}, {told.accuracy:.1%} de bonnes réponses".replace(".", ","),
        caught="", detail=f"{2 * told.runs} tirages jugés, bornes à 99,9 %",
    )  # fmt: skip


def test_a_mechanism_that_protects_less_than_claimed_is_found(
    laboratory: Laboratory, worlds: Worlds, report: Report, full: bool
) -> None:
    found = {
        "bruit divisé par deux": attack(worlds, scaled(0.5), 8_000),
        "borne retirée": without_cap(laboratory),
        "cases vides omises": without_empty_cells(worlds),
        "six tirages moyennés": refreshed(worlds),
        "bruit semé d'avance": attack(worlds, seeded, 1_000, whole=True),
    }
    if full:  # nearer to what is right, and so longer to see
        found["bruit de 26 % trop petit"] = attack(worlds, scaled(0.74), 60_000)
        found["bruit de 20 % trop petit"] = attack(worlds, scaled(0.8), 160_000)
        found["bruit de 10 % trop petit"] = attack(worlds, scaled(0.9), 600_000)
    assert [name for name, told in found.items() if told.low <= CLAIM] == []
    report("A1", "", "", caught=", ".join(found))

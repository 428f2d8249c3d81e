"""A2: is this household in this publication? All tables of a quarter's last month at once, at every bound."""

from math import sqrt

import numpy as np
import pytest

from service.domain.loss import best_guess
from service.domain.products import PRODUCTS
from service.embedded.postgres import EmbeddedPostgres
from service.journey.ports import Ports
from service.settings import Settings
from tests.privacy.conftest import Report
from tests.privacy.laboratory import Laboratory
from tests.privacy.measures import Numbers, bounds, tell
from tests.privacy.membership import NOISE, Draw, Worlds, both, real, statistics, storm
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.privacy]

MOST_RIGHT = 0.62  # of the answers of the best attacker
SURE = 3.3  # deviations: one chance in two thousand
RARE = 0.001  # of absent households taken for present


@pytest.fixture
def worlds(postgres: EmbeddedPostgres, settings: Settings, ports: Ports, world: World) -> Worlds:
    laboratory = Laboratory(postgres, settings, ports, world.first.id)
    return both(laboratory.copy, storm(), tuple(PRODUCTS))


def spent(worlds: Worlds) -> float:
    """Return what the household of these worlds loses to a whole publication, by the ledger."""
    return sum(len(worlds.moved(table)) / (2 * table[0].sigma ** 2) for table in worlds.having)


def attack(worlds: Worlds, runs: int, draw: Draw = real) -> tuple[Numbers, Numbers]:
    """Add up what each table tells: their noises are independent."""
    made = [statistics(worlds, table, runs, draw) for table in worlds.having]
    return sum((one for one, _ in made), np.zeros(runs)), sum((other for _, other in made), np.zeros(runs))


def smaller(by: float) -> Draw:
    return lambda counts, sigma, cells, rho: NOISE.draw(counts, sigma * by, cells, rho / by**2)


def test_the_household_weighs_as_much_as_it_may_in_every_product(worlds: Worlds) -> None:
    moved: dict[str, list[int]] = {}
    for table in worlds.having:
        moved.setdefault(table[0].code, []).append(len(worlds.moved(table)))
    for code, product in PRODUCTS.items():
        assert max(moved[code]) == product.most, code
        assert sum(moved[code]) <= product.cap, code


def test_nobody_tells_better_than_claimed_whether_a_household_is_in_a_publication(
    worlds: Worlds, report: Report, full: bool
) -> None:
    rho = spent(worlds)
    claim = sqrt(2 * rho)
    without, having = attack(worlds, 20_000 if full else 2_000)
    told = tell(without, having)
    assert told.low <= claim <= told.high
    assert best_guess(rho) <= MOST_RIGHT
    assert told.accuracy <= MOST_RIGHT + SURE / sqrt(8 * told.runs)  # what chance adds in so many guesses
    sure = caught_when_rarely_wrong(having, claim)
    assert bounds(sure, len(having))[0] <= 0.01
    part = 0.75 if full else 0.5
    spoilt = tell(*attack(worlds, 20_000 if full else 2_000, smaller(part)))
    assert spoilt.low > claim
    report(
        "A2", f"mu de {claim:.3f}, {best_guess(rho):.1%} de bonnes réponses au plus".replace(".", ","),
        f"mu entre {told.low:.3f} et {told.high:.3f}, {told.accuracy:.1%} de bonnes réponses, "
        f"{sure / len(having):.2%} de foyers trouvés pour un faux sur mille".replace(".", ","),
        caught=f"bruits de {1 - part:.0%} trop petits", detail=f"{2 * told.runs} publications jugées",
    )  # fmt: skip


def caught_when_rarely_wrong(having: Numbers, claim: float) -> int:
    """Return how many present households are found by who takes one absent household in a thousand for present.

    The statistic of an absent household has mean -mu²/2 and deviation mu: its threshold is known, not measured.
    """
    threshold = claim * (-claim / 2 + 3.0902)
    return int((having > threshold).sum())

"""How often a true rise is told, and how often one that is none: 200 imagined tables a figure, with fixed seeds.

The bounds are a little looser than what was measured; the table of what was measured is in service/domain/expected.py.
"""

from random import Random

import pytest

from service.domain.expected import YEARLY, find_spikes
from tests.rises import SIGMA, Made, calm, make

pytestmark = pytest.mark.slow
MONTH = YEARLY["month"]
_PAST, _TABLES, _TURNS = 24, 10, 20


def told(base: float, rise: float, spread: float, months: int) -> float:
    """Return how often a rise that begins after two years is told within so many months, among forty subjects."""
    chance, seen = Random(11), 0
    tables = [calm(chance, _PAST + months, 39, spread) for _ in range(_TABLES)]
    for turn in range(_TABLES * _TURNS):
        made = Made(base, spread, chance.uniform(0, 0.3), rise, months)
        table = tables[turn % _TABLES] | {"risen": make(chance, made, _PAST + months)}
        seen += any(
            spike.name == "risen"
            for month in range(1, months + 1)
            for spike in find_spikes({name: one[: _PAST + month] for name, one in table.items()}, SIGMA, MONTH)
        )
    return seen / (_TABLES * _TURNS)


@pytest.mark.parametrize(("spread", "least"), [(1.0, 0.92), (1.3, 0.86), (1.6, 0.78)])
def test_two_hundred_that_become_two_hundred_and_eighty_are_told_within_two_months(spread: float, least: float) -> None:
    assert told(200, 1.4, spread, months=2) >= least


@pytest.mark.parametrize(("base", "spread", "least"), [(600, 1.0, 0.68), (600, 1.6, 0.45), (1000, 1.0, 0.92)])
def test_one_fifth_more_of_a_large_subject_is_often_told_at_once(base: float, spread: float, least: float) -> None:
    assert told(base, 1.2, spread, months=1) >= least


def test_of_a_thousand_months_of_a_subject_about_one_is_told_falsely() -> None:
    """Forty subjects of 20 tables over a year: 9,600 counts judged, of tables whose subjects spread unlike."""
    chance, alarms = Random(3), 0
    for _ in range(20):
        table = calm(chance, _PAST + 12, 40)
        for month in range(1, 13):
            alarms += len(find_spikes({name: one[: _PAST + month] for name, one in table.items()}, SIGMA, MONTH))
    assert alarms <= 10

"""Words that rise: found when they triple, seldom said in vain, with the noise of the published figures."""

import math
from collections.abc import Callable, Sequence
from random import Random

import pytest

from service.domain.emerging import LEAST_HOUSEHOLDS, emerging
from service.domain.figures import Figure
from service.domain.products import PRODUCTS

SIGMA = PRODUCTS["TERMS"].sigma
TRIPLED = [f"tripled {number}" for number in range(30)]


def poisson(chance: Random, mean: float) -> int:
    """Draw a count (Knuth)."""
    bound, product, count = math.exp(-mean), chance.random(), 0
    while product > bound:
        product *= chance.random()
        count += 1
    return count


def published(chance: Random, means: dict[str, float]) -> dict[str, Figure]:
    """Return one month as it is published: households vary, and the noise is added."""
    return {term: Figure(poisson(chance, mean) + round(chance.gauss(0, SIGMA)), SIGMA) for term, mean in means.items()}


def simulate(seed: int, months: int, terms: int, rises: Callable[[int], float]) -> tuple[float, float]:
    """Return the share of tripled words that are found, and how many others are said to rise in a month."""
    chance, found, in_vain, times = Random(seed), 0, 0, 20
    for _ in range(times):
        usual = dict.fromkeys(TRIPLED, 20.0)
        usual |= {f"quiet {number}": min(100.0, chance.lognormvariate(1.6, 1.1)) for number in range(terms)}
        swing = {term: 0.3 if chance.random() < 0.25 and term not in TRIPLED else 0.0 for term in usual}
        phase = {term: chance.uniform(0, 2 * math.pi) for term in usual}
        history = [
            published(
                chance,
                {
                    term: mean * math.exp(swing[term] * math.cos(2 * math.pi * month / 12 + phase[term]))
                    for term, mean in usual.items()
                }
                | ({term: 20 * rises(month) for term in TRIPLED} if month == months - 1 else {}),
            )
            for month in range(months)
        ]
        said = {rise.term for rise in emerging(history)}
        found += len(said & set(TRIPLED))
        in_vain += len(said - set(TRIPLED))
    return found / (times * len(TRIPLED)), in_vain / times


@pytest.mark.parametrize("months", [12, 24])
@pytest.mark.parametrize("terms", [300, 420])
def test_a_word_that_triples_is_found_three_times_in_four(months: int, terms: int) -> None:
    recall, in_vain = simulate(7, months, terms, lambda _: 3.0)
    assert recall >= 0.75
    assert in_vain <= 1.5


def test_a_word_that_does_not_rise_is_hardly_ever_said_to() -> None:
    recall, in_vain = simulate(11, 12, 300, lambda _: 1.0)
    assert recall <= 0.01
    assert in_vain <= 1.5


def flat(*values: float, sigma: float = 8.0, term: str = "gale") -> list[dict[str, Figure]]:
    return [{term: Figure(value, sigma)} for value in values]


def terms_of(history: Sequence[dict[str, Figure]]) -> list[str]:
    return [rise.term for rise in emerging(history)]


def test_nothing_is_said_before_three_past_months() -> None:
    assert emerging([]) == []
    assert terms_of(flat(20, 20, 90)) == []
    assert terms_of(flat(20, 20, 20, 90)) == ["gale"]


def test_small_numbers_are_never_said_however_clear_they_are() -> None:
    assert terms_of(flat(0, 0, 0, 0, LEAST_HOUSEHOLDS - 1, sigma=1.0)) == []
    assert terms_of(flat(0, 0, 0, 0, LEAST_HOUSEHOLDS, sigma=1.0)) == ["gale"]


def test_the_noise_counts_on_both_sides() -> None:
    # 60 against 25: clear of the chance of counting, not clear of the noise.
    assert terms_of(flat(25, 25, 25, 25, 60, sigma=1.0)) == ["gale"]
    assert terms_of(flat(25, 25, 25, 25, 60, sigma=12.0)) == []


def test_a_large_figure_must_grow_by_half() -> None:
    assert terms_of(flat(900, 900, 900, 900, 1200)) == []
    assert terms_of(flat(900, 900, 900, 900, 1400)) == ["gale"]


def test_what_comes_back_every_year_is_not_said_to_rise() -> None:
    year = [60, 62, 60, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 61]
    assert terms_of(flat(*year[3:])) == ["gale"]
    assert terms_of(flat(*year)) == []


def test_a_month_that_is_not_shown_and_a_word_that_joined_late_are_left_out() -> None:
    history = flat(20, 20, 20, 20, 90)
    history[1] = {}
    assert terms_of(history) == ["gale"]
    history[2] = {}
    assert terms_of(history) == []


def test_the_clearest_comes_first_with_what_was_usual() -> None:
    history = [{"gale": Figure(20, 8), "grele": Figure(-4, 8)} for _ in range(4)]
    history.append({"gale": Figure(80, 8), "grele": Figure(90, 8)})
    one, other = emerging(history)
    assert (one.term, one.value, one.usual) == ("grele", 90, 0)
    assert (other.term, other.value, other.usual, other.margin) == ("gale", 80, 20, 16)
    assert one.z > other.z > 3

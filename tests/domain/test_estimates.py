"""Sums, shares, means and quantiles of noisy figures, each within the margin that is said of it."""

from math import inf, isinf, sqrt
from random import Random
from statistics import mean as average
from statistics import stdev

import pytest

from service.domain.estimates import Estimate, clearness, mean, part_of, quantile, rate, share, total
from service.domain.figures import Figure
from service.domain.products import DELAY_BINS, SCORES


def noisy(chance: Random, counts: list[int], sigma: float) -> list[Figure]:
    return [Figure(count + chance.gauss(0, sigma), sigma) for count in counts]


def test_noises_of_a_sum_add_as_squares() -> None:
    assert total([Figure(10, 3), Figure(-2, 4)]) == Figure(8, 5)


def test_a_rate_is_of_a_thousand_dwellings_and_only_of_what_is_shown() -> None:
    found = rate(Figure(500, 10), 20_000)
    assert found
    assert (found.value, found.deviation) == (25, 0.5)
    assert rate(Figure(20, 10), 20_000) is None
    assert rate(Figure(500, 10), 0) is None


def test_the_deviation_of_a_share_is_the_one_that_is_measured() -> None:
    chance, found = Random(1), []
    for _ in range(4000):
        kept, broken = noisy(chance, [800, 200], 20)
        one = share(kept, broken)
        assert one
        found.append(one)
    assert average(one.value for one in found) == pytest.approx(0.8, abs=0.002)
    assert stdev(one.value for one in found) == pytest.approx(average(one.deviation for one in found), rel=0.05)


def test_a_share_whose_part_is_not_shown_is_not_shown() -> None:
    assert share(Figure(20, 10), Figure(2000, 10)) is None
    assert part_of(Figure(20, 10), Figure(2000, 10)) is None
    assert part_of(Figure(200, 10), Figure(20, 10)) is None


def test_a_share_is_never_above_the_whole() -> None:
    found = share(Figure(100, 10), Figure(-15, 10))
    assert found
    assert found.value == 1


def test_the_mean_note_and_its_deviation_are_those_that_are_measured() -> None:
    chance, found = Random(2), []
    counts = [40, 10, 20, 20, 30, 60, 70, 140, 240, 200, 170]
    truth = sum(score * count for score, count in zip(SCORES, counts, strict=True)) / sum(counts)
    for _ in range(3000):
        one = mean(SCORES, noisy(chance, counts, 11))
        assert one
        found.append(one)
    assert average(one.value for one in found) == pytest.approx(truth, abs=0.02)
    assert stdev(one.value for one in found) == pytest.approx(average(one.deviation for one in found), rel=0.08)


def test_the_middle_delay_lies_within_its_bounds_nineteen_times_in_twenty() -> None:
    chance = Random(3)
    counts = [20, 30, 40, 80, 100, 120, 140, 160, 120, 100, 50, 30, 10]
    exact = quantile(DELAY_BINS, [Figure(count, 1e-9) for count in counts], 0.5)
    assert exact
    assert exact.value == pytest.approx(10 + 5 * (500 - 390) / 140 - 0.5)
    inside = 0
    for _ in range(2000):
        found = quantile(DELAY_BINS, noisy(chance, counts, 13), 0.5)
        assert found
        inside += found.least <= exact.value <= found.most
    assert 0.92 <= inside / 2000 <= 0.98


def test_a_quantile_in_the_last_bin_has_no_end() -> None:
    found = quantile((0, 90), [Figure(100, 1), Figure(900, 1)], 0.9)
    assert found
    assert isinf(found.value)
    assert found.most == inf


def test_a_quantile_that_the_noise_cannot_place_is_not_given() -> None:
    assert quantile((0, 5, 10), [Figure(30, 40), Figure(120, 40), Figure(30, 40)], 0.9) is None
    assert quantile((0, 5, 10), [Figure(3, 1), Figure(2, 1), Figure(1, 1)], 0.5) is None


def test_whole_days_are_said_as_days() -> None:
    """All in the bin of the third and fourth day: half of them waited three days and a half, not four."""
    found = quantile((0, 3, 5), [Figure(0, 0.1), Figure(1000, 0.1), Figure(0, 0.1)], 0.5)
    assert found
    assert found.value == pytest.approx(3.5)


def test_two_counts_are_compared_with_their_noise_and_their_chance() -> None:
    now, before = Estimate(460, 10, sqrt(460)), Estimate(340, 10, sqrt(340))
    assert clearness(now, before) == pytest.approx(120 / sqrt(200 + 800))
    assert clearness(before, now) == -clearness(now, before)
    assert clearness(now, before, 4) == pytest.approx(120 / sqrt(200 + 3200))


def test_a_part_drawn_apart_is_never_above_its_whole_and_is_not_said_on_noise() -> None:
    found = part_of(Figure(170, 20), Figure(150, 10))
    assert found
    assert found.value == 1
    assert part_of(Figure(51, 20), Figure(30, 12)) is None  # 170 %, give or take 122 points


def test_a_mean_that_the_noise_may_move_by_more_than_a_point_is_not_said() -> None:
    assert mean(SCORES, [Figure(0, 11)] * 10 + [Figure(100, 11)]) is None


def test_a_mean_lies_within_its_scale() -> None:
    found = mean(SCORES, [Figure(-20, 2), *[Figure(0, 2)] * 9, Figure(1000, 2)])
    assert found
    assert found.value == 10

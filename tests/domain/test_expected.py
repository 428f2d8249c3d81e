"""What is expected of a count, and what stands above it: as the reference computes it, and how often it is wrong."""

from math import cos, exp, pi, sqrt
from random import Random

import numpy as np
import pytest

from service.domain.expected import YEARLY, band, dispersion, find_spikes, judge
from service.domain.regression import fit_counts

MONTH, WEEK = YEARLY["month"], YEARLY["week"]
SIGMA = 7.5


def counts(
    chance: Random, base: float, length: int, *, season: float = MONTH, wave: float = 0.3, spread: float = 1.5
) -> list[float]:
    """Return counts around a yearly wave: households that write together, and the published noise."""
    turn, made = chance.uniform(0, 2 * pi), []
    for place in range(length):
        expected = base * exp(wave * cos(2 * pi * place / season + turn))
        made.append(float(round(chance.gauss(expected, sqrt(spread * expected + SIGMA**2)))))
    return made


def reference(series: list[float], sigma: float, season: float, spread: float) -> np.ndarray:
    """Return the coefficients of the same regression by Newton steps on matrices, no count being a peak."""
    place = np.arange(len(series))
    rows = np.column_stack(
        [
            np.ones(len(series)),
            (place - len(series)) / season,
            np.cos(2 * pi * place / season),
            np.sin(2 * pi * place / season),
        ]
    )
    held = np.diag([0, 1 / 0.15**2, 1 / 0.5**2, 1 / 0.5**2])
    found = np.array([np.log(np.mean(series)), 0, 0, 0])
    for _ in range(30):
        expected = np.exp(rows @ found)
        weight = expected**2 / (spread * expected + sigma**2)
        work = rows @ found + (np.array(series) - expected) / expected
        found = np.linalg.solve(rows.T @ (rows * weight[:, None]) + held, rows.T @ (weight * work))
    return found


def test_the_regression_is_the_one_that_numpy_solves() -> None:
    series = [round(300 * exp(0.3 * cos(2 * pi * place / 12) + 0.1 * place / 12), 0) for place in range(24)]
    fit = fit_counts(tuple(series), SIGMA, MONTH)
    assert fit.dispersion == 1
    assert fit.coefficients == pytest.approx(tuple(reference(series, SIGMA, MONTH, fit.dispersion)), abs=1e-6)


def test_what_was_not_published_is_left_out_of_the_past() -> None:
    series = counts(Random(1), 300, 24)
    gap: list[float | None] = [*series]
    gap[5] = gap[11] = None
    known, _ = fit_counts(tuple(series), SIGMA, MONTH).expect(24)
    found, deviation = fit_counts(tuple(gap), SIGMA, MONTH).expect(24)
    assert found == pytest.approx(known, abs=3 * deviation)
    assert judge((*gap, None), SIGMA, MONTH) is None


def test_a_past_peak_hardly_raises_what_is_expected() -> None:
    series = [300.0 + 10 * (-1) ** place for place in range(24)]
    peaked = [*series]
    peaked[12] = 1200.0
    plain, with_peak = judge((*series, 300.0), SIGMA, MONTH), judge((*peaked, 300.0), SIGMA, MONTH)
    assert plain
    assert with_peak
    assert with_peak.expected < plain.expected * 1.06


def test_the_noise_widens_the_band() -> None:
    series = tuple(counts(Random(4), 60, 24))
    narrow, wide = judge((*series, 60.0), 1.0, MONTH), judge((*series, 60.0), 30.0, MONTH)
    assert narrow
    assert wide
    assert wide.most > narrow.most


def test_a_steep_rise_is_seen_with_its_beginning() -> None:
    series = {f"calm-{place}": tuple(counts(Random(place), 200, 25)) for place in range(20)}
    risen = counts(Random(99), 200, 25, wave=0)
    risen[-1] = risen[-2] = 520.0
    (spike,) = find_spikes(series | {"risen": tuple(risen)}, SIGMA, MONTH)
    assert spike.name == "risen"
    assert spike.periods == 2
    assert spike.judgement.least < 200 < spike.judgement.most < 520


def test_a_handful_is_never_above() -> None:
    judged = judge((*(0.0 for _ in range(24)), 4.0), 0.1, MONTH)
    assert judged
    assert not judged.is_above


def test_months_wait_for_a_year_and_weeks_for_nine() -> None:
    assert judge((*(100.0 for _ in range(11)), 500.0), SIGMA, MONTH) is None
    assert judge((*(100.0 for _ in range(12)), 500.0), SIGMA, MONTH)
    assert judge((*(100.0 for _ in range(8)), 500.0), SIGMA, WEEK) is None
    assert judge((*(100.0 for _ in range(9)), 500.0), SIGMA, WEEK)


def test_in_the_first_year_a_week_is_above_only_twice_in_a_row() -> None:
    calm = [100.0, 104.0, 96.0, 101.0, 99.0, 103.0, 97.0, 100.0, 102.0, 98.0]
    assert find_spikes({"one": (*calm, 400.0)}, SIGMA, WEEK) == []
    (spike,) = find_spikes({"one": (*calm, 400.0, 390.0)}, SIGMA, WEEK)
    assert spike.periods == 2


def test_the_band_ends_where_the_judgement_stands() -> None:
    series = tuple(counts(Random(7), 300, 25))
    judged, drawn = judge(series, SIGMA, MONTH), band(series, SIGMA, MONTH)
    assert judged
    assert drawn[-1] == (judged.least, judged.most)
    assert len(drawn) == 25
    assert band(series[:10], SIGMA, MONTH) == [None] * 10


def test_counts_that_move_together_are_known_to_spread() -> None:
    assert dispersion(tuple(counts(Random(8), 400, 24, spread=1)), SIGMA, MONTH) < 2.5
    assert dispersion(tuple(counts(Random(8), 400, 24, spread=12)), SIGMA, MONTH) > 4
    assert dispersion((100.0,) * 12, SIGMA, MONTH) == 1


@pytest.mark.slow
@pytest.mark.parametrize("length", [13, 25])
def test_false_alarms_are_one_in_a_thousand_at_the_most(length: int) -> None:
    """Forty subjects over 60 networks in which nothing rises: 2,400 counts judged."""
    chance, alarms = Random(length), 0
    for _ in range(60):
        bases = [exp(chance.uniform(3, 6.8)) for _ in range(40)]
        series = {str(name): tuple(counts(chance, base, length)) for name, base in enumerate(bases)}
        alarms += len(find_spikes(series, SIGMA, MONTH))
    assert alarms <= 5  # 2.4 are expected of one in a thousand


@pytest.mark.slow
@pytest.mark.parametrize(("base", "times", "least"), [(200, 1.6, 0.5), (600, 1.4, 0.4), (200, 2.0, 0.9)])
def test_a_true_rise_is_often_seen_in_its_first_month(base: float, times: float, least: float) -> None:
    chance, seen = Random(5), 0
    calm = {f"calm-{place}": tuple(counts(chance, 150, 25)) for place in range(39)}
    for _ in range(100):
        risen = counts(chance, base, 24)
        risen.append(times * counts(chance, base, 1, wave=0)[0])
        seen += any(one.name == "risen" for one in find_spikes(calm | {"risen": tuple(risen)}, SIGMA, MONTH))
    assert seen / 100 >= least

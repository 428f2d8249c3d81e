"""What the series of one table say together: their dispersion and their drift, and which of them stand apart."""

from math import exp, sqrt
from random import Random

import pytest

from service.domain.expected import YEARLY, find_spikes, judge
from service.domain.regression import fit_counts
from service.domain.usual import ALONE, Usual, fit_usual, learn
from tests.rises import SIGMA, Made, calm, make

MONTH = YEARLY["month"]


def test_few_series_have_nothing_in_common() -> None:
    table = [make(Random(place), Made(200), 24) for place in range(7)]
    assert learn(table, SIGMA, MONTH) == ALONE
    assert learn([*table, table[0]], SIGMA, MONTH) != ALONE


@pytest.mark.parametrize("spread", [1.0, 1.6, 3.0])
def test_the_usual_dispersion_is_that_of_most_series_and_not_of_those_with_outages(spread: float) -> None:
    table = [make(Random(place), Made(200, spread=spread), 36) for place in range(40)]
    table[:16] = [make(Random(place), Made(200, spread=20), 36) for place in range(16)]
    assert learn(table, SIGMA, MONTH).spread == pytest.approx(spread, rel=0.15)


def test_the_usual_drift_is_as_wide_as_the_trends_of_the_table() -> None:
    flat = [make(Random(place), Made(300), 24) for place in range(40)]
    moving = [
        tuple((count or 0.0) * exp(0.2 * (-1) ** number * place / 12) for place, count in enumerate(series))
        for number, series in enumerate(flat)
    ]
    assert learn(flat, SIGMA, MONTH).drift <= 0.02
    assert learn(moving, SIGMA, MONTH).drift == 0.15


def test_a_series_is_judged_with_the_dispersion_of_all_unless_its_own_is_clearly_wider() -> None:
    usual, series = Usual(1.3, 0.02, 40.0), make(Random(3), Made(200, spread=1.3), 24)
    own = fit_counts(series, SIGMA, MONTH, 0.02)
    drawn = fit_usual(series, SIGMA, MONTH, usual)
    assert abs(drawn.dispersion - 1.3) < abs(own.spread - 1.3)
    assert drawn.freedom == own.freedom + 40
    wide = make(Random(3), Made(200, spread=20), 24)
    assert fit_usual(wide, SIGMA, MONTH, usual) == fit_counts(wide, SIGMA, MONTH, 0.02)
    assert fit_usual(wide, SIGMA, MONTH, usual).dispersion > 5


def test_a_count_is_expected_with_the_variance_of_chance_of_the_noise_and_of_the_estimate() -> None:
    fit = fit_counts((100.0,) * 24, 30.0, MONTH)
    expected, deviation = fit.expect(24)
    _, _, unsure = fit.parts(24)
    assert expected == pytest.approx(100)
    assert deviation == pytest.approx(sqrt(fit.dispersion * 100 + 30**2 + unsure))
    assert fit.dispersion == 1
    assert 0 < unsure < 1000


def test_the_noise_alone_may_hide_a_count() -> None:
    """The past happens to be smooth, so that nothing but the known noise widens the band."""
    past = (100.0,) * 24
    quiet, loud = judge((*past, 160.0), 1.0, MONTH), judge((*past, 160.0), 30.0, MONTH)
    assert quiet
    assert quiet.is_above
    assert loud
    assert not loud.is_above
    assert loud.chance > 10 * quiet.chance


def test_one_count_that_is_rare_alone_is_not_among_forty() -> None:
    """Above its band and rarer than one in a hundred: of forty series, one such is usual, and nothing is said."""
    risen = (*make(Random(5), Made(200, wave=0), 24), 245.0)
    table = calm(Random(1), 25, 39) | {"risen": risen}
    judged = judge(risen, SIGMA, MONTH, learn([one[:-1] for one in table.values()], SIGMA, MONTH))
    assert judged
    assert judged.is_above
    assert 0.03 / 40 < judged.chance < 0.01
    assert find_spikes(table, SIGMA, MONTH) == []
    assert [spike.name for spike in find_spikes({"risen": risen, "other": table["calm-0"]}, SIGMA, MONTH)] == ["risen"]


def test_a_rise_of_two_months_is_told_where_each_alone_would_not_be() -> None:
    past = make(Random(5), Made(200, wave=0), 24)
    table = calm(Random(1), 26, 39)
    assert find_spikes(table | {"risen": (*past, 250.0, 200.0)}, SIGMA, MONTH) == []
    (spike,) = find_spikes(table | {"risen": (*past, 250.0, 250.0)}, SIGMA, MONTH)
    assert spike.name == "risen"
    assert (spike.periods, spike.left_out) == (2, 2)
    assert spike.judgement.value > spike.judgement.most


def test_what_was_as_high_in_the_same_season_is_not_told() -> None:
    """Rents are written about twice a year, which no yearly wave draws."""
    first = [166.0, 191, 454, 206, 180, 238, 193, 192, 208, 190, 207, 440]
    second = [226.0, 208, 420, 202, 196, 218, 202, 199, 178, 176, 210]
    table = calm(Random(1), 24, 39)
    assert find_spikes(table | {"rent": (*first, *second, 440.0)}, SIGMA, MONTH) == []
    (spike,) = find_spikes(table | {"rent": (*first[:-1], 210.0, *second, 440.0)}, SIGMA, MONTH)
    assert spike.name == "rent"

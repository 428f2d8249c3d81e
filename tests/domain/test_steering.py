"""The periods that figures are compared over, and what figures are made of."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from service.domain.errors import BadInput
from service.domain.steering import (
    Period,
    check_period,
    is_well_above,
    part,
    per_thousand,
    percentile,
    read_narrowing,
    usual_periods,
    write_narrowing,
)

TODAY = date(2026, 11, 25)


def period(since: str, until: str) -> Period:
    return Period(date.fromisoformat(since), date.fromisoformat(until))


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        (("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")),  # a month and the one before, whole
        (("2026-11-01", "2026-11-25"), ("2026-10-01", "2026-10-25")),  # what is over of this one, and as much before
        (("2026-07-01", "2026-09-30"), ("2026-04-01", "2026-06-30")),
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        (("2026-11-10", "2026-11-19"), ("2026-10-31", "2026-11-09")),  # days that are no month
    ],
)
def test_a_period_is_compared_with_as_much_before(asked: tuple[str, str], before: tuple[str, str]) -> None:
    assert period(*asked).before() == period(*before)


def test_a_period_is_compared_with_the_same_days_a_year_before() -> None:
    assert period("2026-10-01", "2026-10-31").year_before() == period("2025-10-01", "2025-10-31")
    assert period("2024-02-01", "2024-02-29").year_before() == period("2023-02-01", "2023-02-28")


def test_the_usual_periods_are_those_of_the_calendar() -> None:
    found = {word: one for word, (_, one) in usual_periods(TODAY).items()}
    assert found["mois"] == period("2026-11-01", "2026-11-25")
    assert found["mois-dernier"] == period("2026-10-01", "2026-10-31")
    assert found["trimestre"] == period("2026-10-01", "2026-11-25")
    assert found["trimestre-dernier"] == period("2026-07-01", "2026-09-30")
    assert found["12-mois"] == period("2025-11-26", "2026-11-25")


@pytest.mark.parametrize("days", [("2026-11-03", "2026-11-25"), ("2025-11-26", "2026-11-25"), ("2026-11-25",) * 2])
def test_a_curve_covers_each_day_once(days: tuple[str, str]) -> None:
    whole = period(*days)
    parts = whole.cut_up()
    assert (parts[0].since, parts[-1].until) == (whole.since, whole.until)
    assert all((after.since - before.until).days == 1 for before, after in pairwise(parts))
    assert sum(part.days for part in parts) == whole.days


def test_no_period_ends_before_it_begins_nor_lasts_for_ever() -> None:
    for since, until in (("2026-11-02", "2026-11-01"), ("2020-01-01", "2026-11-01")):
        with pytest.raises(BadInput):
            check_period(date.fromisoformat(since), date.fromisoformat(until))


def test_percentiles_are_those_of_the_sorted_cases() -> None:
    histogram = {0: 3, 2: 4, 10: 3}  # 0 0 0 2 2 2 2 10 10 10
    assert [percentile(histogram, share) for share in (0.1, 0.3, 0.5, 0.7, 0.9)] == [0, 0, 2, 2, 10]
    assert percentile({}, 0.5) is None


def test_shares_are_rounded_and_are_nothing_of_nothing() -> None:
    assert (part(1, 3), part(0, 4), part(0, 0)) == (Decimal("33.3"), Decimal("0.0"), None)
    assert (per_thousand(5, 400), per_thousand(5, 0)) == (Decimal("12.5"), None)


def test_well_above_what_is_usual_needs_enough_cases_and_twice_as_many() -> None:
    assert is_well_above(6, 8, 4)
    assert not is_well_above(6, 16, 4)
    assert not is_well_above(4, 0, 4)


def test_a_narrowing_survives_the_address_and_nonsense_is_refused() -> None:
    narrowing = {"sujet": "chauffage", "equipe": "aucun"}
    assert read_narrowing(write_narrowing(narrowing)) == narrowing
    assert read_narrowing("") == read_narrowing(None) == {}
    for nonsense in ("sujet", "=x", "sujet="):
        with pytest.raises(BadInput):
            read_narrowing(nonsense)

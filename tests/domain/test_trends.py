"""Closed months, small figures hidden, members' counts added up."""

from datetime import date, timedelta

import pytest

from service.domain.trends import (
    MIN_DWELLINGS,
    add_up,
    hide_small,
    hide_small_share,
    last_publishable_month,
    month_start,
    next_month,
    previous_month,
)


@pytest.mark.parametrize(
    ("day", "before", "start", "after"),
    [
        (date(2026, 1, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)),
        (date(2026, 1, 31), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)),
        (date(2028, 2, 29), date(2028, 1, 1), date(2028, 2, 1), date(2028, 3, 1)),
        (date(2026, 12, 31), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_the_months_around_a_day(day: date, before: date, start: date, after: date) -> None:
    assert (previous_month(day), month_start(day), next_month(day)) == (before, start, after)


def test_every_day_of_ten_years_is_in_one_month_and_one_only() -> None:
    for number in range(3653):
        day = date(2024, 1, 1) + timedelta(days=number)
        assert month_start(day) <= day < next_month(day)
        assert next_month(previous_month(day)) == month_start(day)


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 11, 4), date(2026, 9, 1)),
        (date(2026, 11, 5), date(2026, 10, 1)),
        (date(2026, 11, 30), date(2026, 10, 1)),
        (date(2027, 1, 4), date(2026, 11, 1)),
        (date(2027, 1, 5), date(2026, 12, 1)),
    ],
)
def test_a_month_waits_five_days_for_late_entries(today: date, month: date) -> None:
    assert last_publishable_month(today) == month


@pytest.mark.parametrize(("count", "shown"), [(0, None), (1, None), (10, None), (11, 11), (12, 12), (4000, 4000)])
def test_ten_is_hidden_and_eleven_is_shown(count: int, shown: int | None) -> None:
    assert hide_small(count) == shown
    assert MIN_DWELLINGS == 11


def test_counts_are_added_family_by_family() -> None:
    members = [{"logement": 6, "residence": 2}, {}, {"logement": 5, "gestion": 1}]
    assert add_up(members) == {"logement": 11, "residence": 2, "gestion": 1}
    assert add_up([]) == {}


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(11, 22, 11), (10, 22, None), (12, 22, None), (0, 0, None), (40, 55, 40)]
)
def test_a_share_is_shown_when_it_and_its_rest_are_large_enough(part: int, whole: int, shown: int | None) -> None:
    assert hide_small_share(part, whole) == shown

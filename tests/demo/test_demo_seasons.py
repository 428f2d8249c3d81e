"""Seasons are those the trade knows, and chance stays within its bounds."""

from collections import Counter
from datetime import date
from statistics import mean

import pytest

from service.demo.chance import stream
from service.demo.seasons import SEASONS, SHARES, almanac, months_before, season
from service.demo.world import evening_of
from service.domain.taxonomy import categories

TODAY = date(2026, 11, 25)


def test_shares_cover_every_subject_and_make_a_hundred() -> None:
    assert set(SHARES) == set(categories())
    assert sum(SHARES.values()) == pytest.approx(100)


@pytest.mark.parametrize("category", [*SEASONS, "charges", "plomberie"])
def test_a_season_moves_messages_without_adding_many(category: str) -> None:
    assert mean(season(category, month, charges_month=6) for month in range(1, 13)) == pytest.approx(1, abs=0.15)


def test_heating_is_a_winter_subject_and_pests_a_summer_one() -> None:
    assert season("chauffage", 11, 6) > 10 * season("chauffage", 7, 6)
    assert season("nuisibles", 7, 6) > 2 * season("nuisibles", 1, 6)


def test_charges_follow_the_member_s_own_month() -> None:
    assert season("charges", 12, charges_month=12) > season("charges", 1, charges_month=12) > season("charges", 6, 12)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 25), 18, date(2025, 5, 25)),
        (date(2026, 8, 31), 18, date(2025, 2, 28)),
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
    ],
)
def test_months_are_counted_back(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def test_moments_stay_in_the_period_and_follow_the_season() -> None:
    start, now = months_before(TODAY, 18), evening_of(TODAY)
    book, random = almanac(start, TODAY, 6), stream(3, "moments")
    drawn = [book.draw(random, now) for _ in range(4000)]
    assert all(start <= at.date() and at <= now for _, at in drawn)
    heating = Counter(at.month for category, at in drawn if category == "chauffage")
    assert heating[11] + heating[12] + heating[1] > 5 * (heating[6] + heating[7] + heating[8])
    weekdays = Counter(at.weekday() for _, at in drawn)
    assert weekdays[0] > weekdays[5] + weekdays[6]

"""The edges of months, quarters and weeks: in Paris, in years of 53 weeks, around the fifth."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from service.domain.periods import (
    closing_month,
    end_of,
    instants_of,
    last_publishable_month,
    months_before,
    next_month,
    periods_closed_by,
    year_before,
)

MONTHS = [months_before(date(2032, 1, 1), back) for back in range(120, 0, -1)]


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 11, 4), date(2026, 9, 1)),
        (date(2026, 11, 5), date(2026, 10, 1)),
        (date(2027, 1, 4), date(2026, 11, 1)),
        (date(2027, 1, 5), date(2026, 12, 1)),
        (date(2028, 3, 31), date(2028, 2, 1)),
    ],
)
def test_a_month_is_published_from_the_fifth_of_the_next(today: date, month: date) -> None:
    assert last_publishable_month(today) == month


@pytest.mark.parametrize("length", ["month", "quarter", "week"])
def test_every_period_is_published_once_and_none_is_left_out(length: str) -> None:
    periods = [period for month in MONTHS for period in periods_closed_by(month, length)]
    assert all(end_of(one, length) == other for one, other in pairwise(periods))
    for month in MONTHS:
        assert all(closing_month(period, length) == month for period in periods_closed_by(month, length))
        assert all(end_of(period, length) <= next_month(month) for period in periods_closed_by(month, length))


def test_a_quarter_is_published_with_its_third_month_and_a_week_with_its_sunday() -> None:
    assert periods_closed_by(date(2026, 12, 1), "quarter") == [date(2026, 10, 1)]
    assert periods_closed_by(date(2026, 11, 1), "quarter") == []
    assert periods_closed_by(date(2026, 11, 1), "week")[0] == date(2026, 10, 26)  # its Sunday is the first of November
    assert periods_closed_by(date(2026, 11, 1), "week")[-1] == date(2026, 11, 23)


@pytest.mark.parametrize("length", ["month", "quarter", "week"])
def test_the_year_of_a_period_holds_all_that_twelve_months_publish(length: str) -> None:
    """Also where twelve months publish 53 weeks, as those that end with 2028 do."""
    for last in MONTHS[12:]:
        year = [months_before(last, back) for back in range(11, -1, -1)]
        published = [period for month in year for period in periods_closed_by(month, length)]
        if published:
            assert year_before(published[-1], length) < published[0]


def test_some_years_publish_53_weeks() -> None:
    counts = {
        sum(len(periods_closed_by(date(year, month, 1), "week")) for month in range(1, 13))
        for year in range(2022, 2032)
    }
    assert counts == {52, 53}


def test_a_month_begins_and_ends_at_midnight_in_paris() -> None:
    start, end = instants_of(date(2026, 10, 1), "month")
    assert start == datetime(2026, 9, 30, 22, tzinfo=UTC)  # summer
    assert end == datetime(2026, 10, 31, 23, tzinfo=UTC)  # winter
    week = instants_of(date(2026, 10, 19), "week")
    assert week[1].astimezone(UTC) - week[0].astimezone(UTC) == timedelta(days=7, hours=1)  # the clocks went back

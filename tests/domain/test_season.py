from datetime import date

import pytest

from service.domain.season import is_cold_season


@pytest.mark.parametrize(
    ("day", "is_cold"),
    [
        (date(2026, 10, 14), False),
        (date(2026, 10, 15), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), True),
        (date(2027, 4, 15), True),
        (date(2027, 4, 16), False),
        (date(2027, 7, 14), False),
        (date(2028, 2, 29), True),
    ],
)
def test_it_is_cold_from_the_middle_of_october_to_the_middle_of_april(day: date, *, is_cold: bool) -> None:
    assert is_cold_season(day) is is_cold

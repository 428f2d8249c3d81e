from datetime import timedelta

from service.domain.paging import is_new_level, level_of, wait_after


def test_two_rounds_at_each_level_then_everybody_without_end() -> None:
    assert [level_of(number) for number in range(1, 9)] == [1, 1, 2, 2, 3, 3, 3, 3]
    assert [number for number in range(1, 9) if is_new_level(number)] == [1, 3, 5]


def test_rounds_follow_every_five_minutes_then_every_quarter_of_an_hour() -> None:
    waits = [wait_after(number) // timedelta(minutes=1) for number in range(1, 8)]
    assert waits == [5, 5, 5, 5, 15, 15, 15]

from datetime import timedelta

from service.domain.delivery import BACK_OFF, next_wait


def test_each_wait_is_longer_than_the_last() -> None:
    assert list(BACK_OFF) == sorted(set(BACK_OFF))


def test_after_the_last_wait_it_is_given_up() -> None:
    assert next_wait(1) == timedelta(seconds=10)
    assert next_wait(len(BACK_OFF)) == BACK_OFF[-1]
    assert next_wait(len(BACK_OFF) + 1) is None

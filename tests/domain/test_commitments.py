"""Promises: the days that may be named, and whether they were kept."""

from datetime import UTC, date, datetime

import pytest

from service.domain.commitments import Standing, check_promise, standing
from service.domain.errors import BadInput

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("what", "due_on", "refused"),
    [
        ("Changer la porte", date(2026, 11, 24), ("day_passed", "due_on")),
        ("Changer la porte", date(2027, 11, 26), ("day_too_far", "due_on")),
        (" ", TODAY, ("blank", "what")),
        ("x" * 301, TODAY, ("too_long", "what")),
    ],
)
def test_what_cannot_be_promised_is_refused_on_its_field(what: str, due_on: date, refused: tuple[str, str]) -> None:
    with pytest.raises(BadInput) as found:
        check_promise(what, due_on, TODAY)
    assert (found.value.code, found.value.field) == refused


def test_today_and_a_year_from_now_may_be_promised() -> None:
    check_promise("Changer la porte", TODAY, TODAY)
    check_promise("Changer la porte", date(2027, 11, 25), TODAY)


def test_a_promise_is_late_the_day_after_and_kept_late_after_that() -> None:
    assert standing(TODAY, None, None, TODAY) == Standing.COMING
    assert standing(TODAY, None, None, date(2026, 11, 26)) == Standing.LATE
    # Eleven at night in London is tomorrow in Paris.
    evening = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    assert standing(TODAY, evening, None, TODAY) == Standing.LATE
    assert standing(TODAY, datetime(2026, 11, 25, 22, 30, tzinfo=UTC), None, date(2026, 12, 9)) == Standing.KEPT
    assert standing(TODAY, None, evening, date(2026, 12, 9)) == Standing.DROPPED

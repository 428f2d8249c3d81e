from datetime import UTC, datetime

import pytest

from service.domain.feedback import (
    is_satisfied,
    is_time_to_ask,
    reopens,
    summary,
    tenancy_marks,
    way_to_ask,
)
from service.domain.follow_up import says_unsolved
from service.domain.news import Reach
from service.domain.status import EventKind
from service.domain.working_time import WorkingTime

HOURS = WorkingTime(lambda day: day.isoformat() == "2026-12-25")


def test_seven_is_satisfied_and_six_is_not() -> None:
    assert [score for score in range(11) if is_satisfied(score)] == [7, 8, 9, 10]


def test_four_asks_somebody_to_look_and_five_does_not() -> None:
    asked = [score for score in range(11) if says_unsolved(EventKind.FEEDBACK_GIVEN, {"score": score})]
    assert asked == [0, 1, 2, 3, 4]


def test_only_no_opens_the_complaint_again() -> None:
    assert [answer for answer in ("yes", "partly", "no", "unknown", None) if reopens(answer)] == ["no"]


@pytest.mark.parametrize(
    ("at", "may"),
    [
        ("2026-11-25T07:59", False),  # 8:59 in Paris, a Wednesday
        ("2026-11-25T08:00", True),
        ("2026-11-25T17:59", True),
        ("2026-11-25T18:00", False),
        ("2026-07-01T07:00", True),  # nine in summer
        ("2026-11-28T11:00", False),  # a Saturday
        ("2026-12-25T11:00", False),  # a day off
    ],
)
def test_nobody_is_asked_early_late_or_on_a_day_off(at: str, may: bool) -> None:
    assert is_time_to_ask(datetime.fromisoformat(at).replace(tzinfo=UTC), HOURS) is may


def test_one_thing_in_common_makes_one_household() -> None:
    contract = tenancy_marks("L-12", None, None, None)
    whole = tenancy_marks(" l-12 ", "d1", "Ada@Exemple.fr", "06 12 34 56 78")
    assert contract & whole
    assert tenancy_marks(None, None, "ada@exemple.fr", None) & whole
    assert tenancy_marks(None, None, None, "+33 6 12 34 56 78") & whole
    assert not tenancy_marks("L-13", "d2", "autre@exemple.fr", "06 00 00 00 00") & whole


def test_what_is_unknown_is_nobodys() -> None:
    assert tenancy_marks(None, None, None, None) == tenancy_marks("", None, " ", "") == frozenset()


@pytest.mark.parametrize(
    ("preferred", "email", "phone", "way"),
    [
        ("email", "a@b.fr", "06 12 34 56 78", ("email", "a@b.fr")),
        ("email", None, "06 12 34 56 78", None),
        ("sms", "a@b.fr", "06 12 34 56 78", ("sms", "+33612345678")),
        ("sms", "a@b.fr", "03 22 00 00 00", ("email", "a@b.fr")),
        ("sms", None, "03 22 00 00 00", None),
        ("phone", "a@b.fr", "06 12 34 56 78", None),
        ("post", "a@b.fr", None, None),
    ],
)
def test_a_household_is_asked_as_it_prefers(
    preferred: str, email: str | None, phone: str | None, way: tuple[str, str] | None
) -> None:
    assert way_to_ask(preferred, Reach(email, phone)) == way


def test_figures_are_exact_and_none_without_a_score() -> None:
    assert (summary([10, 7, 6]).mean, summary([10, 7, 6]).satisfied, summary([10, 7, 6]).share) == (23 / 3, 2, 2 / 3)
    assert (summary([]).mean, summary([]).share) == (None, None)

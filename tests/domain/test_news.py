"""How a tenant is told: by which way, when, in how many signs."""

from datetime import UTC, datetime

import pytest

from service.domain.news import (
    NEWS,
    Reach,
    Way,
    fits,
    for_sms,
    mobile_number,
    next_evening,
    shortened,
    telephone_number,
    waits,
    ways,
)

EVERYTHING = Reach("a@b.example", "06 12 34 56 78", "Lou Petit\n1 rue Haute\n80000 Amiens")
LANDLINE = Reach(None, "03 22 00 00 00", "Lou Petit\n1 rue Haute\n80000 Amiens")


def told(preferred: str, reach: Reach, purpose: str = "answered", *but: Way) -> list[Way]:
    return [way for way, _address in ways(preferred, reach, purpose, but=but)]


def test_each_is_told_as_they_prefer() -> None:
    assert told("email", EVERYTHING) == [Way.EMAIL]
    assert told("sms", EVERYTHING) == [Way.SMS]
    assert told("post", EVERYTHING) == [Way.POST]
    # Somebody calls, and what was said can be read again.
    assert told("phone", EVERYTHING) == [Way.PHONE, Way.EMAIL]


@pytest.mark.parametrize(
    ("preferred", "reach", "expected"),
    [
        ("email", Reach(phone="0612345678"), [Way.SMS]),
        ("email", LANDLINE, [Way.PHONE]),
        ("email", Reach(post="1 rue Haute"), [Way.POST]),
        ("sms", Reach("a@b.example", "03 22 00 00 00"), [Way.EMAIL]),
        ("sms", LANDLINE, [Way.PHONE]),
        ("phone", Reach("a@b.example"), [Way.EMAIL]),
        ("post", Reach("a@b.example"), [Way.EMAIL]),
        ("email", Reach(), []),
    ],
)
def test_what_is_missing_is_made_up_for(preferred: str, reach: Reach, expected: list[Way]) -> None:
    assert told(preferred, reach) == expected


def test_a_way_that_failed_is_not_taken_again() -> None:
    assert told("email", EVERYTHING, "answered", Way.EMAIL) == [Way.SMS]
    assert told("sms", EVERYTHING, "answered", Way.SMS) == [Way.EMAIL]


def test_nobody_calls_or_posts_what_touches_many_households() -> None:
    for purpose in ("linked", "incident_news"):
        assert told("phone", LANDLINE, purpose) == []
        assert told("post", LANDLINE, purpose) == []
        assert told("phone", EVERYTHING, purpose) == [Way.EMAIL]


def test_whoever_called_is_not_called_back_to_be_told_so() -> None:
    assert told("phone", Reach(phone="03 22 00 00 00"), "received") == []


def test_what_asks_ends_or_warns_never_waits() -> None:
    may_wait = {purpose for purpose in NEWS if waits(purpose, "daily", "normal")}
    assert {"answered", "transferred", "extended", "linked", "incident_news"} <= may_wait
    assert may_wait.isdisjoint({"received", "asked", "planned", "passed_on", "closed"})
    assert not any(waits(purpose, "now", "normal") for purpose in NEWS)
    assert not any(waits(purpose, "daily", "danger") for purpose in NEWS)


@pytest.mark.parametrize(
    ("now", "evening"),
    [
        (datetime(2026, 11, 25, 11, 0, tzinfo=UTC), datetime(2026, 11, 25, 17, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 17, 0, tzinfo=UTC), datetime(2026, 11, 26, 17, 0, tzinfo=UTC)),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), datetime(2026, 11, 26, 17, 0, tzinfo=UTC)),
        # Summer time ends on the night to 25 October.
        (datetime(2026, 10, 24, 16, 30, tzinfo=UTC), datetime(2026, 10, 25, 17, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), datetime(2026, 7, 1, 16, 0, tzinfo=UTC)),
    ],
)
def test_the_evening_is_six_o_clock_in_paris(now: datetime, evening: datetime) -> None:
    assert next_evening(now) == evening


@pytest.mark.parametrize(
    ("typed", "number", "is_mobile"),
    [
        ("06 12 34 56 78", "+33612345678", True),
        ("07.12.34.56.78", "+33712345678", True),
        ("+33 (0)6 12 34 56 78", "+33612345678", True),
        ("0033612345678", "+33612345678", True),
        ("03 22 00 00 00", "+33322000000", False),
        ("+32 470 12 34 56", "+32470123456", False),
        ("061234567", None, False),
        ("appelez ma fille", None, False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str | None, number: str | None, *, is_mobile: bool) -> None:
    assert telephone_number(typed) == number
    assert mobile_number(typed) == (number if is_mobile else None)


def test_accents_outside_of_a_plain_message_are_left_out_and_others_kept() -> None:
    assert for_sms("Demande reçue : l’été, « à bientôt » où ça ?") == 'Demande recue : l\'été, " à bientot " où ca ?'
    assert for_sms("Şikayetiniz alındı") == "Sikayetiniz alindi"


def test_another_alphabet_stays_as_it_is() -> None:
    for text in ("تم استلام طلبك", "Ваше звернення отримано, 5 €"):
        assert for_sms(text) == text


def test_a_message_is_one_up_to_its_last_sign() -> None:
    assert fits("a" * 160)
    assert not fits("a" * 161)
    assert fits("€" * 80)  # counts double
    assert not fits("€" * 81)
    assert fits("ж" * 70)
    assert not fits("ж" * 71)


def test_the_fullest_text_that_is_one_message_is_sent() -> None:
    assert shortened(["a" * 200, "b" * 150, "c"]) == "b" * 150
    assert shortened(["a" * 200, "b" * 180]) == "b" * 180

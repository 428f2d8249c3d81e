from datetime import date

import pytest

from service.adapters.clock import FrenchCalendar
from service.domain.deadlines import PROMISED_WORKING_DAYS, promised_answer_by, tighten
from service.domain.taxonomy import urgencies

CALENDAR = FrenchCalendar()


@pytest.mark.parametrize(
    ("received", "urgency", "expected"),
    [
        (date(2026, 11, 25), "danger", date(2026, 11, 25)),
        (date(2026, 11, 28), "danger", date(2026, 11, 28)),  # a Saturday: danger does not wait
        (date(2026, 11, 25), "urgent", date(2026, 11, 26)),
        (date(2026, 11, 27), "urgent", date(2026, 11, 30)),  # over a week-end
        (date(2026, 11, 25), "normal", date(2026, 12, 2)),
        (date(2026, 11, 25), None, date(2026, 12, 2)),
        (date(2026, 12, 24), "urgent", date(2026, 12, 28)),  # over Christmas and a week-end
        (date(2026, 5, 7), "urgent", date(2026, 5, 11)),  # 8 May
        (date(2026, 5, 13), "urgent", date(2026, 5, 15)),  # Ascension Day
    ],
)
def test_the_promise_counts_working_days(received: date, urgency: str | None, expected: date) -> None:
    assert promised_answer_by(received, urgency, CALENDAR.is_holiday) == expected


def test_every_urgency_has_a_promise() -> None:
    assert set(PROMISED_WORKING_DAYS) == set(urgencies())


def test_a_promise_is_never_put_back() -> None:
    early, late = date(2026, 11, 26), date(2026, 12, 2)
    assert tighten(early, late) == tighten(late, early) == early

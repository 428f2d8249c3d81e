"""What steering counts of one complaint, made from its events."""

from datetime import UTC, datetime, timedelta
from typing import Any

from service.domain.deadlines import targets_for, write_targets
from service.domain.passage import Passage, read_passage
from service.domain.runs import Happening
from service.domain.status import EventKind
from service.domain.working_time import WorkingTime

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TIME = WorkingTime(lambda _: False)
USUAL = targets_for(None, None)
Told = tuple[int, EventKind, dict[str, Any]]  # days after the message, what, and with what
ANSWERED: Told = (7, EventKind.ANSWERED, {})
CLOSED: Told = (14, EventKind.CLOSED, {})


def told(*events: Told, now: int = 60) -> Passage:
    """Return what a history says, told in days after a Monday morning."""
    heard = [Happening(EventKind.SUBMITTED, MONDAY, "tenant", {})]
    heard += [Happening(kind, MONDAY + timedelta(days=day), "Ana Vidal", data) for day, kind, data in events]
    return read_passage(heard, USUAL, TIME, MONDAY + timedelta(days=now), "loyer")


def read(category: str | None) -> Told:
    return 0, EventKind.TARGETS_SET, {"category": category, "targets": write_targets(USUAL), "is_vital": False}


def test_days_are_working_days_from_the_message() -> None:
    found = told((7, EventKind.ANSWERED, {}), (14, EventKind.CLOSED, {}))
    assert (found.answer_days, found.full_days) == (5, 10)
    assert found.answer_done_at == MONDAY + timedelta(days=7)


def test_what_the_tenant_was_waited_for_is_taken_out() -> None:
    found = told((1, EventKind.ASKED, {}), (8, EventKind.TENANT_WROTE, {}), (9, EventKind.ANSWERED, {}))
    assert found.answer_days == 2  # seven working days, five of them spent waiting


def test_one_word_may_be_both_answers() -> None:
    found = told((2, EventKind.CLOSED, {}))
    assert found.answer_days == found.full_days == 2
    assert found.full_due_at == found.answer_due_at


def test_nothing_is_over_while_nobody_answered() -> None:
    found = told()
    assert (found.answer_done_at, found.full_due_at, found.full_done_at, found.full_days) == (None,) * 4
    assert found.answer_due_at > MONDAY


def test_a_reopening_is_counted_and_changes_nothing_of_the_first_wait() -> None:
    again = told(
        ANSWERED, CLOSED, (20, EventKind.REOPENED, {}), (40, EventKind.ANSWERED, {}), (41, EventKind.CLOSED, {})
    )
    once = told(ANSWERED, CLOSED)
    assert (once.reopenings, again.reopenings) == (0, 1)
    for name in ("answer_due_at", "answer_done_at", "answer_days", "full_due_at", "full_done_at", "full_days"):
        assert getattr(once, name) == getattr(again, name), name


def test_the_first_subject_is_the_one_that_was_read_first() -> None:
    correction = (1, EventKind.CORRECTED, {"from": "chauffage", "to": "loyer"})
    assert told(read("chauffage"), correction).first_category == "chauffage"
    assert told(read(None), correction).first_category is None
    assert told(correction).first_category == "chauffage"  # older than delays written in the history
    assert told().first_category == "loyer"


def test_the_first_desk_and_the_days_until_the_last_one() -> None:
    routed = (0, EventKind.ROUTED, {"team": "Accueil et tri"})
    moved = (2, EventKind.TRANSFERRED, {"team": "Service technique"})
    found = told(routed, moved, (7, EventKind.TRANSFERRED, {"team": "Astreinte"}))
    assert (found.first_team, found.lost_days) == ("Accueil et tri", 5)
    assert told(routed).lost_days is None


def test_an_extension_is_known() -> None:
    assert told(ANSWERED, (8, EventKind.EXTENDED, {"days": 5})).was_extended
    assert not told(ANSWERED).was_extended

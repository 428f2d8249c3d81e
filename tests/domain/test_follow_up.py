"""What lists remember of events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from service.domain.follow_up import TELLS, told_since, unread_since, unsolved_since
from service.domain.status import EventKind
from service.journey.events import STEPS_AFTER

AT, LATER = datetime(2026, 11, 25, 11, tzinfo=UTC), datetime(2026, 11, 26, 11, tzinfo=UTC)


@dataclass
class Happened:
    """One event."""

    kind: str
    actor: str = "Ana Vidal"
    audience: str = "internal"
    at: datetime = LATER
    data: Mapping[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("kind", "data", "unsolved"),
    [
        (EventKind.REOPENED, {}, True),
        (EventKind.FEEDBACK_GIVEN, {"score": 9, "solved": "no"}, True),
        (EventKind.FEEDBACK_GIVEN, {"score": 4}, True),
        (EventKind.FEEDBACK_GIVEN, {"score": 5, "solved": "partly"}, False),
        (EventKind.FEEDBACK_GIVEN, {"score": None, "solved": "yes"}, False),
        (EventKind.TENANT_WROTE, {}, False),
    ],
)
def test_a_tenant_says_that_it_is_not_solved(kind: EventKind, data: dict[str, object], *, unsolved: bool) -> None:
    assert unsolved_since(None, Happened(kind, "tenant", data=data)) == (LATER if unsolved else None)


@pytest.mark.parametrize("kind", [EventKind.ANSWERED, EventKind.CLOSED, EventKind.NOTED, EventKind.PLANNED])
def test_a_persons_hand_takes_it_up(kind: EventKind) -> None:
    assert unsolved_since(AT, Happened(kind)) is None


@pytest.mark.parametrize("kind", [EventKind.ASSIGNED, EventKind.DELIVERED, EventKind.CORRECTED])
def test_what_does_nothing_for_the_tenant_leaves_it(kind: EventKind) -> None:
    assert unsolved_since(AT, Happened(kind)) == AT


def test_a_word_more_of_the_tenant_takes_up_nothing() -> None:
    assert unsolved_since(AT, Happened(EventKind.NOTED, "tenant")) == AT


@pytest.mark.parametrize(
    "kind", [EventKind.TENANT_WROTE, EventKind.REOPENED, EventKind.CONTESTED, EventKind.NOTED, EventKind.REVIEW_ASKED]
)
def test_what_a_tenant_writes_waits_from_the_first_word_on(kind: EventKind) -> None:
    assert unread_since(None, Happened(kind, "tenant")) == LATER
    assert unread_since(AT, Happened(kind, "tenant")) == AT


@pytest.mark.parametrize("kind", [EventKind.ANSWERED, EventKind.NOTED, EventKind.ASSIGNED, EventKind.PLACED])
def test_a_person_who_does_something_has_read_it_and_a_machine_has_not(kind: EventKind) -> None:
    assert unread_since(AT, Happened(kind)) is None
    assert unread_since(AT, Happened(kind, "system")) == AT


def test_the_end_leaves_nothing_to_read_of_what_was_said_before() -> None:
    assert unread_since(AT, Happened(EventKind.CLOSED, "system")) is None
    assert unread_since(AT, Happened(EventKind.ERASED, "system")) is None


def test_a_tenant_who_chases_is_not_told_anything() -> None:
    assert told_since(AT, Happened(EventKind.TENANT_WROTE, "tenant", "tenant")) == AT
    assert told_since(AT, Happened(EventKind.NOTED)) == AT
    assert told_since(AT, Happened(EventKind.ROUTED, "rules", "tenant")) == AT


def test_what_leaves_for_the_tenant_is_news_and_a_new_wait_begins_anew() -> None:
    for kind in (EventKind.ANSWERED, EventKind.ASKED, EventKind.REOPENED):
        assert told_since(AT, Happened(kind, audience="tenant")) == LATER


def test_an_incident_that_nobody_was_told_of_is_no_news() -> None:
    assert told_since(AT, Happened(EventKind.LINKED)) == AT


def test_every_event_that_tells_the_tenant_counts_as_news() -> None:
    assert {kind for kind, names in STEPS_AFTER.items() if "notify" in names} == TELLS - {EventKind.REOPENED}

"""What lists remember of events."""

from datetime import UTC, datetime

import pytest

from service.domain.follow_up import unsolved_since
from service.domain.status import EventKind

AT, LATER = datetime(2026, 11, 25, 11, tzinfo=UTC), datetime(2026, 11, 26, 11, tzinfo=UTC)


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
    assert unsolved_since(None, kind, AT, data) == (AT if unsolved else None)


@pytest.mark.parametrize("kind", [EventKind.ANSWERED, EventKind.CLOSED, EventKind.NOTED, EventKind.PLANNED])
def test_a_persons_hand_takes_it_up(kind: EventKind) -> None:
    assert unsolved_since(AT, kind, LATER, {}) is None


@pytest.mark.parametrize("kind", [EventKind.ASSIGNED, EventKind.DELIVERED, EventKind.CORRECTED])
def test_what_does_nothing_for_the_tenant_leaves_it(kind: EventKind) -> None:
    assert unsolved_since(AT, kind, LATER, {}) == AT

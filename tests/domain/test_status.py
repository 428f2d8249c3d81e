import pytest

from service.domain.status import MOVES, EventKind, Status, is_allowed, status_after


@pytest.mark.parametrize(
    ("status", "event", "after"),
    [
        (Status.SUBMITTED, EventKind.CLASSIFIED, Status.CLASSIFIED),
        (Status.CLASSIFIED, EventKind.ROUTED, Status.ROUTED),
        (Status.ROUTED, EventKind.DELIVERED, Status.DELIVERED),
        (Status.DELIVERED, EventKind.ANSWERED, Status.HANDLED),
        (Status.HANDLED, EventKind.CLOSED, Status.CLOSED),
        (Status.CLOSED, EventKind.REOPENED, Status.ROUTED),
        (Status.HANDLED, EventKind.ROUTED, Status.ROUTED),
        (Status.DELIVERED, EventKind.ASSIGNED, Status.DELIVERED),
    ],
)
def test_the_straight_line(status: Status, event: EventKind, after: Status) -> None:
    assert is_allowed(status, event)
    assert status_after(status, event) == after


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (Status.CLASSIFIED, EventKind.CLASSIFIED),
        (Status.SUBMITTED, EventKind.ROUTED),
        (Status.SUBMITTED, EventKind.CLOSED),
        (Status.CLOSED, EventKind.ANSWERED),
        (Status.CLOSED, EventKind.CORRECTED),
        (Status.CLOSED, EventKind.CLOSED),
        (Status.DELIVERED, EventKind.REOPENED),
    ],
)
def test_what_is_not_allowed(status: Status, event: EventKind) -> None:
    assert not is_allowed(status, event)


def test_a_closed_complaint_opens_only_by_the_tenant() -> None:
    assert [event for event in MOVES if is_allowed(Status.CLOSED, event) and MOVES[event][1] is not None] == [
        EventKind.REOPENED
    ]

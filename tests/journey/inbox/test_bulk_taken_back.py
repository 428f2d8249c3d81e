"""What is taken back counts as never done: the clocks of a complaint run as if nobody had touched it."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.domain.bulk import Kind
from service.journey.clocks import clocks
from service.journey.ports import Ports
from tests.faces.test_staff import at_desk
from tests.incidents import LIFT
from tests.journey.inbox.test_bulk import RENT, complaints, done, some, to, undone
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


def due(member: MemberWorld, ids: list[UUID]) -> list[tuple[object, ...]]:
    return [(one.due_clock, one.due_at, one.is_paused, one.answer_due_at) for one in complaints(member, ids)]


# Delays that the other subject loosens, and delays that it tightens.
@pytest.mark.parametrize("typed", [RENT, RENT | {"urgency": "urgent"}])
def test_a_subject_taken_back_leaves_the_clocks_as_they_were(
    member: MemberWorld, ports: Ports, clock: SetClock, typed: dict[str, str]
) -> None:
    ids = some(member, ports, 2, LIFT)
    before = due(member, ids)
    assert {one[0] for one in before} == {"read"}
    clock.forward(timedelta(minutes=5))
    act_id = done(member, Kind.CATEGORISE, ids, ports, typed)
    assert {one[0] for one in due(member, ids)} == {"first_answer"}
    clock.forward(timedelta(minutes=5))
    undone(member, act_id, ports)
    assert due(member, ids) == before
    assert clocks.recompute(member.id, ports, write=False) == []


def test_an_assignment_taken_back_leaves_the_clocks_as_they_were(member: MemberWorld, ports: Ports) -> None:
    ids = some(member, ports, 2, LIFT)
    before = due(member, ids)
    act_id = done(member, Kind.ASSIGN, ids, ports, to(member.supervisor_id))
    assert due(member, ids) != before
    undone(member, act_id, ports)
    assert due(member, ids) == before


def test_the_page_says_what_was_put_back_and_no_longer_what_was_done(
    app: Flask, member: MemberWorld, ports: Ports
) -> None:
    ids = some(member, ports, 2)
    act_id = done(member, Kind.CATEGORISE, ids, ports, RENT)
    undone(member, act_id, ports)
    page = at_desk(app, member).read(f"/equipe/ensemble/{act_id}")
    assert "<h1>2 demandes remises comme avant</h1>" in page
    assert "demandes classées" not in page

"""An endpoint that fails is left alone, tried once, and what waited for it leaves when it answers again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.domain.delivery import LONGEST
from service.domain.endpoints import FIRST_PAUSE, MOST_AT_ONCE, OPENS_AFTER, SPREAD
from service.journey import steps
from service.journey.parcels import Call
from service.journey.ports import OutsideFailed, Ports
from service.journey.transactions import member_transaction
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.outbox import OutboxStep
from tests.work import add_webhook, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

URL, OTHER = "https://si.example/seve", "https://gmao.example/seve"


@dataclass
class Systems:
    """The systems of others: down where it is told, slow where it is told, and able to look around while called."""

    clock: SetClock
    down: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    calls: list[tuple[str, str, datetime]] = field(default_factory=list)
    while_called: list[UUID] = field(default_factory=list)

    def call(self, call: Call) -> None:
        self.calls.append((call.url, call.key, self.clock.now()))
        if call.url in self.slow:
            self.clock.forward(timedelta(seconds=5))
        if call.url in self.down:
            raise OutsideFailed("webhook answered 503")

    def to(self, url: str) -> list[str]:
        return [key for called, key, _ in self.calls if called == url]


@dataclass
class Bench:
    """One member whose systems are called, and the worker that calls them."""

    member: MemberWorld
    ports: Ports
    client: FlaskClient
    clock: SetClock
    systems: Systems

    def submit(self, count: int = 1) -> None:
        for _ in range(count):
            body = {"text": "Le loyer de novembre", "dwelling": {"reference": self.member.collective}}
            answer = self.client.post("/api/v1/complaints", json=body, headers=self.member.bearer)
            assert answer.status_code == 201

    def work(self, after: timedelta = timedelta(0)) -> None:
        self.clock.forward(after)
        work_off(self.member, self.ports)

    def endpoint(self, url: str = URL) -> Endpoint:
        with member_transaction(self.member.id) as session:
            endpoint = session.scalars(select(Endpoint).where(Endpoint.address == url)).one()
            session.expunge(endpoint)
            return endpoint

    def statuses(self, url: str = URL) -> list[str]:
        with member_transaction(self.member.id) as session:
            return sorted(
                session.scalars(
                    select(Delivery.status)
                    .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
                    .where(Endpoint.address == url)
                )
            )

    def waiting_steps(self) -> list[UUID]:
        with member_transaction(self.member.id) as session:
            calls = select(OutboxStep.id).where(OutboxStep.name == "call", OutboxStep.done_at.is_(None))
            return list(session.scalars(calls.order_by(OutboxStep.event_id)))


@pytest.fixture
def bench(app: Flask, client: FlaskClient, ports: Ports, world: World, clock: SetClock) -> Iterator[Bench]:
    systems = Systems(clock)
    object.__setattr__(ports, "caller", systems)
    with app.app_context():
        with member_transaction(world.first.id) as session:
            for url in (URL, OTHER):
                add_webhook(session, world.first, ports, url)
        yield Bench(world.first, ports, client, clock, systems)


def test_after_three_failures_in_a_row_it_is_left_alone(bench: Bench) -> None:
    bench.systems.down = {URL}
    bench.submit(6)
    bench.work()
    assert len(bench.systems.to(URL)) == OPENS_AFTER
    endpoint = bench.endpoint()
    assert endpoint.failures == OPENS_AFTER
    assert endpoint.open_until is not None
    assert timedelta(0) < endpoint.open_until - bench.clock.now() <= FIRST_PAUSE
    assert bench.statuses() == ["waiting"] * 6  # nothing is lost, nothing is given up
    bench.work(timedelta(seconds=20))
    assert len(bench.systems.to(URL)) == OPENS_AFTER


def test_the_others_go_on_meanwhile(bench: Bench) -> None:
    bench.systems.down = {URL}
    bench.submit(6)
    bench.work()
    assert bench.statuses(OTHER) == ["sent"] * 6


def test_being_left_alone_counts_as_no_try(bench: Bench) -> None:
    bench.systems.down = {URL}
    bench.submit(6)
    bench.work()
    with member_transaction(bench.member.id) as session:
        mine = select(Delivery.attempts).join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        attempts = sorted(session.scalars(mine.where(Endpoint.address == URL)))
    assert attempts == [0, 0, 0, 1, 1, 1]


def test_one_probe_opens_the_way_for_all_that_waited(bench: Bench) -> None:
    bench.systems.down = {URL}
    bench.submit(8)
    bench.work()
    bench.systems.down = set()
    before = len(bench.systems.calls)
    bench.work(FIRST_PAUSE)
    bench.work()
    # Those that were never tried leave at once: nobody waits for the date on which it would look again by itself.
    assert bench.statuses() == ["sent"] * 8
    assert len(bench.systems.calls) - before == 8
    endpoint = bench.endpoint()
    assert (endpoint.failures, endpoint.open_until) == (0, None)
    assert endpoint.last_success_at == bench.clock.now()


def test_a_probe_that_fails_leaves_it_alone_for_longer(bench: Bench) -> None:
    bench.systems.down = {URL}
    bench.submit(8)
    bench.work()
    pauses = []
    for _ in range(4):
        opened = bench.endpoint().open_until
        assert opened
        before = len(bench.systems.to(URL))
        bench.clock.at = opened
        bench.work()
        bench.work(timedelta(seconds=1))
        while len(bench.systems.to(URL)) == before:  # nothing was due yet: each comes at its own moment
            bench.work(timedelta(seconds=5))
        assert len(bench.systems.to(URL)) == before + 1
        again = bench.endpoint().open_until
        assert again
        pauses.append(again - bench.systems.calls[-1][2])
    assert pauses == sorted(pauses)
    assert pauses[-1] > 4 * FIRST_PAUSE


def test_while_a_probe_is_out_all_others_wait_for_it(bench: Bench) -> None:
    bench.systems.down = {URL}
    bench.submit(6)
    bench.work()
    opened = bench.endpoint().open_until
    assert opened
    bench.clock.at = opened + timedelta(minutes=3)
    at_once: list[int] = []

    class Probing:
        def call(self, _call: Call) -> None:
            at_once.append(1)
            for step_id in bench.waiting_steps():
                steps.run_step(bench.member.id, step_id, bench.ports)  # another process, at the same moment
            raise OutsideFailed("webhook answered 503")

    object.__setattr__(bench.ports, "caller", Probing())
    steps.run_step(bench.member.id, bench.waiting_steps()[0], bench.ports)
    assert len(at_once) == 1


def test_a_healthy_endpoint_has_four_calls_at_once_and_a_slow_one_a_single(bench: Bench) -> None:
    bench.submit(12)
    depth: list[int] = [0]
    most: list[int] = [0]

    class Nested:
        """Each call sees the others begin before it ends, as threads would."""

        def call(self, _call: Call) -> None:
            depth[0] += 1
            most[0] = max(most[0], depth[0])
            for step_id in bench.waiting_steps():
                steps.run_step(bench.member.id, step_id, bench.ports)
            depth[0] -= 1

    with member_transaction(bench.member.id) as session:
        session.scalars(select(Endpoint).where(Endpoint.address == OTHER)).one().is_active = False
    object.__setattr__(bench.ports, "caller", Nested())
    bench.work()
    bench.work()
    assert most[0] == MOST_AT_ONCE
    with member_transaction(bench.member.id) as session:
        session.scalars(select(Endpoint).where(Endpoint.address == URL)).one().is_slow = True
    most[0] = 0

    class Slow(Nested):
        def call(self, call: Call) -> None:
            super().call(call)
            bench.clock.forward(timedelta(seconds=3))

    object.__setattr__(bench.ports, "caller", Slow())
    bench.submit(5)
    bench.work()
    assert most[0] == 1
    assert bench.statuses() == ["sent"] * 17


def test_a_slow_call_is_remembered_until_a_quick_one(bench: Bench) -> None:
    bench.systems.slow = {URL}
    bench.submit(5)
    bench.work()
    assert bench.endpoint().is_slow
    assert bench.statuses() == ["sent"] * 5
    bench.systems.slow = set()
    bench.submit()
    bench.work()
    assert not bench.endpoint().is_slow


def test_what_waits_is_given_up_after_a_day_at_the_latest_and_named(bench: Bench) -> None:
    bench.systems.down = {URL}
    bench.submit(6)
    bench.work()
    started = bench.clock.now()
    while "waiting" in bench.statuses():
        bench.work(timedelta(minutes=10))
        assert bench.clock.now() - started < LONGEST + timedelta(minutes=40)
    assert bench.statuses() == ["given_up"] * 6
    with member_transaction(bench.member.id) as session:
        failed = session.scalars(select(Delivery).where(Delivery.status == "given_up")).all()
        assert {one.given_to_id for one in failed} == {bench.member.supervisor_id}
        told = session.scalars(select(Delivery).where(Delivery.purpose == "endpoint_failed")).all()
        # One mail a day for one machine, not one for each complaint.
        assert [one.recipient for one in told] == ["responsable@amont.example"] * len(told)
        assert 1 <= len(told) <= 2


def test_a_process_that_dies_while_calling_holds_nobody_up_for_long(bench: Bench) -> None:
    bench.submit(3)

    class Dies(BaseException):
        pass

    class Killed:
        def call(self, _call: Call) -> None:
            raise Dies

    with member_transaction(bench.member.id) as session:
        session.scalars(select(Endpoint).where(Endpoint.address == OTHER)).one().is_active = False
        session.scalars(select(Endpoint).where(Endpoint.address == URL)).one().failures = 1  # one call at a time
    alive = bench.ports.caller
    object.__setattr__(bench.ports, "caller", Killed())
    with pytest.raises(Dies):
        bench.work()
    object.__setattr__(bench.ports, "caller", alive)
    bench.work()
    assert bench.systems.calls == []  # the dead one may still be calling
    for _ in range(20):
        bench.work(timedelta(seconds=10))
    assert bench.statuses() == ["sent"] * 3


def test_what_is_due_at_an_endpoint_left_alone_waits_without_each_asking(bench: Bench) -> None:
    bench.systems.down = {URL}
    bench.submit(3)
    bench.work()
    assert bench.endpoint().open_until
    bench.submit(5)
    with member_transaction(bench.member.id) as session:
        steps_inside = select(OutboxStep.id).where(OutboxStep.name == "deliver", OutboxStep.done_at.is_(None))
        inside = session.scalars(steps_inside).all()
    for step_id in inside:
        steps.run_step(bench.member.id, step_id, bench.ports)
    parked = (
        select(OutboxStep.id, Delivery.parked_at, OutboxStep.run_after)
        .join(Delivery, Delivery.id == OutboxStep.delivery_id)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Endpoint.address == URL, Delivery.attempts == 0)
    )
    with member_transaction(bench.member.id) as session:
        first, *_ = session.execute(parked).all()
    steps.run_step(bench.member.id, first.id, bench.ports)
    with member_transaction(bench.member.id) as session:
        found = session.execute(parked).all()
    assert len(found) == 5
    assert all(row.parked_at == bench.clock.now() for row in found)
    opened = bench.endpoint().open_until
    assert opened
    assert all(opened <= row.run_after <= opened + timedelta(seconds=SPREAD) for row in found)
    assert bench.statuses() == ["waiting"] * 8

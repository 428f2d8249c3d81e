"""Neighbours report one lift within ten minutes, while as many other messages arrive and several workers are at it."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import cycle
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.adapters.clock import SetClock
from service.journey import steps
from service.journey.incidents import incident_desk
from service.journey.incidents.incident_links import households_of
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.incident import IncidentLink
from service.models.outbox import OutboxStep
from tests.incidents import LIFT, incidents, settle_in, write
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

WORKERS = 4
OTHERS = cycle(("Le voisin crie la nuit", "Une question sur mon loyer", "bla bla", "Une poubelle déborde"))


def work_together(app: Flask, member: MemberWorld, ports: Ports) -> None:
    """Let several workers take what waits, each whatever it finds, until nothing is left."""

    def take(step_id: UUID) -> None:
        with app.app_context():
            steps.run_step(member.id, step_id, ports)

    with ThreadPoolExecutor(WORKERS) as workers:
        while True:
            with app.app_context(), member_transaction(member.id) as session:
                waiting = session.scalars(
                    select(OutboxStep.id).where(OutboxStep.done_at.is_(None), OutboxStep.run_after <= ports.clock.now())
                ).all()
            if not waiting:
                return
            list(workers.map(take, waiting))


@pytest.fixture
def member(world: World) -> Iterator[MemberWorld]:
    return world.first


@pytest.mark.parametrize(
    ("count", "worked_at"),
    [
        (60, "as_they_come"),
        (30, "at_the_end"),
    ],
)
def test_one_lift_is_one_incident_whatever_else_arrives(
    app: Flask, member: MemberWorld, ports: Ports, clock: SetClock, count: int, worked_at: str
) -> None:
    with app.app_context():
        street = settle_in(member, count)
    lift, other, pause = [], [], timedelta(minutes=10) / (2 * count)
    for number, home in enumerate(street.homes):
        with app.app_context():
            lift.append(write(member, home, LIFT, ports, email=f"{home}@poste.example"))
            clock.forward(pause)
            # Half of the others come from the same residence, and no three of its households say the same of a thing
            # that neighbours share.
            place = home if number % 2 and number % 4 != 3 else member.individual
            text = "Une question sur mon loyer" if place == home else next(OTHERS)
            other.append(write(member, place, text, ports, email=f"autre-{number}@poste.example"))
            if number % 10 == 0:  # somebody who insists
                lift.append(write(member, home, LIFT, ports, email=f"{home}@poste.example"))
            clock.forward(pause)
        if worked_at == "as_they_come" and number % 20 == 19:
            work_together(app, member, ports)
    work_together(app, member, ports)
    with app.app_context():
        with member_transaction(member.id) as session:
            found = incidents(session)
        assert [(one.category, one.status) for one in found] == [("ascenseur", "proposed")]
        assert found[0].households == count
        incident_desk.accept(member.id, found[0].id, member.agent_id, ports)
    clock.forward(steps.AGAIN + timedelta(seconds=1))
    work_together(app, member, ports)
    _check(app, member, count, lift, other)


def _check(app: Flask, member: MemberWorld, count: int, lift: list[UUID], other: list[UUID]) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        incident = incidents(session)[0]
        rows = session.scalars(select(Complaint)).all()
        events = Counter(
            (complaint_id, kind) for complaint_id, kind in session.execute(select(Event.complaint_id, Event.kind))
        )
        sent = select(func.count()).select_from(Delivery).where(Delivery.purpose == "linked", Delivery.status == "sent")
        assert len(rows) == len(lift) + len(other)
        assert {row.id for row in rows if row.incident_id == incident.id} == set(lift)
        assert not [row for row in rows if row.id in set(other) and row.incident_id]
        assert {row.status for row in rows} == {"delivered"}
        assert households_of(session, incident.id) == count
        assert session.scalars(select(func.count()).select_from(IncidentLink)).one() == len(lift)
        assert {events[one, kind] for one in lift for kind in ("routed", "delivered", "linked")} == {1}
        assert session.scalars(sent).one() == len(lift)
        assert session.scalars(select(OutboxStep.name).where(OutboxStep.done_at.is_(None))).all() == []


def test_heating_that_opens_by_itself_takes_all_while_several_workers_race(
    app: Flask, member: MemberWorld, ports: Ports, clock: SetClock
) -> None:
    with app.app_context():
        street = settle_in(member, 40)
        ids = [write(member, home, "Le radiateur est froid", ports) for home in street.homes]
    work_together(app, member, ports)
    clock.forward(steps.AGAIN + timedelta(seconds=1))
    work_together(app, member, ports)
    with app.app_context(), member_transaction(member.id) as session:
        found = incidents(session)
        assert [(one.category, one.status) for one in found] == [("chauffage", "open")]
        assert households_of(session, found[0].id) == 40
        linked = session.scalars(select(Event.complaint_id).where(Event.kind == "linked")).all()
    assert sorted(linked) == sorted(ids)

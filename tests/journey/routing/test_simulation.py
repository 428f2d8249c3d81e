"""A version replayed on the last 90 days, beside the table in force."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.clock import SetClock
from service.domain.comparison import Desk
from service.journey import steps
from service.journey.ports import Ports
from service.journey.routing.simulation import DAYS, Simulation, simulate
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.routing import RoutingVersion
from tests.journey.routing.test_routing import HEATING, LIFT, submit
from tests.tables import put_in_force
from tests.work import correct
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


def replay(member: MemberWorld, ports: Ports, *lines: dict[str, object]) -> Simulation:
    """Return what a draft with these lines before those in force would have done."""
    with member_transaction(member.id) as session:
        version_id = put_in_force(session, member, *lines)
        draft = session.get_one(RoutingVersion, version_id)
        draft.published_at = None
        session.flush()
        return simulate(session, draft, ports)


def test_it_tells_who_gains_and_who_loses(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    member = world.first
    lifts = [submit(client, member, LIFT, member.collective) for _ in range(3)]
    submit(client, member, HEATING, member.collective)
    submit(client, member, "Le loyer", None)
    agency, technical = member.teams["agency"], member.teams["technical"]
    with app.app_context():
        found = replay(
            member,
            ports,
            {"category": "ascenseur", "team_id": technical},
            {"category": "chauffage", "team_id": technical, "organisation_id": member.supplier_id},
            {"category": "loyer", "team_id": member.teams["tenancy"], "needs_place": False},
        ).comparison
    assert (found.total, found.changed, found.dangers) == (5, 3, 0)
    assert {(share.team_id, share.organisation_id): share.gain for share in found.shares} == {
        (agency, None): -3,
        (technical, None): 3,
        (technical, member.supplier_id): 0,
        (member.teams["tenancy"], None): 0,
    }
    assert [(one.category, one.changed, one.total) for one in found.categories] == [("ascenseur", 3, 3)]
    assert {example.id for example in found.examples} == set(lifts)
    assert {(one.before, one.after) for one in found.examples} == {
        (Desk(agency, None, None), Desk(technical, None, None))
    }


def test_what_a_person_placed_is_counted_apart(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    member = world.first
    placed = submit(client, member, LIFT, member.collective)
    submit(client, member, LIFT, member.collective)
    with app.app_context():
        with member_transaction(member.id) as session:
            session.get_one(Complaint, placed).routed_by_person = True
        found = replay(member, ports, {"team_id": member.teams["technical"]})
    assert (found.by_person, found.comparison.total, found.comparison.changed) == (1, 1, 1)


def test_a_correction_is_replayed_as_corrected(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    member = world.first
    complaint_id = submit(client, member, LIFT, member.collective)
    with app.app_context():
        correct(member, complaint_id, ports, category="loyer")
        steps.follow(member.id, complaint_id, ports)
        found = replay(member, ports, {"category": "ascenseur", "team_id": member.teams["technical"]})
    assert found.comparison.categories == []


@pytest.mark.parametrize(("days", "total"), [(DAYS - 1, 1), (DAYS + 1, 0)])
def test_it_looks_back_ninety_days(
    app: Flask, client: FlaskClient, world: World, ports: Ports, clock: SetClock, days: int, total: int
) -> None:
    member = world.first
    submit(client, member, LIFT, member.collective)
    clock.forward(timedelta(days=days))
    with app.app_context():
        assert replay(member, ports).comparison.total == total


def test_place_hours_and_needs_are_replayed(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    member = world.first
    complaint_id = submit(client, member, LIFT, member.collective, needs=["langue"])
    with app.app_context():
        asked: dict[str, object] = {
            "need": "langue", "hours": "working", "heating": "collective", "has_lift": True, "insee": "80021",
        }  # fmt: skip
        found = replay(member, ports, asked | {"team_id": member.teams["technical"]})
        assert [example.id for example in found.comparison.examples] == [complaint_id]


def test_another_member_s_complaints_are_not_seen(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    submit(client, world.second, LIFT, world.second.collective)
    with app.app_context():
        assert replay(world.first, ports).comparison.total == 0


def test_nothing_is_moved_or_written(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    member = world.first
    complaint_id: UUID = submit(client, member, LIFT, member.collective)
    with app.app_context():
        replay(member, ports, {"team_id": member.teams["technical"]})
        with member_transaction(member.id) as session:
            assert session.get_one(Complaint, complaint_id).team_id == member.teams["agency"]

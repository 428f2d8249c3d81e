"""What tenants say and are told, as the lists follow it: messages to read, words after the end, no news for long."""

from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.handling import handling
from service.journey.ports import Ports
from tests.faces.test_staff import Desk, at_desk
from tests.faces.test_staff_inbox import counts, listed
from tests.following import Follower
from tests.world import World

pytestmark = pytest.mark.services
MARK = "Nouveau message"


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports)


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return at_desk(app, world.first)


def is_in(desk: Desk, slug: str, tenant: Follower) -> bool:
    """Say whether a list holds the complaint; its count says the same."""
    page = desk.read(f"/equipe/?vue={slug}")
    is_listed = tenant.complaint().reference in listed(page)
    assert counts(page)[slug] == int(is_listed)
    return is_listed


def test_what_a_tenant_writes_after_the_end_is_listed_until_somebody_does_something(
    tenant: Follower, desk: Desk
) -> None:
    tenant.closed()
    assert not is_in(desk, "ecrit-apres", tenant)
    tenant.post("messages", text="Il manque la clé de la cave", apres="1")
    assert tenant.kinds()[-1] == "noted"
    assert is_in(desk, "ecrit-apres", tenant)
    assert MARK in desk.read("/equipe/?vue=ecrit-apres")
    assert not is_in(desk, "a-lire", tenant)
    page = f"/equipe/demandes/{tenant.id}"
    assert desk.send(page, f"{page}/note", internal_note="Clé rendue par le gardien").status_code == 303
    assert not is_in(desk, "ecrit-apres", tenant)


def test_what_was_written_after_the_end_leaves_the_list_after_a_month(
    tenant: Follower, clock: SetClock, app: Flask, world: World
) -> None:
    tenant.closed()
    tenant.post("messages", text="Il manque la clé de la cave", apres="1")
    clock.forward(timedelta(days=31))
    assert not is_in(at_desk(app, world.first), "ecrit-apres", tenant)


def test_a_message_is_to_be_read_until_somebody_does_something(tenant: Follower, desk: Desk) -> None:
    assert not is_in(desk, "a-lire", tenant)
    tenant.post("messages", text="Toujours froid")
    assert is_in(desk, "a-lire", tenant)
    tenant.answered()
    assert not is_in(desk, "a-lire", tenant)


def test_who_chases_every_week_and_hears_nothing_is_without_news(
    tenant: Follower, clock: SetClock, app: Flask, world: World
) -> None:
    for week in range(4):
        clock.forward(timedelta(days=7))
        tenant.post("messages", text=f"Toujours froid, semaine {week}")
    assert is_in(at_desk(app, world.first), "sans-nouvelles", tenant)
    tenant.answered()
    assert not is_in(at_desk(app, world.first), "sans-nouvelles", tenant)


def test_what_people_do_among_themselves_is_no_news(
    tenant: Follower, clock: SetClock, app: Flask, world: World, ports: Ports
) -> None:
    clock.forward(timedelta(days=22))
    with app.app_context():
        handling.assign(world.first.id, tenant.id, world.first.agent_id, world.first.agent_id, ports)
    assert is_in(at_desk(app, world.first), "sans-nouvelles", tenant)

"""What waits beside the lists stands in the navigation of every page, with how much."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.delivery import Delivery
from service.models.incident import Incident
from service.models.patrimoine import Residence
from tests.faces.test_staff import Desk, at_desk
from tests.faces.test_staff_inbox import listed
from tests.following import Follower
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports, email="nora@poste.example")


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return at_desk(app, world.first)


def waits(desk: Desk, place: str) -> int:
    """Return the figure beside a place of the navigation; 0 when there is none."""
    figure = r'(?: <span class="chip warn">(\d+)<span class="sr"> [^<]+</span></span>)?'
    found = re.search(f">{place}{figure}</a>", desk.read("/equipe/regles"))
    assert found
    return int(found[1] or 0)


def test_an_incident_to_decide_or_without_its_news_is_counted(
    app: Flask, world: World, desk: Desk, clock: SetClock
) -> None:
    assert waits(desk, "Incidents") == 0
    with app.app_context(), member_transaction(world.first.id) as session:
        session.add(incident(world, session, status="proposed"))
        session.add(incident(world, session, status="open", next_news_at=clock.now() + timedelta(minutes=5)))
        session.add(incident(world, session, status="resolved", next_news_at=clock.now() - timedelta(hours=1)))
    assert waits(desk, "Incidents") == 1
    clock.forward(timedelta(minutes=10))
    assert waits(desk, "Incidents") == 2


def test_a_closing_letter_that_was_lost_is_counted_and_listed(app: Flask, tenant: Follower, desk: Desk) -> None:
    tenant.closed()
    tenant.deliveries("closed")
    assert waits(desk, "Envois") == 0
    change(app, tenant, purpose="closed", status="given_up")
    assert waits(desk, "Envois") == 1
    assert listed(desk.read("/equipe/?vue=echecs")) == [tenant.complaint().reference]


def test_calls_and_letters_to_make_are_counted(app: Flask, tenant: Follower, desk: Desk) -> None:
    before = waits(desk, "Courriers")
    tenant.answered()
    tenant.deliveries("answered")
    change(app, tenant, purpose="answered", status="waiting", channel="phone")
    assert waits(desk, "Courriers") == before + 1
    change(app, tenant, purpose="answered", status="sent", channel="phone")
    assert waits(desk, "Courriers") == before


def incident(world: World, session: Session, *, status: str, next_news_at: datetime | None = None) -> Incident:
    residence = session.scalars(select(Residence)).first()
    assert residence
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Incident(
        id=uuid4(), member_id=world.first.id, residence_id=residence.id, category="ascenseur", kind="outage",
        status=status, title="Ascenseur en panne", opened_by="rules", opened_at=at, starts_at=at,
        next_news_at=next_news_at,
    )  # fmt: skip


def change(app: Flask, tenant: Follower, *, purpose: str, **values: str) -> None:
    """Let the delivery of a purpose have ended otherwise."""
    with app.app_context(), member_transaction(tenant.member.id) as session:
        changed = update(Delivery).where(Delivery.purpose == purpose).values(**values)
        assert len(session.execute(changed.returning(Delivery.id)).all()) == 1

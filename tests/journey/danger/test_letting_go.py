"""Once somebody may be in danger, nothing that was written to the tenant waits any longer."""

import pytest
from flask import Flask

from service.journey.news import mending
from service.journey.ports import Ports
from service.settings import Settings
from tests.following import Follower
from tests.mending import wait_to_mend
from tests.work import correct
from tests.world import World

pytestmark = pytest.mark.services

CUT_IT = "Coupez le gaz et sortez."


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports, email="x@poste.example")


@pytest.fixture
def answered(tenant: Follower, settings: Settings) -> Follower:
    """A tenant whose answer waits to leave."""
    wait_to_mend(settings, tenant.member)
    tenant.answered(CUT_IT)
    assert not tenant.deliveries("answered")
    return tenant


def test_an_answer_that_waits_leaves_when_a_danger_is_raised(answered: Follower) -> None:
    answered.post("messages", text="odeur de gaz !")
    assert [one.status for one in answered.deliveries("answered")] == ["sent"]
    assert CUT_IT in answered.page()


def test_an_answer_that_waits_leaves_when_a_person_says_danger(answered: Follower) -> None:
    with answered.app.app_context():
        correct(answered.member, answered.id, answered.ports, category="chauffage", urgency="danger")
    assert [one.status for one in answered.deliveries("answered")] == ["sent"]
    assert CUT_IT in answered.page()


def test_what_was_kept_back_stays_so(answered: Follower) -> None:
    with answered.app.app_context():
        event = answered.events("answered")[0]
        mending.withhold(answered.member.id, answered.id, event.id, answered.member.agent_id, answered.ports)
    answered.post("messages", text="odeur de gaz !")
    assert not answered.deliveries("answered")
    assert CUT_IT not in answered.page()


def test_what_is_no_danger_lets_nothing_go(answered: Follower) -> None:
    answered.post("messages", text="Il fait froid")
    assert not answered.deliveries("answered")
    assert CUT_IT not in answered.page()


def test_news_held_for_the_evening_leave_when_a_danger_is_raised(tenant: Follower) -> None:
    tenant.post("nouvelles", channel="email", email="", phone="", pace="daily", language="fr")
    tenant.answered(CUT_IT)
    assert [one.status for one in tenant.deliveries("answered")] == ["held"]
    tenant.post("messages", text="odeur de gaz !")
    assert [one.status for one in tenant.deliveries("answered")] == ["sent"]

"""A second factor is proposed on arrival to whoever has none, until they say so."""

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from tests.signing_in import Visitor
from tests.world import World

pytestmark = pytest.mark.services

PROPOSED = "Un code en plus du mot de passe"


def test_it_is_proposed_on_arrival_until_it_is_put_off(app: Flask, world: World) -> None:
    email = world.first.agent_email
    visitor = Visitor(app, email).entered()
    assert PROPOSED in visitor.read("/")
    assert PROPOSED not in visitor.read("/")  # said once, it takes no room from the list
    visitor = Visitor(app, email).entered()
    assert visitor.send("/", "/moi/plus-tard").status_code == 303
    assert PROPOSED not in Visitor(app, email).entered().read("/")


def test_it_is_not_proposed_to_whoever_has_one(app: Flask, world: World, clock: SetClock) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    visitor.set_up_code(clock)
    assert PROPOSED not in visitor.read("/")

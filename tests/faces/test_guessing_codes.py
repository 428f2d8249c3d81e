"""Whoever has a password and sits at a browser that is known may not go through the codes either, day after day."""

from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.journey.people.throttling import CODE_IN_A_DAY, CODE_KNOWN
from tests.signing_in import Visitor
from tests.world import World

pytestmark = pytest.mark.services


def test_a_known_browser_tries_so_many_codes_a_day_and_keeps_nobody_out_elsewhere(
    app: Flask, world: World, clock: SetClock
) -> None:
    email = world.first.agent_email
    shared, own = Visitor(app, email), Visitor(app, email)
    totp, _codes = shared.entered().set_up_code(clock)
    shared.send("/moi", "/deconnexion")
    clock.forward(timedelta(minutes=2))
    own.sign_in()
    assert own.step(code=totp.at(clock.now())).status_code == 303  # this browser is known, too
    own.send("/moi", "/deconnexion")
    tried = 0
    for _quarter in range(4):
        shared.sign_in()
        while shared.step(code="000000").status_code == 422:
            tried += 1
        clock.forward(CODE_KNOWN.window + timedelta(seconds=1))
    assert tried == CODE_IN_A_DAY.allowed
    own.sign_in()
    assert own.step(code=totp.at(clock.now())).status_code == 303
    clock.forward(CODE_IN_A_DAY.window)
    shared.sign_in()
    assert shared.step(code=totp.at(clock.now())).status_code == 303

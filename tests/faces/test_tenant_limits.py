"""A flood through the public form is asked to wait; a tenant who waits loses nothing and knows whom to call."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.domain.safety import numbers_always_shown
from service.tenant.sending import limits
from service.tenant.sending_limits import PER_RECIPIENT, PER_SENDER, WINDOW
from tests.world import World

pytestmark = pytest.mark.services

EMAIL = "voisine@exemple.fr"
FLOOD = "203.0.113.7"


def send(client: FlaskClient, rank: int, sender: str = FLOOD, **fields: str) -> TestResponse:
    """Send the form of a page of its own."""
    form = {"nonce": f"page-{rank:022d}", "text": f"Le radiateur {rank} est froid", "envoyer": "1", **fields}
    return client.post("/amont/", data=form, environ_overrides={"REMOTE_ADDR": sender})


@pytest.fixture
def flooded(app: Flask, client: FlaskClient, world: World, clock: SetClock) -> FlaskClient:
    """The form, after all that one address may send: one is sent, the others are counted as the form counts them."""
    assert world
    assert send(client, 0).status_code == 303
    with app.test_request_context(environ_base={"REMOTE_ADDR": FLOOD}):
        for _ in range(PER_SENDER - 1):
            limits().count({"email": "", "phone": ""}, clock.now())
    assert send(client, 99).status_code == 429
    return client


def test_a_tenant_who_has_to_wait_loses_nothing(client: FlaskClient, world: World, clock: SetClock) -> None:
    assert world
    for rank in range(PER_SENDER):
        assert send(client, rank).status_code == 303
    answer = send(client, 100, text="Toujours froid", name="Marie & Léa")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "600"
    assert "Votre demande n'est pas encore envoyée" in answer.text
    assert ">Toujours froid</textarea>" in answer.text
    assert 'value="Marie &amp; Léa"' in answer.text
    notice = answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert 'href="tel:0353010000"' in notice
    for number in numbers_always_shown():
        assert f':{number.dialled}"><strong>{number.phone}</strong>' in answer.text
    nonce = re.search(r'name="nonce" value="([^"]+)"', answer.text)
    assert nonce
    clock.forward(WINDOW + timedelta(seconds=1))
    assert send(client, 100, text="Toujours froid", name="Marie & Léa", nonce=nonce[1]).status_code == 303


def test_danger_does_not_wait(flooded: FlaskClient) -> None:
    answer = send(flooded, 100, text="ça sent le gaz")
    assert answer.status_code == 303
    assert "Odeur de gaz" in flooded.get(answer.location).text


def test_another_address_and_the_extranets_do_not_wait(flooded: FlaskClient, world: World) -> None:
    assert send(flooded, 100, sender="203.0.113.8").status_code == 303
    for rank in range(3):
        body = {"text": f"Panne {rank}", "tenant": {"email": EMAIL}}
        answer = flooded.post(
            "/api/v1/complaints",
            json=body,
            headers=world.first.bearer,
            environ_overrides={"REMOTE_ADDR": FLOOD},
        )
        assert answer.status_code == 201


def test_a_page_sent_again_while_others_wait_leads_to_its_complaint(flooded: FlaskClient) -> None:
    again = send(flooded, 0)
    assert (again.status_code, again.location.startswith("/suivi/")) == (303, True)


def test_pages_sent_again_and_mistakes_count_for_nothing(client: FlaskClient, world: World) -> None:
    assert world
    for _ in range(PER_SENDER + 1):
        assert send(client, 0).status_code == 303
        assert send(client, 1, text="").status_code == 422
    assert send(client, 2).status_code == 303


def test_the_addresses_of_one_home_are_one(client: FlaskClient, world: World) -> None:
    assert world
    for rank in range(PER_SENDER):
        assert send(client, rank, sender=f"2001:db8:1:2::{rank:x}").status_code == 303
    assert send(client, 100, sender="2001:db8:1:2:ffff::1").status_code == 429
    assert send(client, 100, sender="2001:db8:1:3::1").status_code == 303


def test_nobodys_mailbox_is_filled(app: Flask, world: World) -> None:
    assert world
    client = app.test_client()
    for rank in range(PER_RECIPIENT):
        assert send(client, rank, sender=f"203.0.113.{rank}", email=EMAIL).status_code == 303
    assert send(client, 100, sender="203.0.113.99", email=EMAIL.upper()).status_code == 429
    assert send(client, 101, sender="203.0.113.99", email="autre@exemple.fr").status_code == 303
    assert send(client, 102, sender="203.0.113.99").status_code == 303

"""The form of somebody whom the member's extranet introduced: nothing to type again, everything open to change."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from service.settings import Settings
from tests.tokens import claims_of, share_secret, sign
from tests.world import World

pytestmark = pytest.mark.services

TEXT = "Le radiateur du salon reste froid"
_FIELD = re.compile(r'<input [^>]*name="([a-z_]+)"[^>]* value="([^"]*)"')
BACK = "https://extranet.example/accueil"


@pytest.fixture
def address(app: Flask, client: FlaskClient, world: World, ports: Ports) -> str:
    """Where the extranet's button leads to."""
    claims = claims_of(world.first, ports, name="Marie Durand", email="marie@exemple.fr", return_url=BACK)
    token = sign(share_secret(app, world.first, ports), claims)
    return str(client.post("/amont/arrivee", data={"jeton": token}).location)


def typed(page: str) -> dict[str, str]:
    """Return what a browser sends of a page nobody typed anything in."""
    kinds = re.sub(r'<input [^>]*type="(radio|checkbox|file)"[^>]*>', "", page)
    return {name: unescape(value) for name, value in _FIELD.findall(kinds)} | {"text": TEXT}


def kept(settings: Settings) -> list[tuple[object, ...]]:
    engine = create_engine(settings.database_owner_url)
    query = "select tenant_reference, tenant_name, tenant_email, place_given->>'reference', return_url from complaints"
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def test_nothing_is_typed_again(
    client: FlaskClient, address: str, world: World, ports: Ports, settings: Settings
) -> None:
    page = client.get(address)
    assert "Vos coordonnées" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    check = client.post("/amont/", data=typed(page.text)).location
    assert "Marie Durand" in client.get(check).text
    client.post(check, data={"envoyer": "1"})
    claims = claims_of(world.first, ports)
    assert kept(settings) == [(claims["sub"], "Marie Durand", "marie@exemple.fr", claims["dwelling"], BACK)]


def test_whoever_is_somebody_else_says_so_and_the_tenancy_is_not_theirs(
    client: FlaskClient, address: str, settings: Settings
) -> None:
    form = typed(client.get(address).text)
    client.post("/amont/", data=form | {"name": "Paul Petit", "envoyer": "1"})
    [(tenancy, name, *_)] = kept(settings)
    assert (tenancy, name) == (None, "Paul Petit")


def test_the_same_introduction_sends_once_and_mending_keeps_the_tenancy(
    client: FlaskClient, address: str, settings: Settings
) -> None:
    form = typed(client.get(address).text)
    assert form["nonce"] == typed(client.get(address).text)["nonce"], "going back must not make a second complaint"
    check = client.post("/amont/", data=form).location
    draft = check.rpartition("/")[2].partition("?")[0]
    again = typed(client.get(f"/amont/?brouillon={draft}").text)
    mended = client.post("/amont/", data=again | {"text": "Le radiateur de la chambre"}).location
    client.post(mended, data={"envoyer": "1"})
    assert client.post(mended, data={"envoyer": "1"}).location.startswith("/suivi/")
    [(tenancy, *_)] = kept(settings)
    assert tenancy


def test_an_introduction_that_is_over_says_what_to_do_and_loses_nothing_typed(
    client: FlaskClient, address: str, clock: SetClock, settings: Settings
) -> None:
    form = typed(client.get(address).text)
    clock.forward(timedelta(hours=2, seconds=1))
    page = client.get(address).text
    assert "Nous ne savons plus qui vous êtes" in page
    assert "Marie" not in page
    check = client.post("/amont/", data=form).location
    assert TEXT in client.get(check).text
    client.post(check, data={"envoyer": "1"})
    [(tenancy, name, *_)] = kept(settings)
    assert (tenancy, name) == (None, "Marie Durand")


def test_a_mistake_opens_the_fields_that_were_folded(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    assert '<details class="change">' in page
    wrong = client.post("/amont/", data=typed(page) | {"email": "marie@"})
    assert wrong.status_code == 422
    assert '<details class="change" open>' in wrong.text


@pytest.mark.parametrize("secret", ["a" * 22, "é", "x" * 5000])
def test_a_made_up_introduction_shows_the_plain_form(client: FlaskClient, world: World, secret: str) -> None:
    assert world
    page = client.get("/amont/", query_string={"arrivee": secret})
    assert page.status_code == 200
    assert 'name="dwelling_reference"' in page.text

"""Over https, behind one proxy of ours: what a browser sends there must be enough to sign in and to act."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from service.journey.ports import Ports
from service.models.database import db
from service.settings import Settings
from tests.world import PASSWORD, READER, World

pytestmark = pytest.mark.services

ORIGIN = "https://localhost"
PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def client(settings: Settings, ports: Ports, world: World) -> Iterator[FlaskClient]:
    """A browser, for the application as it is served in production."""
    assert world
    app = create_app(replace(settings, base_url=ORIGIN, trusted_proxies=1), replace(ports, base_url=ORIGIN))
    yield app.test_client()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def read(client: FlaskClient, path: str) -> TestResponse:
    answer = client.get(path, headers=PROXIED)
    assert answer.status_code == 200
    # Told to send no Referer at all, a browser could not prove where its form stands, and each would be refused.
    assert answer.headers["Referrer-Policy"] == "same-origin"
    return answer


def send(client: FlaskClient, page: str, path: str, referer: str | None = None, **fields: str) -> TestResponse:
    """Send a form of a page as a browser does."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', read(client, page).text)
    assert token
    headers = PROXIED | {"Referer": referer or f"{ORIGIN}{page}", "Origin": ORIGIN}
    return client.post(path, headers=headers, data={"csrf_token": token[1], **fields})


def test_staff_sign_in_and_act(client: FlaskClient, world: World) -> None:
    member = world.first
    body = {"text": "Le radiateur reste froid", "dwelling": {"reference": member.collective}}
    sent = client.post("/api/v1/complaints", json=body, headers=member.bearer | PROXIED)
    assert sent.status_code == 201
    sign_in = "/equipe/connexion"
    entered = send(client, sign_in, sign_in, email=member.agent_email, password=PASSWORD)
    assert (entered.status_code, entered.location) == (303, "/equipe/")
    assert "Secure" in entered.headers["Set-Cookie"]
    page = f"/equipe/demandes/{sent.get_json()['id']}"
    assert send(client, page, f"{page}/attribution", assignee=str(member.agent_id)).status_code == 303
    assert "Attribuée à Ana Vidal" in read(client, page).text


def test_a_reader_signs_in(client: FlaskClient) -> None:
    page = "/reseau/connexion"
    assert send(client, page, page, email=READER, password=PASSWORD).status_code == 303
    assert send(client, "/reseau/", "/reseau/deconnexion").status_code == 303


def test_a_form_sent_from_another_site_is_refused(client: FlaskClient, world: World) -> None:
    page, fields = "/equipe/connexion", {"email": world.first.agent_email, "password": PASSWORD}
    assert send(client, page, page, referer="https://ailleurs.example/", **fields).status_code == 400

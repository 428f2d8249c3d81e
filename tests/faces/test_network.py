"""The door of the network face: who comes in, who does not, and what stays closed to those inside."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.journey.people.throttling import FROM_NETWORK, PASSWORD_HERE
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.settings import Settings
from tests.work import work_off
from tests.world import PASSWORD, READER, World

pytestmark = pytest.mark.services

SIGN_IN = "/reseau/connexion"
HOME = "/reseau/"
# What a household wrote and who it is: no page a reader may open holds any of it.
SECRETS = ("Le radiateur de la chambre violette reste froid", "Josiane Perdrix", "josiane@poste.example")
# Open to the whole world, signed in or not; each is still searched for the secrets.
OPEN_TO_ALL = {
    "static", "api_docs", "api-docs.openapi_json", "health.live", "health.ready", "health.metrics",
    "tenant.home", "tenant.form", "tenant.submit", "tenant.safety", "tenant.colours", "staff.sign_in",
    "staff.second_step", "staff.passkey_challenge", "staff.passkey_sign_in", "staff.forgotten", "operator.sign_in",
    "staff.find_provider", "staff.start_at_provider", "staff.come_back",
    "integration", "integration_of", "integration_script", "tenant.accessibility", "tenant.arrive", "tenant.ask_link",
    "tenant.form_file_append", "tenant.form_file_begin", "tenant.form_file_state", "tenant.form_file_take_off",
    "tenant.help", "tenant.lost_link", "tenant.stages", "tenant.trial", "tenant.understand",
    "network_api.show_description", "open_data.show", "open_data.give_data",
}  # fmt: skip
CLOSED = (302, 303, 401, 403, 404)


def send(client: FlaskClient, form_page: str, url: str, **fields: str) -> TestResponse:
    """Send a form with the token found on its page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(form_page).text)
    assert found
    return client.post(url, data={"csrf_token": found[1], **fields})


def sign_in(client: FlaskClient, email: str = READER, password: str = PASSWORD) -> TestResponse:
    return send(client, SIGN_IN, SIGN_IN, email=email, password=password)


def test_the_right_password_opens_the_page(client: FlaskClient, world: World) -> None:
    assert world
    answer = sign_in(client, f"  {READER.upper()} ")
    assert (answer.status_code, answer.location) == (303, HOME)
    assert client.get(HOME).status_code == 200
    assert client.get(SIGN_IN).location == HOME


def test_the_same_is_said_whatever_is_wrong(client: FlaskClient, world: World) -> None:
    staff = world.first.agent_email
    pages = set()
    for email, password in ((READER, "faux"), ("personne@reseau.example", PASSWORD), (staff, PASSWORD), ("\x00", "")):
        answer = sign_in(client, email, password)
        assert answer.status_code == 422
        pages.add(re.sub(r' value="[^"]*"', "", answer.text))
    assert len(pages) == 1
    assert "L&#39;adresse ou le mot de passe n&#39;est pas le bon" in pages.pop()


def test_guessing_is_slowed_down_then_forgotten(client: FlaskClient, world: World, clock: SetClock) -> None:
    assert world
    for _ in range(PASSWORD_HERE.allowed):
        assert sign_in(client, password="faux").status_code == 422
    assert sign_in(client).status_code == 429  # even the right one
    assert sign_in(client, "autre@reseau.example", "faux").status_code == 422  # another address is not held back
    clock.forward(PASSWORD_HERE.window - timedelta(seconds=1))
    assert sign_in(client).status_code == 429
    clock.forward(timedelta(seconds=2))
    assert sign_in(client).status_code == 303


def test_a_success_gives_the_attempts_back(client: FlaskClient, world: World) -> None:
    assert world
    for _ in range(3):
        for _ in range(PASSWORD_HERE.allowed - 1):
            assert sign_in(client, password="faux").status_code == 422
        assert sign_in(client).status_code == 303
        send(client, HOME, "/reseau/deconnexion")


def test_one_password_tried_on_many_accounts_is_slowed_down(client: FlaskClient, world: World) -> None:
    assert world
    for rank in range(FROM_NETWORK.allowed):
        assert sign_in(client, f"personne-{rank}@reseau.example", "faux").status_code == 422
    assert sign_in(client).status_code == 429


@pytest.mark.parametrize("url", [SIGN_IN, "/reseau/deconnexion"])
def test_a_form_without_its_token_is_refused(client: FlaskClient, world: World, url: str) -> None:
    assert world
    assert client.post(url, data={"email": READER, "password": PASSWORD}).status_code == 400


def test_every_page_but_the_sign_in_page_is_guarded(app: Flask, world: World) -> None:
    assert world
    app.config["WTF_CSRF_ENABLED"] = False  # So that the guard alone stands in the way.
    client, guarded = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("network.") and rule.endpoint not in {"network.sign_in", "network.second_step"}:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = client.open(re.sub("<uuid:[a-z_]+>", str(UUID(int=1)), str(rule)), method=method)
                assert (answer.status_code, answer.location) == (303, SIGN_IN), rule
                guarded += 1
    assert guarded >= 4


def test_signing_out_closes_the_page_and_needs_a_form(client: FlaskClient, world: World) -> None:
    assert world
    sign_in(client)
    assert client.get("/reseau/deconnexion").status_code == 405
    assert send(client, HOME, "/reseau/deconnexion").location == SIGN_IN
    assert "Vous êtes déconnecté." in client.get(SIGN_IN).text
    assert client.get(HOME).location == SIGN_IN


def test_a_reader_who_left_is_out_at_the_next_request(client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    sign_in(client)
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("update network_readers set is_active = false"))
    engine.dispose()
    assert client.get(HOME).location == SIGN_IN


def test_the_session_of_staff_does_not_open_the_network(client: FlaskClient, world: World) -> None:
    answer = send(client, "/equipe/connexion", "/equipe/connexion", email=world.first.agent_email, password=PASSWORD)
    assert answer.status_code == 303
    assert client.get("/equipe/").status_code == 200
    for url in (HOME, "/reseau/tendances.csv", "/reseau/modele"):
        assert client.get(url).location == SIGN_IN
    with client.session_transaction() as session:
        session["network"] = session["staff"]["id"]  # the id of a person of staff is no reader's
    assert client.get(HOME).location == SIGN_IN


def test_signing_in_leaves_the_session_of_staff_behind(client: FlaskClient, world: World) -> None:
    send(client, "/equipe/connexion", "/equipe/connexion", email=world.first.agent_email, password=PASSWORD)
    sign_in(client)
    assert client.get(HOME).status_code == 200
    assert client.get("/equipe/").status_code == 303


def address_of(rule: Rule, complaint_id: UUID, world: World) -> str:
    """Return an address of the rule that leads to the complaint, where one can be made without its secret link."""
    given = {"complaint_id": str(complaint_id), "slug": world.first.slug, "token": "inconnu-inconnu-inconnu"}
    given["filename"] = "seve.css"
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: quote(given.get(found[1], given["complaint_id"])), str(rule))


def test_no_other_address_shows_a_complaint_to_a_reader(app: Flask, ports: Ports, world: World) -> None:
    # As in production: mail leaves by SMTP, and nobody reads it on a page.
    seve = app.extensions["seve"]
    app.extensions["seve"] = replace(seve, settings=replace(seve.settings, smtp_url="smtp://mail.example"))
    client, member = app.test_client(), world.first
    body = {
        "text": SECRETS[0],
        "dwelling": {"reference": member.collective},
        "tenant": {"name": SECRETS[1], "email": SECRETS[2]},
    }
    sent = app.test_client().post("/api/v1/complaints", json=body, headers=member.bearer)
    complaint_id = UUID(sent.json["id"]) if sent.json else UUID(int=0)
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            secrets = (*SECRETS, session.get_one(Complaint, complaint_id).tracking_token, sent.json["reference"])
    sign_in(client)
    app.config["WTF_CSRF_ENABLED"] = False  # So that no missing token refuses in place of the guard.
    tried = set()
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if (rule.endpoint, method) in {("network.sign_out", "POST"), ("network.sign_in", "POST")}:
                continue  # They end the session this test stands on.
            is_open = rule.endpoint in OPEN_TO_ALL or rule.endpoint.startswith("network.")
            with client.open(address_of(rule, complaint_id, world), method=method) as answer:
                assert is_open or answer.status_code in CLOSED, (rule, method, answer.status_code)
                assert not [secret for secret in secrets if secret in answer.text], rule
            tried.add(rule.endpoint)
    assert client.get(HOME).status_code == 200  # still signed in: what refused, refused a reader
    assert {"complaints.read_complaint", "complaints.list_complaints", "staff.show", "staff.inbox"} <= tried

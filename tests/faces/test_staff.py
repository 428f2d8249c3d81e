"""The door of the staff face: who comes in, who does not, and what a form must carry."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.journey.people.throttling import FROM_NETWORK, PASSWORD_HERE
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff.routes import BY_ENDPOINT
from tests.world import PASSWORD, MemberWorld, World

pytestmark = pytest.mark.services

SIGN_IN = "/equipe/connexion"
SOME_ID = "00000000-0000-0000-0000-000000000001"


class Desk:
    """A person at work: reads pages and sends their forms, token included."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def read(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200, answer.status_code
        return as_read(answer)

    def send(self, form_page: str, url: str, **fields: str) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(form_page).text)
        assert found
        return self.client.post(url, data={"csrf_token": found[1], **fields})

    def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.send(SIGN_IN, SIGN_IN, email=email, password=password, **fields)


def as_read(answer: TestResponse) -> str:
    """Return a page with ordinary spaces, as a test writes them."""
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


def at_desk(app: Flask, member: MemberWorld) -> Desk:
    desk = Desk(app.test_client())
    assert desk.sign_in(member.agent_email).status_code == 303
    return desk


def submit(client: FlaskClient, member: MemberWorld, text: str, **tenant: str) -> dict[str, str]:
    """Send a tenant's message as the member's extranet does; return what it was answered."""
    body = {"text": text, "dwelling": {"reference": member.collective}, "tenant": tenant}
    answer = client.post("/api/v1/complaints", json=body, headers=member.bearer)
    assert answer.status_code == 201, answer.text
    assert answer.json
    return dict(answer.json)


# What opens to those who have not signed in. Whoever adds to this list has thought of what a stranger does there.
OPEN = {
    "sign_in", "second_step", "passkey_challenge", "passkey_sign_in", "invitation", "forgotten", "find_provider",
    "start_at_provider", "come_back",
}  # fmt: skip


def test_only_the_pages_of_signing_in_are_open() -> None:
    assert {route.name for route in BY_ENDPOINT.values() if route.is_open} == OPEN


def test_every_page_but_those_of_signing_in_is_guarded(app: Flask, world: World) -> None:
    assert world
    app.config["WTF_CSRF_ENABLED"] = False  # So that the guard alone stands in the way.
    client, guarded = app.test_client(), 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("staff.") or BY_ENDPOINT[rule.endpoint].is_open:
            continue
        url = re.sub("<int:[a-z_]+>", "1", re.sub("<uuid:[a-z_]+>", SOME_ID, str(rule)))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(url, method=method)
            assert (answer.status_code, answer.location.split("?")[0]) == (303, SIGN_IN), rule
            guarded += 1
    assert guarded >= 8


def test_the_right_password_leads_to_the_page_asked_for(client: FlaskClient, world: World) -> None:
    desk = Desk(client)
    asked = client.get("/equipe/?vue=danger")
    assert asked.location == "/equipe/connexion?suite=/equipe/?vue%3Ddanger"
    answer = desk.sign_in(world.first.agent_email.upper(), suite="/equipe/?vue=danger")
    assert (answer.status_code, answer.location) == (303, "/equipe/?vue=danger")
    page = desk.read("/equipe/")
    assert "Amont Habitat" in page
    assert "Ana Vidal" in page


@pytest.mark.parametrize(
    "suite", ["https://ailleurs.example/", "//ailleurs.example/", "/\\ailleurs.example", "/reseau"]
)
def test_signing_in_never_leads_elsewhere(client: FlaskClient, world: World, suite: str) -> None:
    assert Desk(client).sign_in(world.first.agent_email, suite=suite).location == "/equipe/"


def test_a_wrong_address_and_a_wrong_password_read_the_same(app: Flask, world: World) -> None:
    pages = []
    for email, password in ((world.first.agent_email, "faux"), ("personne@amont.example", PASSWORD), ("\x00", "faux")):
        answer = Desk(app.test_client()).sign_in(email, password)
        assert answer.status_code == 422
        pages.append(as_read(answer))
        assert "n'est pas le bon" in pages[-1].replace("&#39;", "'")
    assert world.first.agent_email in pages[0]  # what was typed stays
    assert PASSWORD not in pages[1]


def test_guessing_is_slowed_down_for_one_address_and_for_a_time(app: Flask, world: World, clock: SetClock) -> None:
    desk = Desk(app.test_client())
    for _ in range(PASSWORD_HERE.allowed):
        assert desk.sign_in(world.first.agent_email, "faux").status_code == 422
    assert desk.sign_in(world.first.agent_email).status_code == 429
    assert Desk(app.test_client()).sign_in(world.second.agent_email).status_code == 303
    clock.forward(PASSWORD_HERE.window + timedelta(seconds=1))
    assert desk.sign_in(world.first.agent_email).status_code == 303


def test_one_password_tried_on_many_accounts_is_slowed_down(app: Flask, world: World, clock: SetClock) -> None:
    guesser = Desk(app.test_client())
    for rank in range(FROM_NETWORK.allowed):
        assert guesser.sign_in(f"personne-{rank}@amont.example", "faux").status_code == 422
    held_back = guesser.sign_in(world.first.agent_email)
    assert held_back.status_code == 429
    assert "Attendez un quart d'heure" in as_read(held_back).replace("&#39;", "'")
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert Desk(elsewhere).sign_in(world.first.agent_email).status_code == 303
    clock.forward(PASSWORD_HERE.window + timedelta(seconds=1))
    assert guesser.sign_in(world.first.agent_email).status_code == 303


def test_an_office_behind_one_address_comes_in(app: Flask, world: World) -> None:
    for _ in range(FROM_NETWORK.allowed + 1):
        assert Desk(app.test_client()).sign_in(world.first.agent_email).status_code == 303


def test_one_good_account_pardons_no_guesses_on_others(app: Flask, world: World) -> None:
    guesser, answers = Desk(app.test_client()), []
    for rank in range(FROM_NETWORK.allowed + 1):
        if rank % 10 == 0:
            assert guesser.sign_in(world.first.agent_email).status_code == (303 if rank < FROM_NETWORK.allowed else 429)
            guesser = Desk(app.test_client())
        answers.append(guesser.sign_in(f"personne-{rank}@amont.example", "faux").status_code)
    assert answers == [422] * FROM_NETWORK.allowed + [429]


def test_signing_in_starts_a_new_session(client: FlaskClient, world: World) -> None:
    with client.session_transaction() as session:
        session["planted"] = "before"
    Desk(client).sign_in(world.first.agent_email)
    with client.session_transaction() as session:
        assert "planted" not in session
        who = {"id": str(world.first.agent_id), "member": str(world.first.id)}
        assert session["staff"] == {**who, "session": session["staff"]["session"]}
        assert session.permanent


def test_whoever_left_is_out_at_the_next_request(app: Flask, world: World) -> None:
    desk = at_desk(app, world.first)
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Staff, world.first.agent_id).is_active = False
    assert desk.client.get("/equipe/").status_code == 303


def test_signing_out_closes_the_session(app: Flask, world: World) -> None:
    desk = at_desk(app, world.first)
    assert desk.send("/equipe/", "/equipe/deconnexion").status_code == 303
    assert desk.client.get("/equipe/").status_code == 303


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient, world: World) -> None:
    sent = submit(client, world.first, "Le radiateur reste froid")
    desk = at_desk(app, world.first)
    page = f"/equipe/demandes/{sent['id']}"
    for path in ("classement", "confirmation", "attribution", "reponse", "cloture"):
        assert desk.client.post(f"{page}/{path}", data={"text": "Bonjour"}).status_code == 400
    assert desk.client.post("/equipe/deconnexion").status_code == 400
    assert desk.client.post(SIGN_IN, data={"email": world.first.agent_email, "password": PASSWORD}).status_code == 400
    assert "Réponse au locataire" not in desk.read(page)

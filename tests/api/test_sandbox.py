"""A sandbox key: answers as a real one, keeps nothing, tells nobody."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.adapters.queue import RememberingWaker
from service.settings import Settings
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
TABLES = ("complaints", "events", "outbox", "deliveries", "incident_links", "referrals", "attachments", "clocks")


@pytest.fixture
def sandbox(app: Flask, world: World) -> dict[str, str]:
    """The headers of a caller with a sandbox key of the first member."""
    made = app.test_cli_runner().invoke(args=["keys", "create", world.first.slug, "essai", "--sandbox"])
    assert made.exit_code == 0, made.output
    return {"Authorization": f"Bearer {made.output.split()[-1]}"}


def counts(settings: Settings) -> dict[str, int]:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        known = set(connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")))
        found = {table: connection.scalar(text(f"select count(*) from {table}")) for table in TABLES if table in known}
    engine.dispose()
    return found


def body_of(member: MemberWorld, words: str = "Le radiateur du salon reste froid", **more: Any) -> dict[str, Any]:
    return {"text": words, "dwelling": {"reference": member.collective}, "tenant": {"email": "a@b.example"}, **more}


def test_it_answers_as_a_real_key_and_keeps_nothing(
    client: FlaskClient, world: World, settings: Settings, waker: RememberingWaker, sandbox: dict[str, str]
) -> None:
    before = counts(settings)
    tried = client.post("/api/v1/complaints", json=body_of(world.first), headers=sandbox)
    assert tried.status_code == 201
    assert counts(settings) == before
    assert waker.woken == []
    real = client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer)
    assert tried.json["sandbox"] is True
    assert "sandbox" not in real.json
    own = {"id", "reference", "tracking_url", "sandbox"}
    assert {name: value for name, value in tried.json.items() if name not in own} == {
        name: value for name, value in real.json.items() if name not in own
    }
    assert set(tried.json) - set(real.json) == {"sandbox"}


def test_its_link_leads_to_a_page_that_says_it_was_a_trial(
    client: FlaskClient, world: World, sandbox: dict[str, str]
) -> None:
    link = client.post("/api/v1/complaints", json=body_of(world.first), headers=sandbox).json["tracking_url"]
    page = client.get(link.removeprefix("http://localhost"))
    assert page.status_code == 200
    assert "essai" in page.text


def test_a_replay_answers_the_same_and_another_body_is_refused(
    client: FlaskClient, world: World, sandbox: dict[str, str]
) -> None:
    headers = sandbox | {"Idempotency-Key": "essai-1"}
    first = client.post("/api/v1/complaints", json=body_of(world.first), headers=headers)
    again = client.post("/api/v1/complaints", json=body_of(world.first), headers=headers)
    other = client.post("/api/v1/complaints", json=body_of(world.first, "Autre chose"), headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json == again.json
    assert other.json["errors"][0]["pointer"] == "Idempotency-Key"


def test_a_key_tried_first_does_not_swallow_the_real_message(
    client: FlaskClient, world: World, settings: Settings, sandbox: dict[str, str]
) -> None:
    more = {"Idempotency-Key": "message-1"}
    client.post("/api/v1/complaints", json=body_of(world.first), headers=sandbox | more)
    real = client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer | more)
    assert "sandbox" not in real.json
    assert counts(settings)["complaints"] == 1
    tried = client.post("/api/v1/complaints", json=body_of(world.first), headers=sandbox | more)
    assert tried.json["sandbox"] is True


def test_many_at_once_with_one_key_get_one_answer(app: Flask, world: World, sandbox: dict[str, str]) -> None:
    headers = sandbox | {"Idempotency-Key": "essai-1"}

    def send(_: int) -> Any:
        return app.test_client().post("/api/v1/complaints", json=body_of(world.first), headers=headers).json

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(12)))
    assert all(answer == answers[0] for answer in answers)


def test_it_reads_its_own_answer_back_and_nothing_else(
    client: FlaskClient, world: World, sandbox: dict[str, str]
) -> None:
    tried = client.post("/api/v1/complaints", json=body_of(world.first), headers=sandbox).json
    read = client.get(f"/api/v1/complaints/{tried['id']}", headers=sandbox)
    assert read.status_code == 200
    assert read.json["text"] == "Le radiateur du salon reste froid"
    assert read.json["timeline"][0]["kind"] == "submitted"
    assert read.json["reference"] == tried["reference"]
    assert client.get(f"/api/v1/complaints/{tried['id']}", headers=world.first.bearer).status_code == 404
    real = client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer).json
    for complaint_id in (real["id"], uuid4()):
        assert client.get(f"/api/v1/complaints/{complaint_id}", headers=sandbox).status_code == 404
    assert client.get("/api/v1/complaints", headers=sandbox).json == {"complaints": [], "next_cursor": None}


def test_what_a_real_key_refuses_it_refuses_too(client: FlaskClient, world: World, sandbox: dict[str, str]) -> None:
    for change in ({"text": " "}, {"surprise": 1}, {"category": "chaufage"}):
        tried = client.post("/api/v1/complaints", json=body_of(world.first) | change, headers=sandbox)
        real = client.post("/api/v1/complaints", json=body_of(world.first) | change, headers=world.first.bearer)
        assert (tried.status_code, tried.json) == (real.status_code, real.json)
    assert client.get("/api/v1/complaints?surprise=1", headers=sandbox).status_code == 422


def test_a_dwelling_of_another_member_is_tried_without_a_trace(
    client: FlaskClient, world: World, settings: Settings, sandbox: dict[str, str]
) -> None:
    tried = client.post("/api/v1/complaints", json=body_of(world.second), headers=sandbox)
    assert tried.status_code == 201
    assert counts(settings)["referrals"] == 0


def test_it_opens_no_other_door(client: FlaskClient, world: World, settings: Settings, sandbox: dict[str, str]) -> None:
    answer = client.post("/open311/v2/requests.json", data={"description": "Radiateur froid"}, headers=sandbox)
    assert answer.status_code in {401, 403}
    assert counts(settings)["complaints"] == 0
    assert world


def test_a_revoked_sandbox_key_is_refused(
    app: Flask, client: FlaskClient, world: World, sandbox: dict[str, str]
) -> None:
    app.test_cli_runner().invoke(args=["keys", "revoke", world.first.slug, "essai"])
    assert client.post("/api/v1/complaints", json=body_of(world.first), headers=sandbox).status_code == 401

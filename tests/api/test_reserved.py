"""A sensitive complaint read by a key: the one that brought it reads it, any other learns that it exists, no more."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from service.journey.delivery import service_requests
from service.journey.people.accounts import hash_key
from service.models.member import ApiKey
from service.settings import Settings
from tests.api.test_complaints import body_of
from tests.world import World

pytestmark = pytest.mark.services

CANARY = "zibeline"
WORDS = f"Mon mari me frappe, {CANARY}, le radiateur reste froid"
OTHER = {"Authorization": "Bearer seve_another_key"}


@pytest.fixture
def engine(settings: Settings, world: World) -> Iterator[Engine]:
    """The database as its owner sees it; the first member has another key."""
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        key = {"name": "tableau de bord", "key_hash": hash_key("seve_another_key"), "created_at": datetime.now(UTC)}
        session.add(ApiKey(member_id=world.first.id, **key))
        session.commit()
    yield engine
    engine.dispose()


def submitted(client: FlaskClient, world: World, engine: Engine, *, is_marked: bool = True) -> dict[str, Any]:
    """Return what the key that brought it was answered; it is kept to named people since."""
    answer: dict[str, Any] = client.post(
        "/api/v1/complaints", json=body_of(world.first, WORDS), headers=world.first.bearer
    ).json
    with engine.begin() as connection:
        marked = text("update complaints set is_marked = :on where id = :id")
        connection.execute(marked, {"on": is_marked, "id": UUID(answer["id"])})
    return answer


def test_another_key_reads_that_it_exists_and_no_word(client: FlaskClient, world: World, engine: Engine) -> None:
    sent = submitted(client, world, engine)
    token = sent["tracking_url"].rpartition("/")[2]
    read = client.get(f"/api/v1/complaints/{sent['id']}", headers=OTHER)
    listed = client.get("/api/v1/complaints", headers=OTHER)
    for answer in (read, listed):
        assert answer.status_code == 200
        assert not [said for said in (CANARY, token, "chauffage", "Chauffage") if said in answer.text]
    for found in (read.json, listed.json["complaints"][0]):
        assert (found["reference"], found["reserved"]) == (sent["reference"], True)
        assert (found["tracking_url"], found["classification"], found["routed_to"]) == (None, None, None)
        assert found["safety_advice"]
    assert (read.json["text"], read.json["place"], read.json["timeline"]) == (None, None, [])
    by_subject = {"query_string": {"category": "chauffage"}, "headers": OTHER}
    assert client.get("/api/v1/complaints", **by_subject).json["complaints"] == []


def test_the_key_that_brought_it_reads_it_still(client: FlaskClient, world: World, engine: Engine) -> None:
    sent, own = submitted(client, world, engine), {"headers": world.first.bearer}
    read = client.get(f"/api/v1/complaints/{sent['id']}", **own).json
    assert (read["text"], read["tracking_url"]) == (WORDS, sent["tracking_url"])
    assert read["timeline"]
    assert "reserved" not in read
    by_subject = client.get("/api/v1/complaints", query_string={"category": "chauffage"}, **own).json
    assert [one["id"] for one in by_subject["complaints"]] == [sent["id"]]


def test_what_everybody_sees_every_key_reads(client: FlaskClient, world: World, engine: Engine) -> None:
    sent = submitted(client, world, engine, is_marked=False)
    assert client.get(f"/api/v1/complaints/{sent['id']}", headers=OTHER).json["text"] == WORDS


def test_the_same_request_sent_again_with_another_key_is_the_same(
    client: FlaskClient, world: World, engine: Engine
) -> None:
    assert engine
    once = {"json": body_of(world.first, WORDS)}
    first, again = (
        client.post("/api/v1/complaints", headers={**bearer, "Idempotency-Key": "once"}, **once)
        for bearer in (world.first.bearer, OTHER)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json["id"] == first.json["id"]


def test_a_client_of_open311_reads_no_word_either(client: FlaskClient, world: World, engine: Engine) -> None:
    requests = "/open311/v2/requests"
    submitted(client, world, engine)
    sent = client.post(f"{requests}.json", headers=world.first.bearer, data={"description": WORDS}).json
    own = sent[0]["service_request_id"]
    with engine.begin() as connection:
        connection.execute(text("update complaints set is_marked = true"))
    read = client.get(f"{requests}/{own}.json", headers=OTHER)
    listed = client.get(f"{requests}.json", headers=OTHER)
    assert (len(read.json), len(listed.json)) == (1, 2)
    for answer in (read, listed):
        assert not [said for said in (CANARY, "chauffage", "Chauffage", world.first.collective) if said in answer.text]
    assert {one["description"] for one in listed.json} == {service_requests.UNTOLD}
    by_subject = client.get(f"{requests}.json", query_string={"service_code": "chauffage"}, headers=OTHER)
    assert by_subject.json == []
    assert CANARY in client.get(f"{requests}/{own}.json", headers=world.first.bearer).text

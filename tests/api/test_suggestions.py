"""What an extranet's own form may show before anything is sent, and what it sends with the answers."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.api import suggestions
from service.api.suggestions import LIMIT, WINDOW
from service.attempts import Attempts
from service.domain.questions import questions_of
from service.journey.ports import Ports
from service.settings import Settings
from tests.incidents import LIFT, Street, incident_of, opened, settle_in
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
URL = "/api/v1/suggestions"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def street(app: Flask, member: MemberWorld) -> Iterator[Street]:
    with app.app_context():
        return settle_in(member, 6)


def ask(client: FlaskClient, member: MemberWorld, words: str, **more: Any) -> Any:
    body = {"text": words, "dwelling": {"reference": member.collective}} | more
    return client.post(URL, json=body, headers=member.bearer)


def send(client: FlaskClient, member: MemberWorld, words: str = "Le radiateur est froid", **more: Any) -> Any:
    body = {"text": words, "dwelling": {"reference": member.collective}} | more
    return client.post("/api/v1/complaints", json=body, headers=member.bearer)


def total(settings: Settings, table: str) -> int:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        number = connection.scalar(text(f"select count(*) from {table}"))
    engine.dispose()
    return int(number or 0)


def test_it_says_what_the_message_seems_to_be_and_what_to_ask(
    client: FlaskClient, member: MemberWorld, settings: Settings
) -> None:
    answer = ask(client, member, "Le radiateur est froid")
    assert answer.status_code == 200
    found = answer.json
    assert found["suggestions"][0] == {"category": "chauffage", "category_label": "Chauffage", "confidence": 0.95}
    assert len(found["suggestions"]) == 3
    assert [question["code"] for question in found["questions"]] == [q.code for q in questions_of("chauffage")]
    assert found["routed_to"]["organisation"] == "Chaleur Picarde"
    assert found["promised_answer_by"] >= "2026-11-25"
    assert found["safety_advice"]
    for table in ("complaints", "events", "submission_keys", "outbox"):
        assert total(settings, table) == 0


def test_what_is_promised_before_is_what_is_promised_after(client: FlaskClient, member: MemberWorld) -> None:
    before = ask(client, member, "Le radiateur est froid").json
    after = send(client, member).json
    assert before["promised_answer_by"] == after["promised_answer_by"]
    assert before["routed_to"] == after["routed_to"]


def test_a_danger_is_said_at_once(client: FlaskClient, member: MemberWorld) -> None:
    found = ask(client, member, "Il y a une odeur de gaz").json
    assert len(found["safety_advice"]) > 1


def test_the_questions_are_those_of_the_subject_the_tenant_chose(client: FlaskClient, member: MemberWorld) -> None:
    found = ask(client, member, "Le radiateur est froid", category="loyer").json
    assert [question["code"] for question in found["questions"]] == [q.code for q in questions_of("loyer")]


def test_a_problem_known_next_door_is_offered_and_joined(
    app: Flask, client: FlaskClient, member: MemberWorld, street: Street, ports: Ports
) -> None:
    with app.app_context():
        incident, _ = opened(member, street, ports)
    found = ask(client, member, LIFT).json["known"]
    assert [(one["id"], one["title"], one["neighbours"]) for one in found] == [
        (str(incident.id), "Ascenseur en panne", 3)
    ]
    sent = send(client, member, "Bonjour, moi aussi je suis bloquée en bas", incident=found[0]["id"]).json
    with app.app_context():
        assert incident_of(member, UUID(sent["id"])) == incident.id


def test_an_incident_of_another_subject_is_not_offered(
    app: Flask, client: FlaskClient, member: MemberWorld, street: Street, ports: Ports
) -> None:
    with app.app_context():
        opened(member, street, ports)
    assert ask(client, member, "Une question sur mon loyer").json["known"] == []


def test_the_neighbours_of_another_member_are_not_shown(
    app: Flask, client: FlaskClient, world: World, street: Street, ports: Ports
) -> None:
    with app.app_context():
        opened(world.first, street, ports)
    answer = client.post(
        URL, json={"text": LIFT, "dwelling": {"reference": world.first.collective}}, headers=world.second.bearer
    )
    assert answer.status_code == 200
    assert answer.json["known"] == []


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"text": " "}, "#/text", "blank"),
        ({"category": "chaufage"}, "#/category", "unknown_value"),
        ({"surprise": 1}, "#/surprise", "unknown_field"),
        ({"dwelling": {}}, "#/dwelling", "no_place"),
    ],
)
def test_what_is_wrong_is_named(
    client: FlaskClient, member: MemberWorld, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client.post(URL, json={"text": "Bonjour"} | change, headers=member.bearer)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]


def test_too_many_are_asked_to_wait_and_others_are_not(app: Flask, client: FlaskClient, world: World) -> None:
    app.extensions[LIMIT] = Attempts(2, WINDOW)
    answers = [ask(client, world.first, "Bonjour") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "60"
    assert answers[2].json["status"] == 429
    assert ask(client, world.second, "Bonjour").status_code == 200
    assert suggestions.PER_MEMBER == 600


def test_the_answers_are_kept_in_words(client: FlaskClient, member: MemberWorld) -> None:
    question = next(one for one in questions_of("chauffage") if one.kind == "choice")
    option = question.options[0]
    details = {"where": "home", "answers": {question.code: option.code}}
    sent = send(client, member, details=details)
    assert sent.status_code == 201
    read = client.get(f"/api/v1/complaints/{sent.json['id']}", headers=member.bearer).json
    assert read["details"] == {
        "where": "home", "answers": [{"question": question.label, "answer": option.label}]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"details": {"where": "ailleurs"}}, "#/details/where", "unknown_value"),
        ({"details": {"answers": {"surprise": "x"}}}, "#/details/answers/surprise", "unknown_value"),
        ({"details": {"answers": {"since": "hier"}}}, "#/details/answers/since", "unknown_value"),
        ({"details": {"answers": {"since": 12}}}, "#/details/answers/since", "wrong_type"),
        ({"details": {"answers": ["since"]}}, "#/details/answers", "wrong_type"),
        ({"details": {"surprise": 1}}, "#/details/surprise", "unknown_field"),
        ({"incident": "x"}, "#/incident", "wrong_type"),
        ({"return_url": "javascript:alert(1)"}, "#/return_url", "foreign_address"),
        ({"return_url": "http://extranet.example/"}, "#/return_url", "foreign_address"),
        ({"return_url": "h" * 301}, "#/return_url", "too_long"),
    ],
)
def test_a_wrong_detail_is_named_and_nothing_is_stored(
    client: FlaskClient, member: MemberWorld, settings: Settings, more: dict[str, Any], pointer: str, code: str
) -> None:
    answer = send(client, member, **more)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]
    assert total(settings, "complaints") == 0


def test_an_incident_nobody_knows_loses_nothing(client: FlaskClient, member: MemberWorld) -> None:
    sent = send(client, member, incident=str(uuid4()))
    assert sent.status_code == 201
    assert sent.json["incident"] is None


def test_the_way_back_is_kept(client: FlaskClient, member: MemberWorld, settings: Settings) -> None:
    assert send(client, member, return_url="https://extranet.example/moi").status_code == 201
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        assert connection.scalar(text("select return_url from complaints")) == "https://extranet.example/moi"
    engine.dispose()

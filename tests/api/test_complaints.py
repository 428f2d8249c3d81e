from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.adapters.text_model import DownTextModel
from service.app import create_app
from service.journey.ports import Ports
from service.models.database import db
from service.settings import Settings
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services


def body_of(member: MemberWorld, words: str = "Le radiateur du salon reste froid", **more: Any) -> dict[str, Any]:
    return {"text": words, "dwelling": {"reference": member.collective}, **more}


def count(settings: Settings, table: str) -> int:
    """Count as the owner, whom row-level security does not restrain."""
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        number = connection.scalar(text(f"select count(*) from {table}"))
    engine.dispose()
    assert isinstance(number, int)
    return number


def test_a_message_is_answered_with_everything_the_extranet_needs(client: FlaskClient, world: World) -> None:
    answer = client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer)
    assert answer.status_code == 201
    assert set(answer.json) >= {
        "id", "reference", "status", "classification", "routed_to", "promised_answer_by", "safety_advice",
        "tracking_url",
    }  # fmt: skip
    assert answer.json["classification"]["category"] == "chauffage"
    assert answer.json["classification"]["category_label"] == "Chauffage"
    assert answer.json["tracking_url"].startswith("http://localhost/suivi/")


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic seve_key_of_amont"}]
)
def test_without_a_right_key_nothing_is_said_of_what_exists(
    client: FlaskClient, world: World, header: dict[str, str]
) -> None:
    made = client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer).json["id"]
    known = client.get(f"/api/v1/complaints/{made}", headers=header)
    unknown = client.get(f"/api/v1/complaints/{uuid4()}", headers=header)
    assert known.status_code == unknown.status_code == 401
    assert known.json == unknown.json


def test_a_revoked_key_is_refused(client: FlaskClient, world: World, settings: Settings) -> None:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text("update api_keys set revoked_at = now() where member_id = :member"), {"member": world.first.id}
        )
    engine.dispose()
    refused = client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer)
    assert refused.status_code == 401


def test_another_members_complaint_does_not_exist(client: FlaskClient, world: World) -> None:
    made = client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer).json["id"]
    assert client.get(f"/api/v1/complaints/{made}", headers=world.first.bearer).status_code == 200
    other = client.get(f"/api/v1/complaints/{made}", headers=world.second.bearer)
    unknown = client.get(f"/api/v1/complaints/{uuid4()}", headers=world.second.bearer)
    assert other.status_code == unknown.status_code == 404
    assert other.json == unknown.json
    assert client.get("/api/v1/complaints", headers=world.second.bearer).json["complaints"] == []


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"text": ""}, "#/text", "blank"),
        ({"text": "  \n\t "}, "#/text", "blank"),
        ({"text": "a" * 10_001}, "#/text", "too_long"),
        ({"text": 12}, "#/text", "wrong_type"),
        ({"text": None}, "#/text", "required"),
        ({"text": "nul \x00"}, "#/text", "unstorable"),
        ({"text": "moitié \ud800"}, "#/text", "unstorable"),
        ({"tenant": {"name": "nul \x00"}}, "#/tenant/name", "unstorable"),
        ({"surprise": 1}, "#/surprise", "unknown_field"),
        ({"tenant": {"surprise": 1}}, "#/tenant/surprise", "unknown_field"),
        ({"tenant": {"email": "pas une adresse"}}, "#/tenant/email", "not_an_email"),
        ({"tenant": {"preferred_channel": "pigeon"}}, "#/tenant/preferred_channel", "unknown_value"),
        ({"dwelling": {}}, "#/dwelling", "no_place"),
        ({"dwelling": {"address": {"city": "Amiens"}}}, "#/dwelling/address/line", "required"),
        ({"category": "chaufage"}, "#/category", "unknown_value"),
        ({"channel": "pigeon"}, "#/channel", "unknown_value"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(
    client: FlaskClient, world: World, settings: Settings, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = client.post("/api/v1/complaints", json=body_of(world.first) | change, headers=world.first.bearer)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json; charset=utf-8"
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [(pointer, code)]
    assert answer.json["detail"]
    assert answer.json["detail_en"]
    for table in ("complaints", "events", "outbox", "submission_keys"):
        assert count(settings, table) == 0


@pytest.mark.parametrize("raw", [b"{", b"", b"\xff\xfe", b"[1", b"null", b'"text"', b"[]"])
def test_what_is_not_a_json_object_is_refused(
    client: FlaskClient, world: World, settings: Settings, raw: bytes
) -> None:
    answer = client.post(
        "/api/v1/complaints", data=raw, headers=world.first.bearer | {"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json; charset=utf-8"
    assert count(settings, "complaints") == 0


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (b'{"text": "a b", "\\ud800": 1}', "application/json", 422),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "application/json", 400),
        (b"text=bonjour", "application/x-www-form-urlencoded", 415),
        (b"bonjour", "text/plain", 415),
    ],
    ids=["half a character in a name", "too deep", "form", "plain"],
)
def test_what_nobody_means_is_refused_by_name(
    client: FlaskClient, world: World, settings: Settings, raw: bytes, kind: str, status: int
) -> None:
    answer = client.post("/api/v1/complaints", data=raw, headers=world.first.bearer | {"Content-Type": kind})
    assert answer.status_code == status
    assert answer.json["status"] == status
    assert count(settings, "complaints") == 0


@pytest.mark.parametrize(
    "words",
    ["🤷🤷🤷", "السلام عليكم", "'; drop table complaints; --", "<script>alert(1)</script>", "\x1b[31m\x07\u202e"],
)
def test_strange_messages_are_stored_as_typed(client: FlaskClient, world: World, words: str) -> None:
    made = client.post("/api/v1/complaints", json=body_of(world.first, words), headers=world.first.bearer)
    assert made.status_code == 201
    assert made.json["classification"]["abstained"] is True
    assert made.json["routed_to"]["kind"] == "sorting"
    read = client.get(f"/api/v1/complaints/{made.json['id']}", headers=world.first.bearer)
    assert read.json["text"] == words


def test_the_same_key_gives_the_same_answer(client: FlaskClient, world: World, settings: Settings) -> None:
    headers = world.first.bearer | {"Idempotency-Key": "clé-1"}
    first = client.post("/api/v1/complaints", json=body_of(world.first), headers=headers)
    again = client.post("/api/v1/complaints", json=body_of(world.first), headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert count(settings, "complaints") == 1


def test_the_same_key_with_another_body_is_refused(client: FlaskClient, world: World, settings: Settings) -> None:
    headers = world.first.bearer | {"Idempotency-Key": "clé-1"}
    client.post("/api/v1/complaints", json=body_of(world.first), headers=headers)
    other = client.post("/api/v1/complaints", json=body_of(world.first, "Autre chose"), headers=headers)
    assert other.status_code == 422
    assert other.json["errors"][0]["pointer"] == "Idempotency-Key"
    assert count(settings, "complaints") == 1


def test_two_members_may_use_the_same_key(client: FlaskClient, world: World, settings: Settings) -> None:
    for member in (world.first, world.second):
        headers = member.bearer | {"Idempotency-Key": "clé-1"}
        assert client.post("/api/v1/complaints", json=body_of(member), headers=headers).status_code == 201
    assert count(settings, "complaints") == 2


def test_a_key_sent_many_times_at_once_makes_one_complaint(app: Flask, world: World, settings: Settings) -> None:
    headers = world.first.bearer | {"Idempotency-Key": "clé-1"}

    def send(_: int) -> tuple[int, Any]:
        answer = app.test_client().post("/api/v1/complaints", json=body_of(world.first), headers=headers)
        return answer.status_code, answer.json

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(16)))
    assert {status for status, _ in answers} == {201}
    assert len({body["id"] for _, body in answers}) == 1
    assert all(body == answers[0][1] for _, body in answers)
    assert count(settings, "complaints") == 1


def test_a_complaint_is_kept_while_the_model_is_down(settings: Settings, ports: Ports, world: World) -> None:
    app = create_app(settings, replace(ports, text_model=DownTextModel()))
    answer = app.test_client().post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer)
    with app.app_context():
        db.engine.dispose()
    assert answer.status_code == 201
    assert answer.json["status"] == "submitted"
    assert answer.json["classification"] is None
    assert answer.json["routed_to"] is None
    assert answer.json["safety_advice"][-1]["phone"] == "112"


def test_an_address_finds_its_residence(client: FlaskClient, world: World) -> None:
    _, postcode, city = world.first.individual_address
    for line in ("12 bis rue du Marais", "12bis, R. du marais appt 4", "12 BIS RUE DU MARAIS BAT A"):
        place = {"dwelling": {"address": {"line": line, "postcode": postcode, "city": city}}}
        answer = client.post("/api/v1/complaints", json=body_of(world.first) | place, headers=world.first.bearer)
        assert answer.json["routed_to"]["team"] == "Service technique", line
        assert answer.json["routed_to"]["kind"] == "team"


@pytest.mark.parametrize(
    "place",
    [{"reference": "inconnue"}, {"address": {"line": "99 rue de Nulle Part", "postcode": "80000", "city": "Amiens"}}],
)
def test_an_unknown_place_goes_to_sorting_and_says_so(client: FlaskClient, world: World, place: dict[str, Any]) -> None:
    answer = client.post(
        "/api/v1/complaints", json=body_of(world.first) | {"dwelling": place}, headers=world.first.bearer
    )
    assert answer.status_code == 201
    assert answer.json["routed_to"]["kind"] == "sorting"
    assert "patrimoine" in answer.json["routed_to"]["reason"]


def test_a_danger_is_routed_to_the_on_call_desk_whatever_the_place(client: FlaskClient, world: World) -> None:
    answer = client.post(
        "/api/v1/complaints",
        json={"text": "Forte odeur de gaz dans l'escalier"},
        headers=world.first.bearer,
    )
    assert answer.json["routed_to"]["team"] == "Astreinte"
    assert answer.json["classification"]["urgency"] == "danger"
    assert answer.json["promised_answer_by"] == "2026-11-25"


def test_another_members_dwelling_is_referred_with_both_logs(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    body = body_of(world.first) | {"dwelling": {"reference": world.second.collective}}
    headers = world.first.bearer | {"Idempotency-Key": "clé-1"}
    answer = client.post("/api/v1/complaints", json=body, headers=headers)
    assert answer.status_code == 201
    assert client.get(f"/api/v1/complaints/{answer.json['id']}", headers=world.second.bearer).status_code == 200
    assert client.get(f"/api/v1/complaints/{answer.json['id']}", headers=world.first.bearer).status_code == 404
    assert client.post("/api/v1/complaints", json=body, headers=headers).json == answer.json
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        logs = connection.execute(text("select member_id, direction, other_member_id from referrals")).all()
    engine.dispose()
    assert {tuple(log) for log in logs} == {
        (world.first.id, "sent", world.second.id),
        (world.second.id, "received", world.first.id),
    }


def test_without_the_agreement_another_members_dwelling_goes_to_sorting(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("update members set accepts_referrals = false where id = :id"), {"id": world.second.id})
    engine.dispose()
    body = body_of(world.first) | {"dwelling": {"reference": world.second.collective}}
    answer = client.post("/api/v1/complaints", json=body, headers=world.first.bearer)
    assert answer.json["routed_to"]["kind"] == "sorting"
    assert client.get(f"/api/v1/complaints/{answer.json['id']}", headers=world.first.bearer).status_code == 200


def test_a_list_is_paged_by_key_without_gap_or_double(client: FlaskClient, world: World) -> None:
    made = [
        client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer).json["id"]
        for _ in range(120)
    ]
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.get(f"/api/v1/complaints?cursor={cursor}" if cursor else "/api/v1/complaints",
                          headers=world.first.bearer).json  # fmt: skip
        seen += [complaint["id"] for complaint in page["complaints"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=chauffage", 1),
        ("category=loyer", 0),
        ("status=routed", 1),
        ("status=closed", 0),
        ("since=2026-11-25&until=2026-11-25", 1),
        ("since=2026-11-26", 0),
        ("until=2026-11-24", 0),
    ],
)
def test_a_list_is_narrowed(client: FlaskClient, world: World, query: str, expected: int) -> None:
    client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer)
    page = client.get(f"/api/v1/complaints?{query}", headers=world.first.bearer)
    assert len(page.json["complaints"]) == expected


@pytest.mark.parametrize("query", ["status=nowhere", "surprise=1", "cursor=abc", "since=hier"])
def test_a_wrong_filter_is_named(client: FlaskClient, world: World, query: str) -> None:
    answer = client.get(f"/api/v1/complaints?{query}", headers=world.first.bearer)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"].removeprefix("#/") == query.partition("=")[0]


def test_the_timeline_tells_what_happened(client: FlaskClient, world: World) -> None:
    made = client.post("/api/v1/complaints", json=body_of(world.first), headers=world.first.bearer).json["id"]
    timeline = client.get(f"/api/v1/complaints/{made}", headers=world.first.bearer).json["timeline"]
    assert [event["kind"] for event in timeline] == ["submitted", "classified", "routed"]
    assert UUID(timeline[-1]["data"]["rule"])


def test_the_api_describes_itself(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        "/api/v1/complaints",
        "/api/v1/complaints/{complaint_id}",
        "/api/v1/complaints/{complaint_id}/files",
        "/api/v1/suggestions",
    }
    post = document["paths"]["/api/v1/complaints"]["post"]
    assert set(post["responses"]) >= {"201", "400", "401", "413", "415", "422", "503"}
    assert [parameter["name"] for parameter in post["parameters"]] == ["Idempotency-Key"]


@pytest.mark.parametrize(("method", "path", "status"), [("put", "/api/v1/complaints", 405), ("get", "/api/v1/x", 404)])
def test_http_errors_are_problem_documents_too(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method.upper())
    assert answer.status_code == status
    assert answer.json["status"] == status
    assert status != 405 or "POST" in answer.headers["Allow"]

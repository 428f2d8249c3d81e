"""The face for clients that speak Open311 GeoReport v2."""

import json
import socket
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.app import create_app
from service.domain.taxonomy import categories
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.settings import Settings
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
ROOT = "/open311/v2"


def tree_of(answer: TestResponse) -> ET.Element:
    return ET.fromstring(answer.data)  # noqa: S314  Our own words.


def post(client: FlaskClient, member: MemberWorld, extension: str = "json", **fields: str) -> TestResponse:
    return client.post(f"{ROOT}/requests.{extension}", data={"api_key": member.key, **fields})


def sent(client: FlaskClient, member: MemberWorld, **fields: str) -> str:
    answer = post(client, member, **({"description": "Le radiateur reste froid"} | fields))
    assert answer.status_code == 201, answer.text
    reference: str = answer.json[0]["service_request_id"]
    return reference


def listed(client: FlaskClient, member: MemberWorld, **query: str) -> list[str]:
    answer = client.get(f"{ROOT}/requests.json", query_string={"api_key": member.key, **query})
    assert answer.status_code == 200, answer.text
    return [one["service_request_id"] for one in answer.json]


def read(client: FlaskClient, member: MemberWorld, reference: str) -> dict[str, Any]:
    answer = client.get(f"{ROOT}/requests/{reference}.json", headers=member.bearer)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json
    result: dict[str, Any] = found
    return result


def kept(app: Flask, member: MemberWorld) -> list[Complaint]:
    with app.app_context(), member_transaction(member.id) as session:
        found = session.scalars(select(Complaint).order_by(Complaint.submitted_at)).all()
        session.expunge_all()
        return list(found)


def test_the_service_is_discovered_without_a_key(client: FlaskClient, world: World) -> None:
    assert world
    found = client.get(f"{ROOT}/discovery.json").json
    assert found["endpoints"][0]["url"] == "http://localhost/open311/v2"
    assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    answer = client.get(f"{ROOT}/discovery.xml")
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.data.lower().startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    tree = tree_of(answer)
    assert tree.findtext("endpoints/endpoint/specification") == "http://wiki.open311.org/GeoReport_v2"
    assert [one.text for one in tree.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]


def test_every_category_is_a_service_in_both_formats(client: FlaskClient, world: World) -> None:
    services = client.get(f"{ROOT}/services.json", query_string={"jurisdiction_id": world.first.slug}).json
    assert [one["service_code"] for one in services] == list(categories())
    assert (services[0]["service_name"], services[0]["metadata"], services[0]["type"]) == (
        "Chauffage", True, "realtime",
    )  # fmt: skip
    tree = tree_of(client.get(f"{ROOT}/services.xml"))
    assert [one.findtext("service_code") for one in tree.findall("service")] == list(categories())
    assert tree.findtext("service/metadata") == "true"


def test_a_service_says_what_else_is_asked(client: FlaskClient, world: World) -> None:
    assert world
    found = client.get(f"{ROOT}/services/chauffage.json").json
    assert [one["code"] for one in found["attributes"]] == ["depuis", "acces"]
    assert not any(one["required"] for one in found["attributes"])
    tree = tree_of(client.get(f"{ROOT}/services/chauffage.xml"))
    assert tree.tag == "service_definition"
    assert [one.findtext("order") for one in tree.findall("attributes/attribute")] == ["1", "2"]


def test_a_request_is_a_complaint_like_any_other(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    answer = post(
        client, member,
        jurisdiction_id=member.slug, service_code="chauffage", description="Le radiateur reste froid",
        address_id=member.collective, first_name="Marie", last_name="Durand", email="marie@poste.example",
        phone="06 00 00 00 00", account_id="L-77", lat="49.89", long="2.30", device_id="x",
        **{"attribute[depuis]": "dimanche", "attribute[code]": "12"},
    )  # fmt: skip
    assert answer.status_code == 201
    (receipt,) = answer.json
    assert receipt["account_id"] == "L-77"
    assert "jeudi 26 novembre 2026" in receipt["service_notice"]
    assert "112" in receipt["service_notice"]  # whom to call in danger is on every acknowledgement
    (complaint,) = kept(app, member)
    assert complaint.reference == receipt["service_request_id"]
    assert (complaint.tenant_name, complaint.tenant_email, complaint.tenant_reference) == (
        "Marie Durand", "marie@poste.example", "L-77",
    )  # fmt: skip
    assert complaint.chosen_category == "chauffage"
    assert complaint.dwelling_id
    assert complaint.text == (
        "Le radiateur reste froid\n\nPosition donnée : latitude 49.89, longitude 2.30\n"
        "Depuis quand ? dimanche\ncode : 12"
    )
    found = read(client, member, complaint.reference)
    assert found == {
        "service_request_id": complaint.reference,
        "status": "open",
        "status_notes": "Demande orientée vers une équipe.",
        "service_name": "Chauffage",
        "service_code": "chauffage",
        "description": complaint.text,
        "agency_responsible": "Chaleur Picarde",
        "service_notice": "Une personne répond au plus tard le jeudi 26 novembre 2026.",
        "requested_datetime": "2026-11-25T11:00:00Z",
        "updated_datetime": "2026-11-25T11:00:00Z",
        "expected_datetime": found["expected_datetime"],
        "address": "3 allée des Tilleuls, 80000 Amiens",
        "address_id": member.collective,
        "zipcode": "80000",
        "lat": None,
        "long": None,
        "media_url": None,
    }
    assert found["expected_datetime"].startswith("2026-11-2")


def test_what_is_not_used_is_named(client: FlaskClient, world: World) -> None:
    answer = post(client, world.first, description="Bruit", media_url="https://ailleurs.example/x.png", foo="1")
    assert "Champs non utilisés : media_url, foo." in answer.json[0]["service_notice"]


def test_a_request_may_come_as_a_form_with_files(client: FlaskClient, world: World) -> None:
    answer = client.post(
        f"{ROOT}/requests.xml",
        data={"description": "Le radiateur", "media": (BytesIO(b"x"), "x.png")},
        headers=world.first.bearer,
        content_type="multipart/form-data",
    )
    assert answer.status_code == 201
    tree = tree_of(answer)
    assert tree.tag == "service_requests"
    assert tree.findtext("request/service_request_id")
    assert "media" in str(tree.findtext("request/service_notice"))


def test_a_closed_request_says_how_it_ended(
    app: Flask, client: FlaskClient, world: World, ports: Ports, clock: SetClock
) -> None:
    member = world.first
    reference = sent(client, member, address_id=member.collective)
    (complaint,) = kept(app, member)
    with app.app_context():
        work_off(member, ports)
        clock.forward(timedelta(hours=2))
        handling.answer(member.id, complaint.id, member.agent_id, text="Demain matin.", seen=0, ports=ports)
    assert read(client, member, reference)["updated_datetime"] == "2026-11-25T13:00:00Z"
    with app.app_context():
        clock.forward(timedelta(hours=1))
        closing.close(
            member.id, complaint.id, member.agent_id, outcome="solved", sentence="Pompe changée.", ports=ports
        )
    found = read(client, member, reference)
    assert (found["status"], found["updated_datetime"]) == ("closed", "2026-11-25T14:00:00Z")
    assert found["status_notes"] == "Le problème est résolu. Pompe changée."
    assert found["expected_datetime"] is None
    assert listed(client, member, status="closed") == [reference]
    assert listed(client, member, status="open") == []
    assert listed(client, member, status="open,closed") == [reference]


def test_a_list_is_narrowed_and_paged(client: FlaskClient, world: World, clock: SetClock) -> None:
    member = world.first
    old = sent(client, member)
    clock.forward(timedelta(days=80))
    middle = sent(client, member, description="Un voisin bruyant")
    clock.forward(timedelta(days=20))
    new = sent(client, member)
    assert listed(client, member) == [new, middle]  # the latest ninety days
    assert listed(client, member, start_date="2026-11-01T00:00:00Z") == [old]  # and ninety from a start
    assert listed(client, member, end_date="2026-12-01T00:00:00+01:00") == [old]
    assert listed(client, member, start_date="2026-11-25T00:00:00Z", end_date="2026-11-26T00:00:00Z") == [old]
    assert listed(client, member, service_code="bruit") == [middle]
    assert listed(client, member, service_code="bruit,chauffage") == [new, middle]
    assert listed(client, member, page_size="1") == [new]
    assert listed(client, member, page_size="1", page="2") == [middle]
    assert listed(client, member, page_size="1", page="3") == []
    # Ids override everything else, and those of nobody are passed over.
    assert listed(client, member, service_request_id=f"{old},{new},K7M4-AXH2", status="closed") == [new, old]
    assert listed(client, member, service_request_id=old.lower().replace("-", "")) == [old]


def test_an_empty_parameter_is_as_none(client: FlaskClient, world: World) -> None:
    reference = sent(client, world.first, service_code="", jurisdiction_id="", email="", lat="", long="")
    assert listed(client, world.first, status="", start_date="", page="", service_request_id="") == [reference]


def test_a_token_is_answered_with_its_id(client: FlaskClient, world: World) -> None:
    reference = sent(client, world.first)
    answer = client.get(f"{ROOT}/tokens/{reference}.json", headers=world.first.bearer)
    assert answer.json == [{"service_request_id": reference, "token": reference}]
    assert client.get(f"{ROOT}/tokens/rien.json", headers=world.first.bearer).status_code == 404


def test_the_same_key_stores_one_request(app: Flask, client: FlaskClient, world: World) -> None:
    headers = {**world.first.bearer, "Idempotency-Key": "un"}
    answers = [
        client.post(f"{ROOT}/requests.json", data={"description": "Le radiateur"}, headers=headers) for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert len(kept(app, world.first)) == 1
    other = client.post(f"{ROOT}/requests.json", data={"description": "Autre chose"}, headers=headers)
    assert other.status_code == 400
    assert len(kept(app, world.first)) == 1


@pytest.mark.parametrize("path", ["requests.json", "requests/K7M4-AXH2.json", "tokens/K7M4-AXH2.json"])
def test_complaints_are_read_with_a_key_only(client: FlaskClient, world: World, path: str) -> None:
    for key in ("", "faux", "\x00"):
        answer = client.get(f"{ROOT}/{path}", query_string={"api_key": key})
        assert answer.status_code == 403
        assert answer.json[0]["code"] == "403"
    assert client.post(f"{ROOT}/requests.json", data={"description": "x"}).status_code == 403
    assert client.get(f"{ROOT}/{path}", headers=world.first.bearer).status_code != 403


def test_a_member_reads_its_own_only(client: FlaskClient, world: World) -> None:
    reference = sent(client, world.first)
    assert listed(client, world.second) == []
    assert listed(client, world.second, service_request_id=reference) == []
    for place in ("requests", "tokens"):
        answer = client.get(f"{ROOT}/{place}/{reference}.json", headers=world.second.bearer)
        assert answer.status_code == 404
        assert reference not in answer.text


@pytest.mark.parametrize("name", ["aval", "nulle-part", "\x00"])
def test_another_jurisdiction_than_the_keys_is_refused(client: FlaskClient, world: World, name: str) -> None:
    answer = post(client, world.first, description="Bruit", jurisdiction_id=name)
    assert (answer.status_code, answer.json[0]["code"]) == (404, "404")
    query = {"jurisdiction_id": name, "api_key": world.first.key}
    assert client.get(f"{ROOT}/requests.json", query_string=query).status_code == 404
    expected = 200 if name == "aval" else 404
    assert client.get(f"{ROOT}/services.json", query_string={"jurisdiction_id": name}).status_code == expected


@pytest.mark.parametrize(
    ("fields", "status", "named"),
    [
        ({}, 400, "description"),
        ({"description": "  "}, 400, "description"),
        ({"description": "x" * 10_001}, 400, "description"),
        ({"description": "a\x00b"}, 400, "description"),
        ({"description": "x" * 9_990, "attribute[depuis]": "dimanche soir"}, 400, "description"),
        ({"service_code": "nids_de_poule"}, 404, "service_code"),
        ({"service_code": ","}, 404, "service_code"),
        ({"email": "pas une adresse"}, 400, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, 400, "email"),
        ({"phone": "0" * 301}, 400, "phone"),
        ({"last_name": "a\x00"}, 400, "last_name"),
        ({"address_id": "\x00"}, 400, "address_id"),
        ({"lat": "49"}, 400, "long"),
        ({"long": "2"}, 400, "lat"),
        ({"lat": "91", "long": "2"}, 400, "lat"),
        ({"lat": "nan", "long": "2"}, 400, "lat"),
    ],
)
def test_a_request_is_refused_by_name_and_nothing_is_stored(
    app: Flask, client: FlaskClient, world: World, fields: dict[str, str], status: int, named: str
) -> None:
    whole = fields if "description" in fields or not fields else {"description": "Bruit", **fields}
    for extension in ("json", "xml"):
        answer = post(client, world.first, extension, **whole)
        assert answer.status_code == status, answer.text
        if extension == "json":
            (error,) = answer.json
        else:
            tree = tree_of(answer)
            error = {one.tag: one.text for one in tree.findall("error/*")}
        assert error["code"] == str(status)
        assert named in error["description"]
    assert kept(app, world.first) == []


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"status": "ouvert"}, "status"),
        ({"start_date": "25/11/2026"}, "start_date"),
        ({"start_date": "2026-11-25T00:00:00"}, "start_date"),  # no time zone
        ({"start_date": "0001-01-01T00:00:00Z"}, "start_date"),
        ({"end_date": "9999-12-31T23:59:59Z"}, "end_date"),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"}, "start_date"),
        ({"start_date": "2026-11-02T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"}, "start_date"),
        ({"page": "0"}, "page"),
        ({"page": "99999999999999999999"}, "page"),
        ({"page_size": "1001"}, "page_size"),
        ({"page_size": "²"}, "page_size"),
    ],
)
def test_a_search_is_refused_by_name(client: FlaskClient, world: World, query: dict[str, str], named: str) -> None:
    answer = client.get(f"{ROOT}/requests.json", query_string={"api_key": world.first.key, **query})
    assert answer.status_code == 400
    assert named in answer.json[0]["description"]


def test_an_unknown_service_is_not_found(client: FlaskClient, world: World) -> None:
    assert client.get(f"{ROOT}/services/nids.json").status_code == 404
    query = {"api_key": world.first.key, "service_code": "nids"}
    assert client.get(f"{ROOT}/requests.json", query_string=query).status_code == 404


def test_errors_of_http_are_in_the_standards_form(client: FlaskClient, world: World) -> None:
    assert world
    missing = client.get(f"{ROOT}/rien.json")
    assert (missing.status_code, missing.json[0]["code"]) == (404, "404")
    without_format = client.get(f"{ROOT}/requests")
    assert tree_of(without_format).findtext("error/code") == "404"
    wrong = client.delete(f"{ROOT}/requests.json")
    assert (wrong.status_code, wrong.json[0]["code"]) == (405, "405")
    assert "POST" in wrong.headers["Allow"]
    heavy = client.post(f"{ROOT}/requests.json", data={"description": "x" * 3_000_000}, headers=world.first.bearer)
    assert (heavy.status_code, heavy.json[0]["code"]) == (413, "413")


def test_what_xml_cannot_hold_is_replaced(client: FlaskClient, world: World) -> None:
    words = "Fuite\x0b <b>&amp; \ufffe é 🚿\r\nsous l'évier"
    reference = sent(client, world.first, description=words)
    assert read(client, world.first, reference)["description"] == words
    answer = client.get(f"{ROOT}/requests/{reference}.xml", headers=world.first.bearer)
    assert tree_of(answer).findtext("request/description") == "Fuite\ufffd <b>&amp; \ufffd é 🚿\nsous l'évier"


def test_another_members_dwelling_goes_to_that_member(app: Flask, client: FlaskClient, world: World) -> None:
    reference = sent(client, world.first, address_id=world.second.collective)
    assert [one.reference for one in kept(app, world.second)] == [reference]
    assert kept(app, world.first) == []


def test_a_place_is_looked_up_as_typed_and_never_guessed(app: Flask, client: FlaskClient, world: World) -> None:
    reference = sent(client, world.first, address_string="Près du lavoir")
    (complaint,) = kept(app, world.first)
    assert complaint.residence_id is None
    assert read(client, world.first, reference)["address"] == "Près du lavoir"


def test_nothing_of_the_tenant_is_read_beyond_the_words(client: FlaskClient, world: World) -> None:
    reference = sent(client, world.first, email="marie@poste.example", phone="0600000000", last_name="Durand")
    told = json.dumps(read(client, world.first, reference))
    assert not any(word in told for word in ("marie", "0600000000", "Durand"))


def test_the_complaint_is_followed_at_once(app: Flask, client: FlaskClient, world: World) -> None:
    sent(client, world.first, address_id=world.first.collective)
    (complaint,) = kept(app, world.first)
    assert isinstance(complaint.id, UUID)
    assert complaint.status == "routed"


def test_a_database_that_is_away_is_said_in_the_standards_form(settings: Settings, ports: Ports, world: World) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    away = replace(settings, database_url=f"postgresql+psycopg://seve_app:x@127.0.0.1:{port}/seve")
    answer = post(create_app(away, ports).test_client(), world.first, description="Bruit")
    assert (answer.status_code, answer.headers["Retry-After"], answer.json[0]["code"]) == (503, "5", "503")

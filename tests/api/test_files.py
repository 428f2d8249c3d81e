"""Photos and documents that an extranet sends after the message."""

import io
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import create_engine, text

from service.domain.errors import BadInput
from service.journey.ports import Picture
from service.settings import Settings
from tests.world import World

pytestmark = pytest.mark.services


def photo(shade: int = 0) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 90, 90)).save(written, "PNG")
    return written.getvalue()


def kept(settings: Settings) -> int:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        number = connection.scalar(text("select count(*) from attachments"))
    engine.dispose()
    return int(number or 0)


@pytest.fixture
def address(client: FlaskClient, world: World) -> str:
    sent = client.post("/api/v1/complaints", json={"text": "Une fuite"}, headers=world.first.bearer).json
    return f"/api/v1/complaints/{sent['id']}/files"


def add(client: FlaskClient, address: str, world: World, content: bytes, kind: str = "image/png") -> Any:
    return client.post(address, data=content, headers=world.first.bearer | {"Content-Type": kind})


def test_a_photo_is_kept_made_anew(client: FlaskClient, world: World, settings: Settings, address: str) -> None:
    answer = add(client, address, world, photo())
    assert answer.status_code == 201
    assert answer.json["media_type"] == "image/png"
    assert (answer.json["width"], answer.json["height"], answer.json["pages"]) == (40, 30, 1)
    assert add(client, address, world, photo()).json == answer.json
    assert kept(settings) == 1


def test_a_form_may_carry_it(client: FlaskClient, world: World, settings: Settings, address: str) -> None:
    data = {"file": (io.BytesIO(photo()), "../../fuite.png")}
    assert client.post(address, data=data, headers=world.first.bearer).status_code == 201
    missing = client.post(address, data={"other": (io.BytesIO(photo()), "x")}, headers=world.first.bearer)
    assert missing.status_code == 422
    assert missing.json["errors"][0] | {"detail": "", "detail_en": ""} == {
        "pointer": "#/file", "code": "required", "detail": "", "detail_en": ""
    }  # fmt: skip
    assert kept(settings) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_file_of_ours"), (b"", "file_empty"),
     (b"\x89PNG" * 2 * 1024 * 1024 + b"x", "file_too_heavy"), (b"%PDF-1.7 nothing", "document_unreadable")],
    ids=["svg", "empty", "heavy", "broken pdf"],
)  # fmt: skip
def test_what_is_no_file_of_ours_is_named(
    client: FlaskClient, world: World, settings: Settings, address: str, content: bytes, code: str
) -> None:
    answer = add(client, address, world, content)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json["errors"]] == [("#/file", code)]
    assert kept(settings) == 0


def test_a_file_that_comes_while_many_are_read_is_to_be_sent_again(
    client: FlaskClient, app: Flask, world: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_content: bytes) -> Picture:
        raise BadInput("files_busy", "photos")

    with monkeypatch.context() as busily:
        busily.setattr(app.extensions["seve"].ports.pictures, "clean", busy)
        answer = add(client, address, world, photo())
    assert answer.status_code == 503
    assert "réessayez dans une minute" in answer.text
    assert add(client, address, world, photo()).status_code == 201


def test_five_are_enough(client: FlaskClient, world: World, address: str) -> None:
    answers = [add(client, address, world, photo(shade * 40)) for shade in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [422]
    assert answers[5].json["errors"][0]["code"] == "too_many_files"


def test_a_body_beyond_measure_is_not_read(client: FlaskClient, world: World, address: str) -> None:
    answer = add(client, address, world, b"x" * (9 * 1024 * 1024))
    assert answer.status_code == 413
    assert answer.content_type.startswith("application/problem+json")


def test_another_members_complaint_takes_no_file(client: FlaskClient, world: World, address: str) -> None:
    theirs = client.post(address, data=photo(), headers=world.second.bearer | {"Content-Type": "image/png"})
    unknown = add(client, f"/api/v1/complaints/{uuid4()}/files", world, photo())
    without = client.post(address, data=photo(), headers={"Content-Type": "image/png"})
    assert (theirs.status_code, unknown.status_code, without.status_code) == (404, 404, 401)


def test_a_sandbox_key_is_answered_and_keeps_nothing(
    app: Flask, client: FlaskClient, world: World, settings: Settings, address: str
) -> None:
    made = app.test_cli_runner().invoke(args=["keys", "create", world.first.slug, "essai", "--sandbox"])
    key = {"Authorization": f"Bearer {made.output.split()[-1]}"}
    tried = client.post("/api/v1/complaints", json={"text": "Une fuite"}, headers=key).json["id"]
    kind = {"Content-Type": "image/png"}
    answer = client.post(f"/api/v1/complaints/{tried}/files", data=photo(), headers=key | kind)
    assert answer.status_code == 201
    assert answer.json["sandbox"] is True
    wrong = client.post(f"/api/v1/complaints/{tried}/files", data=b"<svg/>", headers=key | kind)
    assert wrong.json["errors"][0]["pointer"] == "#/file"
    assert client.post(address, data=photo(), headers=key | kind).status_code == 404
    assert kept(settings) == 0

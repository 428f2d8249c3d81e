"""Anybody may say a word on a stage of their tenancy, once for each page shown."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.settings import Settings
from service.tenant.stages import PER_SENDER
from tests.world import World

pytestmark = pytest.mark.services

PAGE = "/amont/avis/travaux"


def kept(settings: Settings) -> list[tuple[object, ...]]:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        asked = text(
            "select stage, score, comment, dwelling_reference, language from stage_feedback order by at, stage"
        )
        found = [tuple(row) for row in connection.execute(asked)]
    engine.dispose()
    return found


def nonce(client: FlaskClient, page: str = PAGE) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


@pytest.fixture
def form(client: FlaskClient, world: World) -> dict[str, str]:
    assert world
    return {"nonce": nonce(client), "note": "9", "comment": " Chantier propre ", "dwelling_reference": "amont-0001"}


def test_the_three_stages_are_listed_and_each_has_its_page(client: FlaskClient, world: World) -> None:
    assert world
    page = client.get("/amont/avis").text
    for stage in ("entree", "travaux", "depart"):
        assert f'href="/amont/avis/{stage}"' in page
        assert client.get(f"/amont/avis/{stage}").status_code == 200


@pytest.mark.parametrize(
    "page", ["/amont/avis/vie", "/amont/avis/rien", "/nulle-part/avis", "/nulle-part/avis/travaux"]
)
def test_what_does_not_exist_is_not_found(client: FlaskClient, world: World, page: str) -> None:
    assert world
    assert client.get(page).status_code == 404
    if page.count("/") > 2:
        assert client.post(page, data={"note": "9"}).status_code == 404


def test_a_word_is_kept_and_thanked(client: FlaskClient, form: dict[str, str], settings: Settings) -> None:
    answer = client.post(PAGE, data=form, follow_redirects=True)
    assert "Merci de votre avis" in answer.text
    assert kept(settings) == [("travaux", 9, "Chantier propre", "amont-0001", "fr")]


def test_the_same_page_sent_twice_is_one_word(client: FlaskClient, form: dict[str, str], settings: Settings) -> None:
    for note in ("9", "9", "2"):
        assert client.post(PAGE, data=form | {"note": note}).status_code == 303
    assert [row[1] for row in kept(settings)] == [9]


def test_the_same_number_at_another_member_or_stage_is_another_word(
    client: FlaskClient, form: dict[str, str], settings: Settings
) -> None:
    for page in (PAGE, "/aval/avis/travaux", "/amont/avis/depart"):
        assert client.post(page, data=form).status_code == 303
    assert len(kept(settings)) == 3


def test_the_language_of_the_page_is_kept_with_it(
    client: FlaskClient, form: dict[str, str], settings: Settings
) -> None:
    client.post(f"{PAGE}?langue=pt", data=form)
    assert kept(settings)[0][4] == "pt"


@pytest.mark.parametrize("score", ["", "11", "-1", "7.5", "sept"])
def test_without_a_score_it_is_asked_for_and_the_words_stay(
    client: FlaskClient, form: dict[str, str], settings: Settings, score: str
) -> None:
    answer = client.post(PAGE, data=form | {"note": score})
    assert answer.status_code == 422
    assert 'id="note-error"' in answer.text
    assert "Chantier propre" in answer.text
    assert form["nonce"] in answer.text, "what is sent again is the same word"
    assert kept(settings) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("comment", "a" * 2001), ("comment", "a\x00b"), ("dwelling_reference", "a" * 61), ("dwelling_reference", "\x00")],
)
def test_what_cannot_be_kept_is_refused_by_name(
    client: FlaskClient, form: dict[str, str], settings: Settings, field: str, value: str
) -> None:
    answer = client.post(PAGE, data=form | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert kept(settings) == []


def test_a_program_that_fills_every_field_is_stopped_and_a_person_sends_again(
    client: FlaskClient, form: dict[str, str], settings: Settings
) -> None:
    answer = client.post(PAGE, data=form | {"subject": "x"})
    assert answer.status_code == 422
    assert kept(settings) == []
    assert client.post(PAGE, data=form).status_code == 303


def test_a_page_without_its_number_gets_a_new_one(
    client: FlaskClient, form: dict[str, str], settings: Settings
) -> None:
    answer = client.post(PAGE, data=form | {"nonce": "x"})
    found = re.search(r'name="nonce" value="([^"]+)"', answer.text)
    assert found
    assert len(found[1]) >= 22
    assert kept(settings) == []


def test_a_flood_from_one_connection_waits_and_loses_nothing(
    client: FlaskClient, form: dict[str, str], app: Flask, settings: Settings
) -> None:
    random = app.extensions["seve"].ports.random
    for _ in range(PER_SENDER):
        assert client.post(PAGE, data=form | {"nonce": random.token()}).status_code == 303
    answer = client.post(PAGE, data=form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert "Chantier propre" in answer.text
    assert len(kept(settings)) == PER_SENDER

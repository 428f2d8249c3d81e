"""The pages on which readers write what the group decided."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.taxonomy import FAMILIES
from service.journey.trends.decisions import read_decisions
from service.journey.trends.published import read_published
from tests.faces.test_network import send, sign_in
from tests.faces.test_staff import at_desk
from tests.world import World

pytestmark = pytest.mark.services

PAGE = "/reseau/decisions"
TYPED = {
    "subject": "chauffage", "said": "Trop d'attente <b>ici</b>", "decided": "Un second technicien",
    "owner": "Directions techniques", "decided_on": "2026-11-10", "state": "planned", "measured_from": "2026-12",
}  # fmt: skip


@pytest.fixture
def reader(client: FlaskClient, world: World) -> FlaskClient:
    assert world
    assert sign_in(client).status_code == 303
    return client


def written(app: Flask) -> list[str]:
    with app.app_context():
        return [one.state for one in read_decisions(read_published())]


def test_a_reader_writes_a_decision_and_says_how_far_it_is(app: Flask, reader: FlaskClient) -> None:
    assert "Rien n'est encore écrit" in html.unescape(reader.get(PAGE).text)
    for _ in range(2):  # a double click
        assert send(reader, PAGE, PAGE, **TYPED).location == PAGE
    page = reader.get(PAGE).text
    assert "Trop d&#39;attente &lt;b&gt;ici&lt;/b&gt;" in page
    assert "Pas encore mesurable" in page
    act, take_back = re.findall(rf'action="({PAGE}/[^"]+)"', page)
    assert take_back == f"{act}/retirer"
    assert send(reader, PAGE, act, state="under_way", measured_from="").status_code == 303
    assert written(app) == ["under_way"]
    assert "Aucun effet n'est attendu" in html.unescape(reader.get(PAGE).text)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("said", "Écrivez à jean@poste.example", "Retirez le nom, l'adresse, le numéro ou le lien"),
        ("decided", "", "Écrivez au moins un mot."),
        ("owner", "a" * 121, "120 caractères au plus"),
        ("subject", "rien", "Choisissez une réponse dans la liste."),
        ("state", "rien", "Choisissez une réponse dans la liste."),
        ("decided_on", "hier", "Donnez une date comme 01/12/2026"),
        ("measured_from", "demain", "Choisissez un mois dans la liste."),
        ("measured_from", "2026-10", "L'effet ne peut pas commencer avant la décision."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    app: Flask, reader: FlaskClient, field: str, typed: str, said: str
) -> None:
    answer = send(reader, PAGE, PAGE, **TYPED | {field: typed})
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert said in page
    assert f'id="{field}-error"' in page
    assert f'href="#{field}"' in page
    assert "Directions techniques" in page or field == "owner"
    assert written(app) == []


def test_a_wrong_change_opens_its_own_form(app: Flask, reader: FlaskClient) -> None:
    send(reader, PAGE, PAGE, **TYPED)
    act, _ = re.findall(rf'action="({PAGE}/[^"]+)"', reader.get(PAGE).text)
    answer = send(reader, PAGE, act, state="done", measured_from="2026-10")
    assert answer.status_code == 422
    assert f'id="measured_from-{act.rpartition("/")[2]}-error"' in answer.text
    assert written(app) == ["planned"]
    assert send(reader, PAGE, f"{PAGE}/00000000-0000-0000-0000-000000000001", state="done").status_code == 404


def test_a_reader_takes_back_words_that_name_somebody(app: Flask, reader: FlaskClient) -> None:
    send(reader, PAGE, PAGE, **TYPED)
    _, act = re.findall(rf'action="({PAGE}/[^"]+)"', reader.get(PAGE).text)
    for _ in range(2):  # a double click
        assert send(reader, PAGE, act).status_code == 303
    page = reader.get(PAGE).text
    assert "Un second technicien" not in page
    assert page.count("retiré") >= 3
    assert f'action="{act}"' not in page
    assert written(app) == ["dropped"]
    assert send(reader, PAGE, f"{PAGE}/00000000-0000-0000-0000-000000000001/retirer").status_code == 404


def test_strangers_and_staff_do_not_write(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # so that the guard alone stands in the way
    for client in (app.test_client(), at_desk(app, world.first).client):
        assert client.get(PAGE).status_code == 303
        assert client.post(PAGE, data=TYPED).status_code == 303
    assert written(app) == []


def test_a_form_without_its_token_is_refused(app: Flask, reader: FlaskClient) -> None:
    assert reader.post(PAGE, data=TYPED).status_code == 400
    assert written(app) == []


def test_each_choice_of_a_subject_is_one_that_is_kept_as_it_was_read(reader: FlaskClient) -> None:
    choices = re.search(r'<select id="subject".*?</select>', reader.get(PAGE).text, re.DOTALL)
    assert choices
    values = re.findall(r'<option value="([^"]+)"', choices[0])
    assert len(values) > len(FAMILIES)
    assert len(values) == len(set(values))
    assert not re.search(r"<optgroup[^>]*>\s*</optgroup>", choices[0])

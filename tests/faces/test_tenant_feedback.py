from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.adapters.queue import RememberingWaker
from service.journey import closing
from service.journey.accounts import tracked
from service.journey.ports import Ports
from service.settings import Settings
from tests.work import kinds
from tests.world import World

pytestmark = pytest.mark.services


@dataclass(frozen=True)
class Finished:
    """A complaint its member closed."""

    page: str
    complaint_id: UUID


@pytest.fixture
def opened(client: FlaskClient, world: World) -> Finished:
    """A complaint that is still open."""
    form = {"text": "Le radiateur est froid", "dwelling_reference": world.first.collective}
    page = client.post("/amont/", data=form).location.partition("?")[0]
    with client.application.app_context():
        found = tracked(page.rpartition("/")[2])
    assert found
    return Finished(page, found.complaint_id)


@pytest.fixture
def finished(opened: Finished, app: Flask, world: World, ports: Ports) -> Finished:
    """A complaint that was closed as solved."""
    with app.app_context():
        closing.close(
            world.first.id, opened.complaint_id, world.first.agent_id, outcome="solved", sentence="La pompe marche.",
            ports=ports,
        )  # fmt: skip
    return opened


def given(settings: Settings) -> list[tuple[object, ...]]:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text("select score, solved, comment from feedback"))]
    engine.dispose()
    return found


@pytest.mark.parametrize("score", [0, 10])
def test_one_click_is_enough(client: FlaskClient, finished: Finished, settings: Settings, score: int) -> None:
    assert f'name="note" value="{score}"' in client.get(finished.page).text
    answer = client.post(f"{finished.page}/avis", data={"note": str(score)}, follow_redirects=True)
    assert "Merci de votre réponse" in answer.text
    assert f"{score} sur 10" in answer.text
    assert given(settings) == [(score, None, None)]


def test_everything_goes_with_the_click(client: FlaskClient, finished: Finished, settings: Settings) -> None:
    client.post(f"{finished.page}/avis", data={"note": "6", "regle": "partly", "comment": " C'était long "})
    assert given(settings) == [(6, "partly", "C'était long")]


@pytest.mark.parametrize("query", ["note=8", "regle=no", "note=0&regle=no", "note=42&regle=peut-etre"])
def test_following_a_link_of_the_mail_changes_nothing(
    client: FlaskClient, app: Flask, world: World, finished: Finished, settings: Settings, query: str
) -> None:
    """Scanners of mail follow links."""
    with app.app_context():
        before = kinds(world.first, finished.complaint_id)
    for method in (client.get, client.head):
        assert method(f"{finished.page}/avis?{query}").status_code == 200
    with app.app_context():
        assert kinds(world.first, finished.complaint_id) == before
    assert given(settings) == []


def test_a_link_of_the_mail_makes_the_answer_ready(client: FlaskClient, finished: Finished) -> None:
    page = client.get(f"{finished.page}/avis?note=8&regle=yes").text
    assert "Envoyer ma note\u00a0: 8 sur 10" in page
    assert 'value="yes" checked' in page
    assert "Envoyer ma note" not in client.get(f"{finished.page}/avis?note=42").text


def test_not_solved_reopens_and_says_what_happens_next(
    client: FlaskClient, app: Flask, world: World, finished: Finished, settings: Settings, waker: RememberingWaker
) -> None:
    waker.woken.clear()
    form = {"rouvrir": "1", "comment": "Toujours froid"}
    answer = client.post(f"{finished.page}/avis", data=form, follow_redirects=True)
    assert "Votre demande est rouverte" in answer.text
    assert "Amont Habitat reprend votre demande" in answer.text
    assert "Toujours froid" in answer.text
    assert "Rouverte" in answer.text
    with app.app_context():
        assert kinds(world.first, finished.complaint_id)[-1] == "reopened"
    assert given(settings) == []
    assert waker.woken, "the desk must be told again"


def test_a_note_with_no_keeps_both(client: FlaskClient, finished: Finished, settings: Settings) -> None:
    answer = client.post(f"{finished.page}/avis", data={"note": "2", "regle": "no"}, follow_redirects=True)
    assert "Votre demande est rouverte" in answer.text
    assert given(settings) == [(2, "no", None)]


def test_reopening_twice_is_one_reopening(client: FlaskClient, app: Flask, world: World, finished: Finished) -> None:
    for _ in range(2):
        answer = client.post(f"{finished.page}/avis", data={"rouvrir": "1"}, follow_redirects=True)
        assert answer.status_code == 200
        assert "Votre demande est rouverte" in answer.text
    with app.app_context():
        assert kinds(world.first, finished.complaint_id).count("reopened") == 1


def test_a_second_answer_is_thanked_and_does_no_harm(
    client: FlaskClient, finished: Finished, settings: Settings
) -> None:
    client.post(f"{finished.page}/avis", data={"note": "8"})
    for data in ({"note": "1"}, {"regle": "yes"}, {}):
        answer = client.post(f"{finished.page}/avis", data=data, follow_redirects=True)
        assert "Merci de votre réponse" in answer.text
        assert "8 sur 10" in answer.text
    assert given(settings) == [(8, None, None)]
    assert "Vous avez déjà donné votre avis" in client.get(f"{finished.page}/avis?note=3").text


def test_no_can_still_be_said_after_a_note(client: FlaskClient, finished: Finished) -> None:
    client.post(f"{finished.page}/avis", data={"note": "8"})
    assert 'name="rouvrir"' in client.get(f"{finished.page}/avis?regle=no").text
    answer = client.post(f"{finished.page}/avis", data={"rouvrir": "1"}, follow_redirects=True)
    assert "Votre demande est rouverte" in answer.text


def test_an_answer_without_a_note_is_asked_for_one_and_keeps_its_words(
    client: FlaskClient, finished: Finished, settings: Settings
) -> None:
    answer = client.post(f"{finished.page}/avis", data={"regle": "yes", "comment": "Bravo"})
    assert answer.status_code == 422
    assert 'value="yes" checked' in answer.text
    assert ">Bravo</textarea>" in answer.text
    assert given(settings) == []


def test_too_many_words_are_refused_by_name(client: FlaskClient, finished: Finished, settings: Settings) -> None:
    answer = client.post(f"{finished.page}/avis", data={"note": "8", "comment": "a" * 10_001})
    assert answer.status_code == 422
    assert 'href="#comment"' in answer.text
    assert given(settings) == []


def test_before_the_end_it_is_explained_kindly(client: FlaskClient, opened: Finished, settings: Settings) -> None:
    for answer in (client.get(f"{opened.page}/avis?note=8"), client.post(f"{opened.page}/avis", data={"note": "8"})):
        assert "Votre demande est encore en cours" in answer.text
        assert opened.page in answer.text
    assert answer.status_code == 409
    assert given(settings) == []

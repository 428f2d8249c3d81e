from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.adapters.clock import SetClock
from service.adapters.queue import RememberingWaker
from service.domain.feedback import COMPLETE_WITHIN
from service.journey.closing import closing
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
    sent = {"text": "Le radiateur est froid", "dwelling": {"reference": world.first.collective}}
    made = client.post("/api/v1/complaints", json=sent, headers=world.first.bearer).json
    return Finished(urlsplit(made["tracking_url"]).path, UUID(made["id"]))


@pytest.fixture
def finished(opened: Finished, app: Flask, world: World, ports: Ports) -> Finished:
    """A complaint that was closed as solved."""
    with app.app_context():
        closing.close(
            world.first.id, opened.complaint_id, world.first.agent_id, outcome="solved", sentence="La pompe marche.",
            ports=ports,
        )  # fmt: skip
    return opened


def plain(page: str) -> str:
    """Return a page with ordinary spaces where French puts narrow ones that hold."""
    return page.replace("\u00a0", " ").replace("\u202f", " ")


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
    assert "Envoyer ma note : 8 sur 10" in plain(page)
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


def details(settings: Settings) -> list[tuple[object, ...]]:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        asked = text("select score, solved, visit, work, courtesy, informed, comment from feedback")
        found = [tuple(row) for row in connection.execute(asked)]
    engine.dispose()
    return found


REST = {
    "suite": "1",
    "rendez_vous": "yes",
    "travail": "4",
    "politesse": "3",
    "information": "2",
    "comment": "Bravo",
}


def test_the_score_is_kept_before_anything_else_is_asked(
    client: FlaskClient, finished: Finished, settings: Settings
) -> None:
    answer = client.post(f"{finished.page}/avis", data={"note": "8", "regle": "yes"}, follow_redirects=True)
    assert given(settings) == [(8, "yes", None)]
    page = plain(answer.text)
    assert "Votre note est enregistrée : 8 sur 10." in page
    assert "Encore 4 questions, si vous voulez" in page
    assert 'name="regle"' not in page, "what was answered is not asked again"


def test_a_score_alone_leaves_five_questions(client: FlaskClient, finished: Finished) -> None:
    answer = client.post(f"{finished.page}/avis", data={"note": "8"}, follow_redirects=True)
    assert "Encore 5 questions, si vous voulez" in plain(answer.text)
    assert 'name="regle"' in answer.text


def test_the_rest_is_kept_and_nothing_left_to_ask(client: FlaskClient, finished: Finished, settings: Settings) -> None:
    client.post(f"{finished.page}/avis", data={"note": "8", "regle": "yes"})
    for _ in range(2):
        done = client.post(f"{finished.page}/avis", data=REST)
        assert done.status_code == 303
        assert done.location.startswith(finished.page)
        assert "avis=1" in done.location
    assert details(settings) == [(8, "yes", "yes", 4, 3, 2, "Bravo")]
    assert "si vous voulez" not in client.get(f"{finished.page}/avis").text


def test_every_question_may_be_left_alone(client: FlaskClient, finished: Finished, settings: Settings) -> None:
    client.post(f"{finished.page}/avis", data={"note": "8"})
    client.post(f"{finished.page}/avis", data={"suite": "1", "politesse": "4", "comment": ""})
    assert details(settings) == [(8, None, None, None, 4, None, None)]
    assert 'name="travail"' in client.get(f"{finished.page}/avis").text
    assert 'name="politesse"' not in client.get(f"{finished.page}/avis").text


@pytest.mark.parametrize("bad", [{"travail": "5"}, {"travail": "0"}, {"rendez_vous": "peut-etre"}, {"regle": "si"}])
def test_an_answer_that_is_none_of_ours_counts_as_not_given(
    client: FlaskClient, finished: Finished, settings: Settings, bad: dict[str, str]
) -> None:
    client.post(f"{finished.page}/avis", data={"note": "8"})
    assert client.post(f"{finished.page}/avis", data={"suite": "1", **bad}).status_code == 303
    assert details(settings) == [(8, None, None, None, None, None, None)]


def test_no_among_the_rest_opens_the_complaint_again_with_its_words(
    client: FlaskClient, app: Flask, world: World, finished: Finished, waker: RememberingWaker
) -> None:
    client.post(f"{finished.page}/avis", data={"note": "8"})
    waker.woken.clear()
    client.post(f"{finished.page}/avis", data={"suite": "1", "regle": "no", "comment": "Toujours froid"})
    with app.app_context():
        assert kinds(world.first, finished.complaint_id)[-1] == "reopened"
    assert waker.woken


def test_a_month_later_the_questions_are_gone(
    client: FlaskClient, finished: Finished, settings: Settings, clock: SetClock
) -> None:
    client.post(f"{finished.page}/avis", data={"note": "8"})
    clock.forward(COMPLETE_WITHIN - timedelta(seconds=1))
    assert "si vous voulez" in client.get(f"{finished.page}/avis").text
    clock.forward(timedelta(seconds=2))
    assert "si vous voulez" not in client.get(f"{finished.page}/avis").text
    assert client.post(f"{finished.page}/avis", data=REST).status_code == 409
    assert details(settings) == [(8, None, None, None, None, None, None)]


def test_too_many_words_in_the_rest_are_refused_and_the_answers_stay(
    client: FlaskClient, finished: Finished, settings: Settings
) -> None:
    client.post(f"{finished.page}/avis", data={"note": "8"})
    answer = client.post(f"{finished.page}/avis", data=REST | {"comment": "a" * 10_001})
    assert answer.status_code == 422
    assert 'name="travail" value="4" checked' in answer.text
    assert details(settings) == [(8, None, None, None, None, None, None)]


def test_the_first_page_asks_no_more_than_two_questions(client: FlaskClient, finished: Finished) -> None:
    page = client.get(f"{finished.page}/avis?note=8").text
    assert page.count("<fieldset") == 2
    assert "<textarea" not in page


THANKS = "Merci à tous"


def test_thanks_are_offered_once_it_is_over_and_shown_once_said(client: FlaskClient, finished: Finished) -> None:
    assert 'name="thanks"' in client.get(finished.page).text
    done = client.post(f"{finished.page}/merci", data={"thanks": THANKS}, follow_redirects=True)
    assert "Votre merci est transmis" in done.text
    assert THANKS in done.text
    assert 'name="thanks"' not in done.text
    again = client.post(f"{finished.page}/merci", data={"thanks": "Encore"}, follow_redirects=True)
    assert again.status_code == 200
    assert "Encore" not in again.text


def test_thanks_are_not_offered_before_the_end(client: FlaskClient, opened: Finished) -> None:
    assert 'name="thanks"' not in client.get(opened.page).text
    refused = client.post(f"{opened.page}/merci", data={"thanks": THANKS})
    assert (refused.status_code, "Votre merci n'est pas parti" in refused.text) == (409, True)


@pytest.mark.parametrize("words", ["", "   ", "a" * 501])
def test_thanks_to_be_mended_come_back_with_their_words(client: FlaskClient, finished: Finished, words: str) -> None:
    answer = client.post(f"{finished.page}/merci", data={"thanks": words})
    assert answer.status_code == 422
    assert 'id="thanks-error"' in answer.text
    assert f">{words.strip()}</textarea>" in answer.text

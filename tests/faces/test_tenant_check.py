"""The second screen of the form, without JavaScript: read again, completed, mended, and sent once."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.adapters.clock import SetClock
from service.adapters.text_model import DownTextModel
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.incident import Incident
from service.settings import Settings
from service.tenant.sending_limits import DRAFTS_PER_SENDER, PER_SENDER, QUESTIONS_PER_SENDER
from tests.incidents import opened, settle_in
from tests.reading import KeywordTextModel
from tests.world import World

pytestmark = pytest.mark.services

TEXT = "Le radiateur du salon reste froid"
EMAIL = "locataire@exemple.fr"


def rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    """Ask as the owner, whom row-level security does not restrain."""
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def plain(page: str) -> str:
    """Return a page as it is read: signs as signs, every space a space."""
    return unescape(page).replace("\u00a0", " ").replace("\u202f", " ")


@dataclass(frozen=True)
class Begun:
    """A message on its second screen."""

    form: dict[str, str]  # as the first screen sent it
    address: str  # of the second screen


def begin(client: FlaskClient, words: str = TEXT, query: str = "", **fields: str) -> Begun:
    nonce = re.search(r'name="nonce" value="([^"]+)"', client.get(f"/amont/{query}").text)
    assert nonce
    form = {"nonce": nonce[1], "text": words, **fields}
    answer = client.post(f"/amont/{query}", data=form)
    assert answer.status_code == 303
    assert answer.location.startswith("/amont/envoi/")
    return Begun(form, answer.location)


@pytest.fixture
def begun(client: FlaskClient, world: World) -> Begun:
    return begin(client, dwelling_reference=world.first.collective, email=EMAIL, name="Marie & Léa", where="home")


@pytest.fixture
def incident(app: Flask, world: World, ports: Ports) -> Incident:
    """A lift that is known to be out of order, with three households of the residence."""
    with app.app_context():
        return opened(world.first, settle_in(world.first, 3), ports)[0]


def test_the_page_says_that_nothing_is_sent_and_shows_everything(
    client: FlaskClient, begun: Begun, settings: Settings
) -> None:
    page = client.get(begun.address)
    said = plain(page.text)
    for words in (
        "<h1>Votre demande n'est pas encore envoyée</h1>",
        TEXT,
        "Chez moi",
        "amont-0001",
        EMAIL,
        "Marie & Léa",
        "Chaleur Picarde, pour Amont Habitat",
        "jeudi 26 novembre 2026",
        "Est-ce à propos de : Chauffage ?",
        "Quelle température fait-il chez vous ?",
        'href="tel:112"',
        "/amont/aide",
    ):
        assert words in said, words
    assert page.headers["Cache-Control"] == "no-store"
    assert rows(settings, "select 1 from complaints") == []


def test_sending_keeps_what_was_chosen_and_answered(
    client: FlaskClient, begun: Begun, world: World, settings: Settings
) -> None:
    chosen = {"sujet": "chauffage", "questions": "chauffage", "q-temperature": "under16", "q-radiators": "all"}
    answer = client.post(begun.address, data=chosen | {"q-since": "never", "q-trapped": "yes", "envoyer": "1"})
    assert (answer.status_code, answer.location.endswith("?nouveau=1")) == (303, True)
    [(category, details, reference)] = rows(
        settings, "select chosen_category, details, place_given->>'reference' from complaints"
    )
    assert (category, reference) == ("chauffage", world.first.collective)
    assert details == {
        "where": "home",
        "answers": [
            {"question": "Est-ce que tous les radiateurs sont froids ?", "answer": "Tous"},
            {"question": "Quelle température fait-il chez vous ?", "answer": "Moins de 16 degrés"},
        ],
        "read": "tous les radiateurs sont froids\nil fait moins de 16 degrés",
    }
    assert rows(settings, "select count(*) from drafts where complaint_id is not null") == [(1,)]


def test_sent_twice_or_found_again_it_leads_to_one_complaint(
    client: FlaskClient, begun: Begun, settings: Settings
) -> None:
    first = client.post(begun.address, data={"envoyer": "1"}).location
    assert client.post(begun.address, data={"envoyer": "1"}).location == first
    assert client.post(begun.address, data={"sujet": "loyer", "envoyer": "1"}).location == first
    assert client.get(begun.address).location == first
    assert client.post("/amont/", data=begun.form).location == first
    draft = begun.address.rpartition("/")[2]
    assert client.get(f"/amont/?brouillon={draft}").location == first
    assert len(rows(settings, "select 1 from complaints")) == 1


def test_two_tabs_with_other_answers_make_one_complaint(
    client: FlaskClient, begun: Begun, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second tab read the draft before the first one was done with it."""
    monkeypatch.setattr("service.tenant.drafts.mark_sent", lambda *_: None)
    first = client.post(begun.address, data={"sujet": "chauffage", "envoyer": "1"}).location
    other = client.post(begun.address, data={"sujet": "loyer", "envoyer": "1"})
    assert (other.status_code, other.location) == (303, first)
    assert len(rows(settings, "select 1 from complaints")) == 1


def test_the_first_screen_sent_twice_leads_to_one_draft_and_keeps_what_was_chosen(
    client: FlaskClient, begun: Begun, settings: Settings
) -> None:
    client.post(begun.address, data={"sujet": "loyer", "montrer": "1"})
    assert client.post("/amont/", data=begun.form).location == begun.address
    assert 'value="loyer" checked' in client.get(begun.address).text
    assert rows(settings, "select count(*) from drafts") == [(1,)]


def test_another_subject_shows_its_questions(client: FlaskClient, begun: Begun) -> None:
    shown = client.post(begun.address, data={"sujet": "loyer", "montrer": "1"}, follow_redirects=True).text
    assert "Pour quel mois" in shown
    assert "Quelle température" not in shown
    assert 'name="questions" value="loyer"' in shown


def test_mending_brings_everything_back_and_keeps_the_choices(
    client: FlaskClient, begun: Begun, settings: Settings
) -> None:
    chosen = {"sujet": "chauffage", "questions": "chauffage", "q-radiators": "one"}
    to_form = client.post(begun.address, data=chosen | {"modifier": "contact"})
    assert to_form.location.endswith("#contact")
    page = client.get(to_form.location.partition("#")[0]).text
    assert f">{TEXT}</textarea>" in page
    assert 'value="Marie &amp; Léa"' in page
    assert f'name="nonce" value="{begun.form["nonce"]}"' in page
    assert 'id="contact"' in page
    draft = begun.address.rpartition("/")[2]
    mended = client.post("/amont/", data=begun.form | {"brouillon": draft, "email": "autre@exemple.fr"})
    assert mended.location not in ("", begun.address)
    again = client.get(mended.location).text
    assert "autre@exemple.fr" in again
    assert 'value="one" checked' in again
    sent = client.post(mended.location, data=chosen | {"envoyer": "1"}).location
    late = client.post(begun.address, data={"envoyer": "1"})
    assert (late.status_code, sent.startswith("/suivi/")) == (409, True)
    assert rows(settings, "select tenant_email from complaints") == [("autre@exemple.fr",)]


@pytest.mark.parametrize("part", ["text", "lieu", "contact", "fichiers"])
def test_each_part_that_may_be_mended_is_found_on_the_first_screen(
    client: FlaskClient, begun: Begun, part: str
) -> None:
    assert f'name="modifier" value="{part}"' in client.get(begun.address).text
    assert f'id="{part}"' in client.get("/amont/").text


def test_a_danger_is_sent_at_once_and_nobody_has_to_press_again(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    assert world
    answer = client.post("/amont/", data={"nonce": "a" * 22, "text": "Il y a une odeur de gaz"})
    assert answer.location.startswith("/suivi/")
    assert rows(settings, "select urgency from complaints") == [("danger",)]


def test_a_danger_that_only_the_model_reads_is_sent_at_once_too(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world
    monkeypatch.setattr(KeywordTextModel, "danger_level", lambda *_: "none")
    monkeypatch.setattr(KeywordTextModel, "danger_types", lambda *_: ())
    answer = client.post("/amont/", data={"nonce": "a" * 22, "text": "Il y a une odeur de gaz"})
    assert answer.location.startswith("/suivi/")


def test_an_answer_that_tells_of_a_danger_is_answered_above_everything_and_sent_as_one(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    lift = begin(client, "L'ascenseur est en panne", dwelling_reference=world.first.collective)
    chosen = {"questions": "ascenseur", "q-trapped": "yes"}
    page = client.post(lift.address, data=chosen | {"montrer": "1"}, follow_redirects=True).text
    places = [page.index(words) for words in ("Personne bloquée", "Numéros d'urgence", "pas encore envoyée</h1>")]
    assert places == sorted(places)
    arrived = client.post(lift.address, data=chosen | {"envoyer": "1"}, follow_redirects=True).text
    assert "Personne bloquée" in arrived
    assert rows(settings, "select urgency, danger_types from complaints") == [("danger", ["trapped"])]


def test_an_answer_that_is_too_long_is_named_and_nothing_is_sent(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    assert world
    rent = begin(client, "Mon loyer a augmenté")
    answer = client.post(rent.address, data={"questions": "loyer", "q-month": "a" * 201, "envoyer": "1"})
    assert answer.status_code == 422
    assert 'href="#q-month"' in answer.text
    assert "a" * 201 in answer.text
    assert rows(settings, "select 1 from complaints") == []


def test_a_problem_known_in_the_building_is_joined(
    client: FlaskClient, world: World, incident: Incident, settings: Settings
) -> None:
    lift = begin(client, "Ascenseur", dwelling_reference=world.first.collective)
    page = client.get(lift.address).text
    assert "Déjà connu dans votre immeuble" in page
    assert "3 foyers" in plain(page)
    client.post(lift.address, data={"connu": str(incident.id), "vu": str(incident.id), "envoyer": "1"})
    assert rows(settings, "select incident_id from complaints where text = 'Ascenseur'") == [(incident.id,)]


def test_a_problem_that_is_different_is_kept_as_such(
    client: FlaskClient, world: World, incident: Incident, settings: Settings
) -> None:
    lift = begin(client, "Ascenseur", dwelling_reference=world.first.collective)
    client.post(lift.address, data={"connu": "autre", "vu": [str(incident.id), "forged"], "envoyer": "1"})
    [(data,)] = rows(
        settings,
        "select data from events join complaints on complaints.id = complaint_id "
        "where kind = 'submitted' and text = 'Ascenseur'",
    )
    assert data["differs_from"] == [str(incident.id)]  # type: ignore[index]


@pytest.mark.usefixtures("incident")
def test_few_neighbours_are_not_counted_and_another_home_is_told_nothing(
    app: Flask, client: FlaskClient, world: World
) -> None:
    elsewhere = begin(client, "Ascenseur", dwelling_reference=world.first.individual)
    assert "Déjà connu" not in client.get(elsewhere.address).text
    with app.app_context(), member_transaction(world.first.id) as session:
        session.execute(
            text("update incident_links set unlinked_at = now(), unlinked_by = 'Ana' where id <> "
                 "(select id from incident_links limit 1)")
        )  # fmt: skip
    here = begin(client, "Ascenseur", dwelling_reference=world.first.collective)
    page = client.get(here.address).text
    assert "Déjà connu" in page
    assert "foyers" not in page


def test_another_members_home_says_who_receives_it_and_the_complaint_is_theirs(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    there = begin(client, dwelling_reference=world.second.collective)
    page = client.get(there.address).text
    assert "Votre logement appartient à Aval Habitat" in page
    sent = client.post(there.address, data={"envoyer": "1"}).location
    assert client.get(there.address).location == sent
    assert rows(settings, "select member_id from complaints") == [(world.second.id,)]


def test_a_draft_that_is_over_or_another_members_is_answered_calmly(
    client: FlaskClient, begun: Begun, clock: SetClock
) -> None:
    assert client.get(begun.address.replace("/amont/", "/aval/")).status_code == 404
    clock.forward(timedelta(days=3, seconds=1))
    for answer in (client.get(begun.address), client.post(begun.address, data={"envoyer": "1"})):
        assert answer.status_code == 404
        assert "Vos mots sont peut-être encore sur cet appareil" in answer.text
    taken_up = client.get(f"/amont/?brouillon={begun.address.rpartition('/')[2]}", follow_redirects=True)
    assert "Vos mots sont peut-être encore" in taken_up.text


def test_a_copied_page_never_shows_another_persons_draft(client: FlaskClient, begun: Begun) -> None:
    other = client.post("/amont/", data=begun.form | {"text": "Autre chose", "email": "seconde@exemple.fr"})
    assert other.location != begun.address
    page = client.get(other.location).text
    assert "seconde@exemple.fr" in page
    assert EMAIL not in page
    assert TEXT in client.get(begun.address).text


def test_whoever_sends_too_much_waits_on_this_page_too(client: FlaskClient, begun: Begun, world: World) -> None:
    assert world
    for rank in range(PER_SENDER):
        sent = client.post("/amont/", data={"nonce": f"page-{rank:022d}", "text": f"{rank}", "envoyer": "1"})
        assert sent.status_code == 303
    answer = client.post(begun.address, data={"sujet": "loyer", "envoyer": "1"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "600")
    assert 'value="loyer" checked' in answer.text
    assert 'href="tel:0353010000"' in answer.text


def test_a_flood_of_drafts_ends(client: FlaskClient, app: Flask, world: World, clock: SetClock) -> None:
    assert world
    limits = app.extensions["seve.tenant.sending_limits"]
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for _ in range(DRAFTS_PER_SENDER):
            assert limits.takes_draft(clock.now())
    answer = client.post("/amont/", data={"nonce": "a" * 22, "text": TEXT})
    assert answer.status_code == 429
    assert f">{TEXT}</textarea>" in answer.text


def test_what_is_typed_is_asked_about_and_forgotten(client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    told = client.post("/amont/comprendre", data={"text": "Mon radiateur est froid"}).json
    assert told["advice"] == ""
    assert "Est-ce à propos de : Chauffage" in plain(told["subjects"])
    assert client.post("/amont/comprendre", data={"text": "Mon radiateur"}).json["subjects"].strip() == ""
    assert "Odeur de gaz" in client.post("/amont/comprendre", data={"text": "ça sent le gaz"}).json["advice"]
    assert client.get("/amont/comprendre?text=gaz").status_code in (404, 405)
    assert client.post("/inconnu/comprendre").status_code == 404
    for table in ("complaints", "drafts", "submission_keys"):
        assert rows(settings, f"select 1 from {table}") == []


def test_a_choice_already_made_stays_among_newer_subjects(client: FlaskClient, world: World) -> None:
    assert world
    told = client.post("/amont/comprendre", data={"text": "Mon radiateur est froid", "sujet": "bruit"}).json
    assert 'value="bruit" checked' in told["subjects"]
    assert 'value="chauffage">' in told["subjects"]


def test_whoever_asks_too_much_still_gets_the_advice(
    app: Flask, client: FlaskClient, world: World, clock: SetClock
) -> None:
    assert world
    limits = app.extensions["seve.tenant.sending_limits"]
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for _ in range(QUESTIONS_PER_SENDER):
            limits.takes_question(clock.now())
    told = client.post("/amont/comprendre", data={"text": "ça sent le gaz dans le hall"}).json
    assert told["subjects"].strip() == ""
    assert "Odeur de gaz" in told["advice"]


def test_a_model_that_is_down_asks_nothing_and_holds_up_nothing(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeywordTextModel, "read", DownTextModel.read)
    begun = begin(client, dwelling_reference=world.first.collective)
    page = plain(client.get(begun.address).text)
    assert "Est-ce à propos de" not in page
    assert "une personne lit votre message" in page
    assert client.post(begun.address, data={"envoyer": "1"}).location.startswith("/suivi/")


def test_the_page_speaks_the_language_it_was_written_in(client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    begun = begin(client, query="?langue=ar")
    address = begun.address.partition("?")[0]
    assert '<html lang="ar" dir="rtl">' in client.get(address).text
    client.post(address, data={"envoyer": "1"})
    assert rows(settings, "select language from complaints") == [("ar",)]


def test_what_a_household_needs_is_kept_and_nothing_else(client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    form = {"nonce": "a" * 22, "text": TEXT, "needs": ["langue", "diabetes"], "envoyer": "1"}
    client.post("/amont/", data=form)
    assert rows(settings, "select needs from complaints") == [(["langue"],)]

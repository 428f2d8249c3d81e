import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.clock import SetClock
from service.journey import closing, handling
from service.journey.accounts import Tracked, tracked
from service.journey.ports import Ports
from tests.reading import DEMAND, WORDS
from tests.work import kinds
from tests.world import World

pytestmark = pytest.mark.services

HOSTILE = "<script>alert(1)</script> \"'; drop table complaints; -- {{ 7 * 7 }} 🔥"
LATE = "Nous sommes en retard"


@dataclass(frozen=True)
class Sent:
    """A complaint sent through the form."""

    page: str  # address of its tracking page
    tracked: Tracked


def send(client: FlaskClient, text: str, slug: str = "amont", **fields: str) -> Sent:
    answer = client.post(f"/{slug}/", data={"text": text, **fields})
    assert answer.status_code == 303
    page = answer.location.partition("?")[0]
    with client.application.app_context():
        found = tracked(page.rpartition("/")[2])
    assert found
    return Sent(page, found)


def test_the_page_says_what_was_understood_who_has_it_and_until_when(client: FlaskClient, world: World) -> None:
    sent = send(client, "Le radiateur est froid", dwelling_reference=world.first.collective)
    page = client.get(sent.page).text
    for words in (
        "Nous avons compris\u00a0: <strong>Chauffage</strong>",
        "Votre demande est passée à Chaleur Picarde",
        "Le chauffage collectif est confié à Chaleur Picarde.",
        "Transmise à\u00a0: Chaleur Picarde",
        "au plus tard le <strong>jeudi 26 novembre 2026</strong>",
        "le mercredi 25 novembre 2026",
    ):
        assert words in page
    assert page.count('aria-current="step"') == 1
    assert "Votre demande est bien reçue" not in page


def test_when_the_model_abstains_a_person_reads(client: FlaskClient, world: World) -> None:
    page = client.get(send(client, "bla bla", dwelling_reference=world.first.collective).page).text
    assert "Chez Amont Habitat, une personne lit votre message" in page
    assert "Nous avons compris" not in page
    assert "hors périmètre" not in page


def test_a_guess_the_model_does_not_stand_by_is_not_shown(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WORDS, "tiède", replace(DEMAND, category="chauffage"))
    page = client.get(send(client, "C'est tiède", dwelling_reference=world.first.collective).page).text
    assert "Nous avons compris" not in page


def test_a_dwelling_of_another_member_is_told_under_both_names(client: FlaskClient, world: World) -> None:
    page = client.get(send(client, "Le radiateur est froid", dwelling_reference=world.second.collective).page).text
    assert "Vous avez écrit à Amont Habitat. Votre logement appartient à Aval Habitat" in page
    assert 'href="/aval/couleurs.css"' in page


def test_a_reference_tried_at_random_gives_no_address(client: FlaskClient, world: World) -> None:
    page = client.get(send(client, "Le radiateur est froid", dwelling_reference=world.first.individual).page).text
    assert world.first.individual in page
    assert world.first.individual_address[0] not in page


def test_a_promise_not_kept_is_said(client: FlaskClient, world: World, clock: SetClock) -> None:
    sent = send(client, "Le radiateur est froid", dwelling_reference=world.first.collective)
    clock.forward(timedelta(days=1))
    assert LATE not in client.get(sent.page).text
    clock.forward(timedelta(days=1))
    page = client.get(sent.page).text
    assert LATE in page
    assert "jeudi 26 novembre 2026" in page


def test_an_answer_is_shown_and_ends_the_lateness(
    app: Flask, client: FlaskClient, world: World, ports: Ports, clock: SetClock
) -> None:
    sent = send(client, "Le radiateur est froid", dwelling_reference=world.first.collective)
    clock.forward(timedelta(days=3))
    with app.app_context():
        handling.answer(
            world.first.id,
            sent.tracked.complaint_id,
            world.first.agent_id,
            text="Nous passons demain.",
            seen=0,
            ports=ports,
        )
    page = client.get(sent.page).text
    assert "Nous passons demain." in page
    assert "Ana Vidal, Amont Habitat" in page
    assert LATE not in page


def test_a_tenant_adds_something_once(client: FlaskClient, app: Flask, world: World) -> None:
    sent = send(client, "Le radiateur est froid")
    for _ in range(2):
        answer = client.post(f"{sent.page}/messages", data={"text": "Il fait 14 degrés\r\nce matin"})
        assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Votre message est ajouté" in page
    assert page.count("Il fait 14 degrés\nce matin") == 1
    with app.app_context():
        assert kinds(world.first, sent.tracked.complaint_id).count("tenant_wrote") == 1


def test_a_blank_addition_is_refused_by_name(client: FlaskClient, world: World) -> None:
    assert world
    sent = send(client, "Le radiateur est froid")
    answer = client.post(f"{sent.page}/messages", data={"text": " "})
    assert answer.status_code == 422
    assert 'href="#text"' in answer.text


def test_danger_in_an_addition_refused_is_still_answered(client: FlaskClient, world: World) -> None:
    assert world
    sent = send(client, "Le radiateur est froid")
    answer = client.post(f"{sent.page}/messages", data={"text": "ça sent le gaz " + "a" * 10_000})
    assert answer.status_code == 422
    assert "Odeur de gaz" in answer.text


def test_danger_in_an_addition_is_answered_at_once_and_not_for_ever(client: FlaskClient, world: World) -> None:
    assert world
    sent = send(client, "Le radiateur est froid")
    added = client.post(f"{sent.page}/messages", data={"text": "ça sent le gaz"}, follow_redirects=True).text
    assert added.index("Odeur de gaz") < added.index("<h1>")
    assert "Odeur de gaz" not in client.get(sent.page).text


def test_words_written_to_a_complaint_just_closed_are_not_lost(
    app: Flask, client: FlaskClient, world: World, ports: Ports
) -> None:
    sent = send(client, "Le radiateur est froid", dwelling_reference=world.first.collective)
    with app.app_context():
        closing.close(
            world.first.id, sent.tracked.complaint_id, world.first.agent_id, outcome="solved", sentence="Réparé.",
            ports=ports,
        )  # fmt: skip
    answer = client.post(f"{sent.page}/messages", data={"text": "Toujours froid"})
    assert answer.status_code == 409
    assert ">Toujours froid</textarea>" in answer.text
    assert 'name="rouvrir"' in answer.text


def test_a_closed_page_says_how_it_ended(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    sent = send(client, "Le radiateur est froid", dwelling_reference=world.first.collective)
    with app.app_context():
        closing.close(
            world.first.id, sent.tracked.complaint_id, world.first.agent_id, outcome="partly_solved",
            sentence="Une pièce est commandée.", ports=ports,
        )  # fmt: skip
    page = client.get(sent.page).text
    for words in ("résolu en partie", "Une pièce est commandée.", "médiateur", 'name="note" value="10"'):
        assert words in page
    assert 'action="' + sent.page + '/messages"' not in page


def test_whatever_is_written_is_shown_harmlessly(client: FlaskClient, world: World) -> None:
    assert world
    sent = send(client, HOSTILE, name=HOSTILE, dwelling_reference=HOSTILE)
    client.post(f"{sent.page}/messages", data={"text": HOSTILE})
    page = client.get(sent.page).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert "{{ 7 * 7 }}" in page


@pytest.mark.parametrize("token", ["inconnu-mais-bien-forme", "x", "%00", "a" * 500, "..%2f..%2fetc"])
def test_a_wrong_link_leads_to_a_page_in_french(client: FlaskClient, world: World, token: str) -> None:
    assert world
    for path in ("", "/avis"):
        answer = client.get(f"/suivi/{token}{path}")
        assert answer.status_code == 404
        assert "Cette page n&#39;existe pas" in answer.text
    assert client.post(f"/suivi/{token}/messages", data={"text": "a"}).status_code == 404


def test_the_link_stays_between_the_tenant_and_us(client: FlaskClient, world: World) -> None:
    assert world
    answer = client.get(send(client, "Le radiateur est froid").page)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", answer.text)

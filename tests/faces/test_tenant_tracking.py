import io
import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from service.adapters.clock import SetClock
from service.domain.taxonomy import categories
from service.journey.clocks import extension
from service.journey.closing import closing
from service.journey.delivery import answers, handovers
from service.journey.handling import handling
from service.journey.people.accounts import Tracked, tracked
from service.journey.ports import Ports
from service.journey.routing import transfers
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.handover import Handover
from service.settings import Settings
from service.tenant import useful
from tests.following import Follower
from tests.mending import wait_to_mend
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


def plain(page: str) -> str:
    """Return a page with ordinary spaces."""
    return page.replace("\u00a0", " ")


def send(client: FlaskClient, text: str, slug: str = "amont", **fields: str) -> Sent:
    answer = client.post(f"/{slug}/", data={"text": text, "envoyer": "1", **fields})
    assert answer.status_code == 303
    page = answer.location.partition("?")[0]
    with client.application.app_context():
        found = tracked(page.rpartition("/")[2])
    assert found
    return Sent(page, found)


def test_the_page_says_what_was_understood_who_has_it_and_until_when(client: FlaskClient, world: World) -> None:
    sent = send(client, "Le radiateur est froid", dwelling_reference=world.first.collective)
    page = plain(client.get(sent.page).text)
    for words in (
        "Nous avons compris : <strong>Chauffage</strong>",
        "Votre demande est passée à Chaleur Picarde",
        "Le chauffage collectif est confié à Chaleur Picarde.",
        "Transmise à : Chaleur Picarde",
        "au plus tard le jeudi 26 novembre 2026",
        "mercredi 25 novembre 2026",
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
    # One word more may be said, which does not open it again.
    assert 'name="apres" value="1"' in page


def test_whatever_is_written_is_shown_harmlessly(client: FlaskClient, world: World) -> None:
    assert world
    sent = send(client, HOSTILE, name=HOSTILE, dwelling_reference=HOSTILE)
    client.post(f"{sent.page}/messages", data={"text": HOSTILE})
    page = client.get(sent.page).text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4
    assert "{{ 7 * 7 }}" in page


@pytest.mark.parametrize("token", ["inconnu-mais-bien-forme", "x", "%00", "a" * 500, "..%2f..%2fetc"])
def test_a_wrong_link_leads_to_a_page_in_french(client: FlaskClient, world: World, token: str) -> None:
    assert world
    for path in ("", "/avis"):
        answer = client.get(f"/suivi/{token}{path}")
        assert answer.status_code == 404
        assert "Cette page n'existe pas" in answer.text.replace("&#39;", "'")
    assert client.post(f"/suivi/{token}/messages", data={"text": "a"}).status_code == 404


def test_the_link_stays_between_the_tenant_and_us(client: FlaskClient, world: World) -> None:
    assert world
    answer = client.get(send(client, "Le radiateur est froid").page)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", answer.text)


def test_what_has_not_left_is_nowhere_on_the_page(
    app: Flask, world: World, ports: Ports, clock: SetClock, settings: Settings
) -> None:
    tenant = Follower(app, world.first, ports)
    wait_to_mend(settings, world.first)
    tenant.answered("Nous passons demain.")
    page = tenant.page()
    assert "Nous passons demain." not in page
    assert "Réponse donnée" not in page
    assert "Ana Vidal" not in page
    clock.forward(timedelta(minutes=21))
    page = tenant.page()
    assert "Dernière nouvelle Nouveau Nous vous avons répondu mercredi 25 novembre 2026 à 12 h 20" in page
    assert page.count("Nous passons demain.") == 2
    assert "Réponse donnée" in page


def test_a_closing_that_has_not_left_leaves_the_page_open(
    app: Flask, world: World, ports: Ports, settings: Settings
) -> None:
    tenant = Follower(app, world.first, ports)
    wait_to_mend(settings, world.first)
    tenant.closed("refused", "Non.")
    page = tenant.page()
    assert "Ajouter quelque chose" in page
    assert "pas acceptée" not in page
    assert "Terminée à venir" in page


def marks(tenant: Follower) -> int:
    """Return how many things the page marks as new."""
    return tenant.client.get(tenant.url).text.count('class="new-mark">Nouveau<')


def test_news_are_new_until_a_person_had_the_page_in_front(
    app: Flask, world: World, ports: Ports, clock: SetClock
) -> None:
    tenant = Follower(app, world.first, ports)
    assert marks(tenant) == 0
    clock.forward(timedelta(minutes=5))
    tenant.answered()
    seen = clock.now()
    for _ in range(2):  # Opening the page changes nothing: programs that scan mail do so too.
        assert marks(tenant) == 2  # the tile, and the message
    clock.forward(timedelta(minutes=5))
    tenant.answered("Une autre chose.")
    assert tenant.post("lu", vu=seen.isoformat()).status_code == 204
    assert marks(tenant) == 2  # what came after the page was shown
    assert tenant.post("lu", vu=clock.now().isoformat()).status_code == 204
    assert marks(tenant) == 0
    assert tenant.post("lu", vu=seen.isoformat()).status_code == 204
    assert tenant.complaint().read_at == clock.now()


@pytest.mark.parametrize("seen", ["", "hier", "2026-11-25", "2026-11-25T12:00:00"])
def test_a_reading_without_its_moment_is_not_kept(app: Flask, world: World, ports: Ports, seen: str) -> None:
    tenant = Follower(app, world.first, ports)
    assert tenant.post("lu", vu=seen).status_code in {204, 400}
    assert tenant.complaint().read_at is None


def test_a_reading_is_never_in_the_future(app: Flask, world: World, ports: Ports, clock: SetClock) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.post("lu", vu="2999-01-01T00:00:00+00:00")
    assert tenant.complaint().read_at == clock.now()


def test_whoever_writes_has_read(app: Flask, world: World, ports: Ports, clock: SetClock) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.post("messages", text="Toujours froid")
    assert tenant.complaint().read_at == clock.now()


def test_lateness_is_said_with_the_reason_that_was_given(
    app: Flask, world: World, ports: Ports, clock: SetClock
) -> None:
    tenant = Follower(app, world.first, ports, "Une question sur mon loyer")
    tenant.answered("Nous cherchons.")
    with app.app_context():
        extension.extend(
            world.first.id, tenant.id, world.first.agent_id, days=3, reason="La pièce manque.", ports=ports
        )  # fmt: skip
    page = tenant.page()
    assert LATE not in page
    assert "La raison : La pièce manque." in page
    clock.forward(timedelta(days=40))
    page = tenant.page()
    assert LATE in page
    assert "La raison : La pièce manque." in page
    assert "Nous n'avons pas encore de nouvelle date sûre." in page
    assert page.count("En retard") >= 1


def test_each_promise_is_kept_pending_or_late(app: Flask, world: World, ports: Ports, clock: SetClock) -> None:
    tenant = Follower(app, world.first, ports)
    assert "À venir Vous répondre au plus tard le jeudi 26 novembre 2026" in tenant.page()
    tenant.answered()
    with app.app_context():
        with member_transaction(world.first.id) as session:
            token = handovers.token_of(session.query(Handover).one(), ports)
        answers.accept(token, ports)
        answers.plan_visit(token, clock.now().date() + timedelta(days=2), "morning", ports)
    page = tenant.page()
    assert "✓" not in page  # A sign is drawn by the style sheet: the word alone says it.
    assert "Tenu Vous répondre au plus tard le jeudi 26 novembre 2026" in page
    assert "À venir Passage de Chaleur Picarde le vendredi 27 novembre 2026" in page
    assert "Passage prévu le vendredi 27 novembre 2026" in page
    clock.forward(timedelta(days=3))
    assert "En retard Passage de Chaleur Picarde" in tenant.page()
    with app.app_context():
        answers.finish(token, "C'est fait", [], ports)
    page = tenant.page()
    assert "Tenu Passage de Chaleur Picarde" in page
    assert "C'est fait" not in page


def test_a_visit_put_off_is_one_promise(app: Flask, world: World, ports: Ports, clock: SetClock) -> None:
    tenant = Follower(app, world.first, ports)
    with app.app_context():
        with member_transaction(world.first.id) as session:
            token = handovers.token_of(session.query(Handover).one(), ports)
        answers.accept(token, ports)
        for days in (2, 4):
            answers.plan_visit(token, clock.now().date() + timedelta(days=days), "morning", ports)
    page = tenant.page()
    assert page.count("Passage de Chaleur Picarde") == 1
    assert "dimanche 29 novembre 2026" in page


def test_who_has_it_is_told_with_each_change_of_hands(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports)
    for team in ("agency", "tenancy"):
        with app.app_context():
            transfers.transfer(
                world.first.id, tenant.id, world.first.supervisor_id, reason="other", seen=10**9, ports=ports,
                to=transfers.TransferTarget(team_id=world.first.teams[team]), words=f"motif de {team}",
            )  # fmt: skip
    told = tenant.page().partition("Qui s'en occupe")[2]
    assert told.index("motif de agency") < told.index("motif de tenancy")


def test_a_reopened_complaint_shows_no_ending_as_news(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports)
    tenant.closed()
    tenant.post("avis", rouvrir="1", comment="C'est revenu")
    page = tenant.page()
    assert "Dernière nouvelle Votre demande est rouverte" in page
    assert "Votre demande est terminée" not in page
    steps = page.partition("Où en est votre demande")[2]
    assert steps.index("Rouverte") < steps.index("Réponse")


def test_useful_sentences_speak_of_the_subject(app: Flask, world: World, ports: Ports) -> None:
    page = Follower(app, world.first, ports).page()
    assert "Qui paie quoi, en général" in page
    assert "Changer une chaudière est à la charge de votre bailleur." in page
    assert "Qui paie quoi" not in Follower(app, world.first, ports, "bla bla").page()


def test_every_subject_has_something_useful(app: Flask) -> None:
    assert app
    for code in categories():
        assert useful.sentences(Complaint(category=code, abstained=False)), code


def test_the_page_speaks_the_tenants_language(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports)
    arabic = tenant.client.get(f"{tenant.url}?langue=ar").text
    assert 'lang="ar" dir="rtl"' in arabic
    assert f'{tenant.url}/regle?langue=ar"' in arabic


def test_photos_come_with_words_or_alone(app: Flask, world: World, ports: Ports) -> None:
    tenant = Follower(app, world.first, ports)
    memory = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(memory, "JPEG")
    sent = tenant.client.post(
        f"{tenant.url}/messages", data={"text": " ", "fichiers": (io.BytesIO(memory.getvalue()), "photo.jpg")}
    )
    assert sent.status_code == 303
    page = tenant.client.get(tenant.url).text
    assert f'<img src="{tenant.url}/fichiers/' in page
    assert "Voir les fichiers joints." in page
    refused = tenant.client.post(
        f"{tenant.url}/messages", data={"text": "Voici", "fichiers": (io.BytesIO(b"MZ rien"), "virus.exe")}
    )
    assert refused.status_code == 422
    assert ">Voici</textarea>" in refused.text
    assert "virus.exe" in refused.text

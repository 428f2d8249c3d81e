"""What staff wrote and has not left yet, on the complaint page and in the list."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.clock import SetClock
from service.journey.handling import handling
from service.journey.ports import Ports
from service.settings import Settings
from tests.mending import complaint_of, events_of, submitted, wait_to_mend
from tests.work import work_off
from tests.world import PASSWORD, World

pytestmark = pytest.mark.services


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def sign_in(client: FlaskClient, email: str) -> None:
    page = client.get("/equipe/connexion").text
    client.post("/equipe/connexion", data={"csrf_token": token_in(page), "email": email, "password": PASSWORD})


@pytest.fixture
def waiting(app: Flask, client: FlaskClient, ports: Ports, world: World, settings: Settings) -> UUID:
    """A complaint whose answer leaves in twenty minutes, and an agent signed in."""
    wait_to_mend(settings, world.first)
    with app.app_context():
        complaint_id = submitted(client, world.first)
        work_off(world.first, ports)
        handling.answer(world.first.id, complaint_id, world.first.agent_id, text="Mercredi matin.", seen=0, ports=ports)
    sign_in(client, world.first.agent_email)
    return complaint_id


def _press(client: FlaskClient, complaint_id: UUID, act: str, **fields: str) -> tuple[int, str]:
    page = client.get(f"/equipe/demandes/{complaint_id}").text
    address = re.search(rf'action="(/equipe/demandes/{complaint_id}/departs/\d+{act})"', page)
    assert address
    seen = re.search(r'name="seen_words" value="(\d+)"', page)
    assert seen
    data = {"csrf_token": token_in(page), "seen_words": seen[1]} | fields
    answer = client.post(address[1], data=data, follow_redirects=True)
    return answer.status_code, answer.text


def test_the_page_and_the_list_say_when_it_leaves(client: FlaskClient, waiting: UUID) -> None:
    page = client.get(f"/equipe/demandes/{waiting}").text
    assert "La réponse part à" in page
    assert "12 h 20" in page
    for label in ("Modifier", "Envoyer maintenant", "Ne pas envoyer"):
        assert label in page
    listed = client.get("/equipe/courriers").text
    assert "12 h 20" in listed
    assert f"/equipe/demandes/{waiting}" in listed


def test_the_tenant_sees_nothing_of_it_before(
    app: Flask, client: FlaskClient, clock: SetClock, world: World, waiting: UUID
) -> None:
    with app.app_context():
        address = f"/suivi/{complaint_of(world.first, waiting).tracking_token}"
    assert "Mercredi matin." not in client.get(address).text
    clock.at = clock.at.replace(hour=11, minute=20)
    assert "Mercredi matin." in client.get(address).text


def test_words_are_changed_then_sent_at_once(app: Flask, client: FlaskClient, world: World, waiting: UUID) -> None:
    status, page = _press(client, waiting, "", mended="Jeudi matin.")
    assert status == 200
    assert "Jeudi matin." in page
    assert "Message corrigé avant son départ" in page
    status, page = _press(client, waiting, "/maintenant")
    assert "Le message part." in page
    assert "La réponse part à" not in page
    with app.app_context():
        told = f"/suivi/{complaint_of(world.first, waiting).tracking_token}"
    assert "Jeudi matin." in client.get(told).text


def test_blank_words_are_refused_and_what_was_typed_stays(client: FlaskClient, waiting: UUID) -> None:
    status, page = _press(client, waiting, "", mended="  ")
    assert status == 422
    assert "Écrivez au moins un mot." in page


def test_a_message_kept_back_is_told_as_such(app: Flask, client: FlaskClient, world: World, waiting: UUID) -> None:
    _status, page = _press(client, waiting, "/retenue")
    assert "Message retenu avant son départ" in page
    with app.app_context():
        assert complaint_of(world.first, waiting).first_answered_at is None
        event = next(one for one in events_of(world.first, waiting) if one.kind == "answered")
    late = client.post(f"/equipe/demandes/{waiting}/departs/{event.id}/maintenant", data={"csrf_token": token_in(page)})
    assert late.status_code == 409
    assert "déjà retenu" in late.text


def test_a_colleague_of_another_member_finds_nothing(
    app: Flask, client: FlaskClient, world: World, waiting: UUID
) -> None:
    page = client.get(f"/equipe/demandes/{waiting}").text
    with app.app_context():
        event = next(one for one in events_of(world.first, waiting) if one.kind == "answered")
    client.post("/equipe/deconnexion", data={"csrf_token": token_in(page)})
    sign_in(client, world.second.agent_email)
    other = token_in(client.get("/equipe/").text)
    answer = client.post(f"/equipe/demandes/{waiting}/departs/{event.id}/retenue", data={"csrf_token": other})
    assert answer.status_code == 404
    with app.app_context():
        assert "mended" not in [one.kind for one in events_of(world.first, waiting)]


def test_the_forms_offer_to_send_at_once_only_where_something_waits(
    client: FlaskClient, world: World, settings: Settings, waiting: UUID
) -> None:
    assert 'id="at-once-reponse"' in client.get(f"/equipe/demandes/{waiting}").text
    wait_to_mend(settings, world.first, minutes=0)
    assert 'id="at-once-reponse"' not in client.get(f"/equipe/demandes/{waiting}").text

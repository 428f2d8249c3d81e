"""The files of a complaint, on the page of the staff: listed, under the words they came with, and powerless."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.journey.ports import Ports
from tests.faces.test_staff import at_desk
from tests.faces.test_tenant_files import kept, send, submitted
from tests.journey.submission.test_uploads import photo
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def sent(app: Flask, world: World, ports: Ports, client: FlaskClient) -> tuple[UUID, str]:
    return submitted(app, world, ports, client)


def test_files_stand_under_the_message_and_in_a_list(sent: tuple[UUID, str], app: Flask, world: World) -> None:
    picture, paper = kept(app, world, sent[0])
    shown = at_desk(app, world.first).read(f"/equipe/demandes/{sent[0]}")
    url = f"/equipe/demandes/{sent[0]}/fichiers"
    message = shown[shown.index('id="message"') : shown.index('id="historique"')]
    assert f'<img src="{url}/{picture.id}" width="40" height="30" loading="lazy"' in message
    assert 'alt="Photo 1 sur 2, envoyée par le locataire le' in message
    assert re.search(rf'<a class="paper" href="{url}/{paper.id}" download>Document PDF, 2 pages<', message)
    assert shown.count('loading="lazy"') == 1, "a photo is not shown a second time in the history"
    listed = shown[shown.index('id="fichiers"') :]
    assert listed.index(str(picture.id)) < listed.index(str(paper.id))
    assert "Le locataire, " in listed


def test_files_of_a_later_message_stand_in_the_history(
    sent: tuple[UUID, str], client: FlaskClient, app: Flask, world: World
) -> None:
    before = {one.id for one in kept(app, world, sent[0])}
    send(client, photo(200), f"{sent[1]}/envois")
    assert client.post(f"{sent[1]}/messages", data={"text": "Voici une photo"}).status_code == 303
    (later,) = [one for one in kept(app, world, sent[0]) if one.id not in before]
    shown = at_desk(app, world.first).read(f"/equipe/demandes/{sent[0]}")
    history = shown[shown.index('id="historique"') : shown.index('id="fichiers"')]
    assert f'<img src="/equipe/demandes/{sent[0]}/fichiers/{later.id}"' in history


def test_a_file_is_given_powerless_and_a_document_never_inside_the_page(
    sent: tuple[UUID, str], app: Flask, world: World
) -> None:
    picture, paper = kept(app, world, sent[0])
    desk = at_desk(app, world.first).client
    for one, disposition in ((picture, "inline"), (paper, 'attachment; filename="document.pdf"')):
        answer = desk.get(f"/equipe/demandes/{sent[0]}/fichiers/{one.id}")
        assert (answer.status_code, answer.content_type) == (200, one.media_type)
        assert answer.headers["Content-Disposition"] == disposition
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_nobody_else_is_given_a_file(sent: tuple[UUID, str], app: Flask, world: World, client: FlaskClient) -> None:
    picture, _ = kept(app, world, sent[0])
    url = f"/equipe/demandes/{sent[0]}/fichiers/{picture.id}"
    assert at_desk(app, world.second).client.get(url).status_code == 404
    assert client.get(url).status_code == 303
    other = client.post("/amont/", data={"nonce": "another-page-0123456789012", "text": "Autre", "envoyer": "1"})
    assert other.status_code == 303
    assert at_desk(app, world.first).client.get(url.replace(str(sent[0]), str(world.first.id))).status_code == 404


def test_a_complaint_without_files_shows_no_empty_list(app: Flask, world: World, client: FlaskClient) -> None:
    made = client.post(
        "/api/v1/complaints",
        json={"text": "Il fait froid", "dwelling": {"reference": "amont-0001"}},
        headers=world.first.bearer,
    )
    shown = at_desk(app, world.first).read(f"/equipe/demandes/{made.json['id']}")
    assert 'id="fichiers"' not in shown
    assert 'class="photos"' not in shown

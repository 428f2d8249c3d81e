import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.adapters.mail import FolderMailer
from service.app import create_app
from service.domain.safety import numbers_always_shown
from service.journey.ports import Mail, Ports
from service.models.database import db
from service.settings import Settings
from service.tenant.door import colours_css
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def tracking(client: FlaskClient, world: World) -> str:
    """The address of a tracking page."""
    assert world
    return client.post("/amont/", data={"text": "Le radiateur est froid", "envoyer": "1"}).location.partition("?")[0]


@contextmanager
def served(settings: Settings, ports: Ports, **changed: object) -> Iterator[FlaskClient]:
    """The application as it stands with other settings."""
    app = create_app(replace(settings, **changed), ports)  # type: ignore[arg-type]
    yield app.test_client()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_door_leads_to_every_member(client: FlaskClient, world: World) -> None:
    page = client.get("/").text
    for member in (world.first, world.second):
        assert member.name in page
        assert f'href="/{member.slug}/"' in page
    assert 'href="/equipe/"' in page
    assert 'href="/reseau/"' in page


def test_emergency_numbers_are_on_every_page(client: FlaskClient, tracking: str) -> None:
    pages = {
        path: client.get(path).text for path in ("/", "/amont/", tracking, f"{tracking}/avis", "/courrier", "/rien")
    }
    pages["arrival"] = client.get(f"{tracking}?nouveau=1").text
    pages["errors"] = client.post("/amont/", data={"text": ""}).text
    for path, page in pages.items():
        for number in numbers_always_shown():
            assert f':{number.dialled}"><strong>{number.phone}</strong>' in page, path


def test_emergency_numbers_come_before_the_form(client: FlaskClient, world: World) -> None:
    assert world
    page = client.get("/amont/").text
    assert page.index('href="tel:112"') < page.index("<h1>") < page.index("<form")


def test_a_member_is_shown_in_its_colours(client: FlaskClient, world: World) -> None:
    assert world
    assert 'href="/amont/couleurs.css"' in client.get("/amont/").text
    answer = client.get("/amont/couleurs.css")
    assert answer.mimetype == "text/css"
    assert "--sap: #1d5b43" in answer.text


@pytest.mark.parametrize("colour", ["red; } body { display: none", "#fff", "", "#1d5b43}"])
def test_a_colour_is_a_colour_or_nothing(colour: str) -> None:
    assert colours_css(colour) == ""


def test_a_members_address_hides_no_other(app: Flask) -> None:
    """A member could be named like one of our own pages: the fixed address must win."""
    adapter = app.url_map.bind("localhost")
    firsts = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    for first in firsts - {"", "<slug:slug>"}:
        for rule in app.url_map.iter_rules():
            if rule.rule.strip("/") == first and "GET" in (rule.methods or ()):
                assert adapter.match(f"/{first}", "GET")[0] == rule.endpoint


def test_the_local_mail_is_shown_newest_first(client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    mailer = FolderMailer(settings.mail_dir, settings.mail_from)
    for rank in range(60):
        text = f"Bonjour <b>\n\nSuivre :\nhttp://localhost/suivi/jeton-{rank}\n"
        mailer.send(Mail(f"cle-{rank}", "marie@exemple.fr", f"Lettre n°{rank}.", text, "Amont Habitat"))
        os.utime(settings.mail_dir / f"cle-{rank}.eml", (rank, rank))
    page = client.get("/courrier").text
    assert page.index("Lettre n°59.") < page.index("Lettre n°58.")
    assert "Lettre n°10." in page
    assert "Lettre n°9." not in page
    assert "marie@exemple.fr" in page
    assert 'href="http://localhost/suivi/jeton-59"' in page
    assert "Bonjour &lt;b&gt;" in page


def test_the_local_mail_may_be_empty(client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    assert not Path(settings.mail_dir).exists()
    assert "Aucun e-mail pour l'instant" in client.get("/courrier").text


def test_the_local_mail_is_hidden_where_mail_really_leaves(settings: Settings, ports: Ports) -> None:
    with served(settings, ports, smtp_url="smtp://mail.example") as client:
        assert client.get("/courrier").status_code == 404


@pytest.mark.parametrize(
    ("base_url", "status"),
    [
        ("https://seve.example", 404),
        ("https://localhost.seve.example", 404),
        ("http://192.168.1.20:8000", 404),
        ("http://[", 404),
        ("http://127.0.0.1:8000", 200),
        ("http://[::1]:8000", 200),
        ("http://localhost:8000", 200),
    ],
)
def test_the_local_mail_is_shown_only_where_people_reach_us_on_this_machine(
    settings: Settings, ports: Ports, base_url: str, status: int
) -> None:
    """Behind a relay that adds no header, every request looks like one made here."""
    with served(settings, ports, base_url=base_url) as client:
        assert client.get("/courrier").status_code == status


@pytest.mark.parametrize(
    "request_from",
    [
        {"environ_overrides": {"REMOTE_ADDR": "203.0.113.7"}},
        {"headers": {"X-Forwarded-For": "203.0.113.7"}},
        {"headers": {"Forwarded": "for=203.0.113.7"}},
        {"headers": {"Host": "seve.example"}},
        {"headers": {"Host": "localhost.seve.example:8000"}},
    ],
)
def test_the_local_mail_is_hidden_from_elsewhere(
    client: FlaskClient, world: World, request_from: dict[str, object]
) -> None:
    assert world
    assert client.get("/courrier").status_code == 200
    assert client.get("/courrier", **request_from).status_code == 404  # type: ignore[arg-type]


def test_the_guide_of_the_api_explains_every_error(client: FlaskClient, world: World) -> None:
    page = client.get("/api/docs").text
    refused = client.post("/api/v1/complaints", json={}, headers=world.first.bearer)
    anchor = refused.json["type"].partition("#")[2]  # type: ignore[index]
    assert f'id="{anchor}"' in page
    for words in ("keys create", "webhook-signature", "complaint.routed", "chauffage", "remerciement_suggestion"):
        assert words in page

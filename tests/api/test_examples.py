"""The examples that a member's IT copies are run as they are, on a live server; the page shows these very files."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from service.adapters.clock import SystemClock
from service.api.integration import FOLDER, LANGUAGES
from service.app import create_app
from service.journey.ports import Ports
from service.journey.submission import introductions
from service.models.database import db
from service.settings import Settings
from tests.tokens import KEY, share_secret
from tests.world import World

pytestmark = pytest.mark.services
PROGRAMS = {"sh": "bash", "py": sys.executable, "php": "php", "mjs": "node"}


@dataclass(frozen=True)
class Site:
    """A live server, and what the examples read from the environment."""

    app: Flask
    ports: Ports
    environment: dict[str, str]

    def run(self, name: str) -> "subprocess.CompletedProcess[str]":
        """Run an example as its reader would."""
        program = shutil.which(PROGRAMS[name.rpartition(".")[2]])
        if program is None:
            needed = PROGRAMS[name.rpartition(".")[2]]
            assert not os.environ.get("SEVE_REQUIRE_LANGUAGES"), f"{needed} is required here"
            pytest.skip(f"no {needed} on this machine: its example is not run")
        said = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | self.environment
        return subprocess.run(
            [program, str(FOLDER / name)], env=said, capture_output=True, text=True, timeout=60, check=False
        )


@pytest.fixture
def site(settings: Settings, ports: Ports, world: World) -> Iterator[Site]:
    # The application has to know its own address, which is given when the server is made.
    server = make_server("127.0.0.1", 0, Flask("later"), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    live = replace(ports, base_url=url, clock=SystemClock())
    app = create_app(replace(settings, base_url=url), live)
    secret = share_secret(app, world.first, live)
    server.app = app
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(
        app,
        live,
        {
            "SEVE_URL": url,
            "SEVE_BAILLEUR": world.first.slug,
            "SEVE_KEY": world.first.key,
            "SEVE_KEY_NAME": KEY,
            "SEVE_SECRET": secret,
            "SEVE_LOGEMENT": world.first.collective,
        },
    )
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("suffix", PROGRAMS)
def test_a_message_is_sent_and_sent_again_without_harm(site: Site, suffix: str) -> None:
    first, again = site.run(f"submit.{suffix}"), site.run(f"submit.{suffix}")
    assert first.returncode == 0, first.stderr + first.stdout
    answer = json.loads(first.stdout)
    assert answer["classification"] is not None
    assert re.fullmatch(r"\w{4}-\w{4}", answer["reference"])
    assert json.loads(again.stdout) == answer


@pytest.mark.parametrize("suffix", PROGRAMS)
def test_a_refusal_is_said_and_the_program_fails(site: Site, suffix: str) -> None:
    site.environment["SEVE_KEY"] = "wrong"
    refused = site.run(f"submit.{suffix}")
    assert refused.returncode != 0
    assert "401" in refused.stdout + refused.stderr


@pytest.mark.parametrize("suffix", PROGRAMS)
def test_a_tenant_is_introduced(site: Site, world: World, suffix: str) -> None:
    made = site.run(f"introduce.{suffix}")
    assert made.returncode == 0, made.stderr
    answer = site.app.test_client().post("/amont/arrivee", data={"jeton": made.stdout.strip()})
    assert answer.status_code == 303, made.stdout
    secret = parse_qs(urlsplit(answer.location).query)["arrivee"][0]
    with site.app.app_context():
        person = introductions.open_introduction(world.first.id, secret, site.ports)
    assert person is not None
    assert (person.tenancy_reference, person.dwelling_reference, person.name, person.phone) == (
        "BAIL-77", world.first.collective, "Marie Durand", "06 12 34 56 78"
    )  # fmt: skip
    assert site.run(f"introduce.{suffix}").stdout != made.stdout


def test_every_example_stands_on_the_page_as_it_is(client: FlaskClient, world: World) -> None:
    page = html.unescape(client.get(f"/integration/{world.first.slug}").text)
    names = {path.name for path in FOLDER.iterdir() if path.is_file()}
    assert {f"{beginning}.{suffix}" for beginning in ("submit", "introduce") for _, suffix in LANGUAGES} < names
    for name in names:
        text = (FOLDER / name).read_text(encoding="utf-8").strip()
        if name.endswith(".html"):
            text = text.replace("SEVE_URL", "http://localhost").replace("SEVE_BAILLEUR", world.first.slug)
        assert text in page, name


def test_the_page_names_no_member_that_does_not_exist(client: FlaskClient, world: World) -> None:
    assert world
    assert client.get("/integration").status_code == 200
    assert "mon-bailleur" in client.get("/integration").text
    assert client.get("/integration/inconnu").status_code == 404
    assert "/integration" in client.get("/api/docs").text


def test_no_secret_stands_on_the_page(app: Flask, client: FlaskClient, world: World, ports: Ports) -> None:
    secret = share_secret(app, world.first, ports)
    page = client.get(f"/integration/{world.first.slug}").text
    assert secret not in page
    assert world.first.key not in page


def test_no_example_holds_a_secret_or_an_address_of_ours() -> None:
    for path in Path(FOLDER).iterdir():
        assert not re.search(r"seve_[A-Za-z0-9]{8}|127\.0\.0\.1|localhost", path.read_text(encoding="utf-8")), path

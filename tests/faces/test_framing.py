"""Our form inside a member's page: shown by the member's own origins, and by nobody else."""

import re

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.domain.errors import BadInput
from service.domain.origins import allowed_origins, read_origin, return_address
from service.journey.ports import Ports
from service.settings import Settings
from tests.tokens import claims_of, share_secret, sign
from tests.world import World

pytestmark = pytest.mark.services
ORIGIN = "https://extranet.example"


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=words)


@pytest.fixture
def allowed(app: Flask, world: World) -> str:
    """The first member lets one origin show its form."""
    made = run(app, "frames", "allow", world.first.slug, ORIGIN)
    assert made.exit_code == 0, made.output
    return ORIGIN


def ancestors(client: FlaskClient, address: str) -> str:
    found = re.search(r"frame-ancestors ([^;]*)", client.get(address).headers["Content-Security-Policy"])
    assert found
    return found[1]


def tracking_address(client: FlaskClient, world: World, dwelling: str | None = None) -> str:
    body = {"text": "Le radiateur est froid", "dwelling": {"reference": dwelling or world.first.collective}}
    made = client.post("/api/v1/complaints", json=body, headers=world.first.bearer).json
    return str(made["tracking_url"]).removeprefix("http://localhost")


def test_the_members_origins_alone_may_frame_its_form(client: FlaskClient, world: World, allowed: str) -> None:
    assert world
    assert ancestors(client, "/amont/?cadre=1") == allowed


@pytest.mark.parametrize(
    "address", ["/amont/", "/amont/?cadre=", "/aval/?cadre=1", "/?cadre=1", "/aval/?cadre=amont", "/inconnu/?cadre=1",
                "/equipe/connexion?cadre=1", "/api/docs?cadre=amont", "/amont/couleurs.css"]
)  # fmt: skip
def test_every_other_page_is_framed_by_nobody(client: FlaskClient, allowed: str, address: str) -> None:
    assert allowed
    assert ancestors(client, address) == "'none'"


def test_a_page_of_errors_in_the_frame_can_be_read_there(client: FlaskClient, allowed: str) -> None:
    refused = client.post("/amont/arrivee?cadre=1", data={"jeton": "x"})
    assert refused.status_code == 400
    assert f"frame-ancestors {allowed}" in refused.headers["Content-Security-Policy"]


def test_the_frame_stays_in_every_link_and_form_of_the_page(client: FlaskClient, allowed: str) -> None:
    assert allowed
    page = client.get("/amont/?cadre=1&langue=ar").text
    forms = re.findall(r'<form[^>]*action="([^"]*)"', page)
    assert forms
    assert all("cadre=1" in action and "langue=ar" in action for action in forms)
    assert "<footer>" not in page
    assert 'class="bar-name"' not in page
    assert f'data-origins="{allowed}"' in page


def test_a_page_of_its_own_knows_nothing_of_frames(client: FlaskClient, allowed: str) -> None:
    assert allowed
    page = client.get("/amont/").text
    assert "frame.js" not in page
    assert "cadre=" not in page
    assert "<footer>" in page


def test_an_introduced_tenant_stays_in_the_frame(
    app: Flask, client: FlaskClient, world: World, ports: Ports, allowed: str
) -> None:
    assert allowed
    token = sign(share_secret(app, world.first, ports), claims_of(world.first, ports))
    answer = client.post("/amont/arrivee?cadre=1", data={"jeton": token})
    assert answer.status_code == 303
    assert "cadre=1" in answer.location


def test_a_tracking_page_is_never_framed_and_its_link_opens_beside(
    client: FlaskClient, world: World, allowed: str
) -> None:
    address = tracking_address(client, world)
    assert ancestors(client, address) == "'none'"
    framed = client.get(f"{address}?cadre=amont&nouveau=1")
    assert ancestors(client, f"{address}?cadre=amont&nouveau=1") == allowed
    link = re.search(r'<a class="button" href="([^"]*)" target="_blank" rel="noopener">', framed.text)
    assert link
    assert link[1] == address
    assert "data-sent=" in framed.text
    assert "<textarea" not in framed.text


def test_looking_at_it_again_does_not_say_that_it_was_sent_again(
    client: FlaskClient, world: World, allowed: str
) -> None:
    assert allowed
    address = tracking_address(client, world)
    assert "data-sent=" not in client.get(f"{address}?cadre=amont").text


def test_what_was_sent_about_another_members_dwelling_is_still_said_in_the_frame(
    client: FlaskClient, world: World, allowed: str
) -> None:
    address = tracking_address(client, world, world.second.collective)
    assert ancestors(client, f"{address}?cadre=amont&nouveau=1") == allowed


@pytest.mark.parametrize("more", ["/avis", "/messages"])
def test_no_other_page_of_a_tracking_link_is_framed(client: FlaskClient, world: World, allowed: str, more: str) -> None:
    assert allowed
    address = tracking_address(client, world)
    assert ancestors(client, f"{address}{more}?cadre=amont") == "'none'"


def test_what_stands_in_the_database_cannot_write_a_policy(
    app: Flask, client: FlaskClient, world: World, settings: Settings
) -> None:
    assert app
    assert world
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text("update members set frame_origins = :origins"),
            {
                "origins": '["https://a.example; script-src *", "*", "https://b.example\\r\\nX: y", 12, "HTTPS://C.example"]'
            },
        )
    engine.dispose()
    assert ancestors(client, "/amont/?cadre=1") == "'none'"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://extranet.example", "https://extranet.example"),
        (" HTTPS://Extranet.Example/ ", "https://extranet.example"),
        ("https://extranet.example:8443", "https://extranet.example:8443"),
        ("https://extranet.example:443", "https://extranet.example"),
        ("http://localhost:5000", "http://localhost:5000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(typed: str, kept: str) -> None:
    assert read_origin(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "*", "https://*", "https://*.example", "http://extranet.example", "https://extranet.example/chemin",
     "https://moi@extranet.example", "https://a.example https://b.example", "https://a.example;script-src *",
     "https://a.example\r\nX-Evil: 1", "https://a.example:0", "https://a.example:99999", "javascript:alert(1)",
     "data:text/html", "null", "https://", "https://-a.example", "file:///etc", "https://é.example", "//a.example",
     "https://a..example", "https://a.example\n"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(typed: str) -> None:
    if typed == "https://a.example\n":
        assert read_origin(typed) == "https://a.example"  # a line end typed after it is no part of it
        return
    with pytest.raises(BadInput):
        read_origin(typed)
    assert allowed_origins([typed]) == ()


def test_an_address_to_return_to_stands_at_a_declared_origin() -> None:
    assert return_address("https://a.example/x?y=1", ["https://a.example"]) == "https://a.example/x?y=1"
    assert return_address("https://a.example.evil.example/", ["https://a.example"]) is None
    assert return_address("https://a.example:444/", ["https://a.example"]) is None
    assert return_address("http://localhost:5000/x", []) == "http://localhost:5000/x"
    assert return_address("http://a.example/", []) is None


def test_origins_are_listed_and_refused_again(app: Flask, client: FlaskClient, world: World, allowed: str) -> None:
    assert world
    run(app, "frames", "allow", "amont", "https://b.example")
    assert run(app, "frames", "list", "amont").output.split() == ["https://b.example", allowed]
    assert run(app, "frames", "refuse", "amont", allowed).exit_code == 0
    assert ancestors(client, "/amont/?cadre=1") == "https://b.example"
    assert run(app, "frames", "refuse", "amont", allowed).exit_code != 0
    assert run(app, "frames", "allow", "amont", "https://b.example/page").exit_code != 0
    assert run(app, "frames", "allow", "inconnu", "https://b.example").exit_code != 0


def test_the_script_is_kept_for_an_hour_and_then_asked_for_again(client: FlaskClient, world: World) -> None:
    assert world
    answer = client.get("/integration.js")
    assert answer.status_code == 200
    assert answer.mimetype in {"text/javascript", "application/javascript"}
    assert answer.cache_control.max_age == 3600
    assert not answer.cache_control.immutable
    again = client.get("/integration.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304

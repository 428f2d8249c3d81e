"""A tenant led by the extranet: known to the form once, and told calmly what to do when something is wrong."""

import logging
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from service.journey.submission import introductions
from service.settings import Settings
from tests.tokens import claims_of, share_secret, sign
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def secret(app: Flask, world: World, ports: Ports) -> str:
    return share_secret(app, world.first, ports)


@pytest.fixture
def token(world: World, ports: Ports, secret: str) -> str:
    return sign(secret, claims_of(world.first, ports))


def arrive(client: FlaskClient, token: str, address: str = "/amont/arrivee") -> TestResponse:
    """Press the extranet's button, and follow where it leads until a page is shown or the form is reached."""
    answer = client.post(address, data={"jeton": token})
    while answer.status_code == 303 and "arrivee=" not in answer.location:
        answer = client.get(answer.location)
    return answer


def secret_in(answer: TestResponse) -> str:
    return parse_qs(urlsplit(answer.location).query)["arrivee"][0]


def count(settings: Settings, table: str) -> int:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        number = connection.scalar(text(f"select count(*) from {table}"))
    engine.dispose()
    return int(number or 0)


def test_the_extranets_button_leads_to_a_form_that_knows_who_comes(
    app: Flask, client: FlaskClient, world: World, ports: Ports, token: str
) -> None:
    answer = client.post("/amont/arrivee", data={"jeton": token})
    assert answer.status_code == 303
    assert urlsplit(answer.location).path == "/amont/"
    assert token not in answer.location
    with app.app_context():
        person = introductions.open_introduction(world.first.id, secret_in(answer), ports)
    assert person is not None
    assert person.name == "Amina Diallo"
    assert client.get(answer.location).status_code == 200


def test_a_link_with_the_token_leads_there_too(client: FlaskClient, token: str) -> None:
    assert client.get("/amont/arrivee", query_string={"jeton": token}).status_code == 303


def test_a_program_that_looks_at_the_link_uses_nothing_up(client: FlaskClient, settings: Settings, token: str) -> None:
    assert client.head("/amont/arrivee", query_string={"jeton": token}).status_code == 204
    assert count(settings, "introductions") == 0


def test_the_form_opens_in_the_language_of_the_extranet(
    client: FlaskClient, world: World, ports: Ports, secret: str
) -> None:
    arabic = client.post("/amont/arrivee", data={"jeton": sign(secret, claims_of(world.first, ports, language="ar"))})
    assert parse_qs(urlsplit(arabic.location).query)["langue"] == ["ar"]
    other = sign(secret, claims_of(world.first, ports, language="xx", jti="2"))
    assert "langue" not in client.post("/amont/arrivee", data={"jeton": other}).location


def test_a_second_tap_leads_the_same_browser_to_its_own_form(
    client: FlaskClient, settings: Settings, token: str
) -> None:
    first = arrive(client, token)
    again = arrive(client, token)
    assert again.status_code == 303
    assert secret_in(again) == secret_in(first)
    assert count(settings, "introductions") == 1


def test_another_browser_that_brings_the_same_token_is_refused(app: Flask, client: FlaskClient, token: str) -> None:
    assert arrive(client, token).status_code == 303
    refused = arrive(app.test_client(), token)
    assert refused.status_code == 403
    assert "déjà servi" in refused.text
    assert "https://extranet.example/accueil" in refused.text


TAPS = {"Upgrade-Insecure-Requests": "1", "User-Agent": "Old phone", "Accept-Language": "fr"}


def tap(app: Flask, token: str, **more: str) -> TestResponse:
    """Press the button of the extranet in a browser that will not see the answer, and so keeps no cookie."""
    return app.test_client().post("/amont/arrivee", data={"jeton": token}, headers=TAPS | more)


def opens(app: Flask, world: World, ports: Ports, answer: TestResponse) -> bool:
    with app.app_context():
        return introductions.open_introduction(world.first.id, secret_in(answer), ports) is not None


def test_a_tap_that_cuts_off_the_one_before_leads_to_the_form_all_the_same(
    app: Flask, world: World, ports: Ports, settings: Settings, token: str
) -> None:
    first, second = tap(app, token), tap(app, token)
    assert "arrivee=" in second.location
    assert not opens(app, world, ports, first)
    assert opens(app, world, ports, second)
    assert count(settings, "introductions") == 1


def test_once_the_form_was_shown_no_tap_leads_there_again(app: Flask, world: World, ports: Ports, token: str) -> None:
    assert opens(app, world, ports, tap(app, token))
    assert "reprise=" in tap(app, token).location


def test_another_browser_or_a_later_tap_is_no_second_tap(app: Flask, clock: SetClock, token: str) -> None:
    assert "arrivee=" in tap(app, token).location
    for other in ({"User-Agent": "Another phone"}, {"Accept-Language": "tr"}, {"Upgrade-Insecure-Requests": "0"}):
        assert "reprise=" in tap(app, token, **other).location
    assert "arrivee=" in tap(app, token).location
    clock.forward(introductions.rules.SECOND_TAP)
    assert "reprise=" in tap(app, token).location


def test_a_program_never_taps_twice(app: Flask, token: str) -> None:
    for where in ("arrivee=", "reprise="):
        assert where in app.test_client().post("/amont/arrivee", data={"jeton": token}).location


@pytest.mark.parametrize("mark", ["", "x", "%00", "%ED%A0%80", "a" * 5000])
def test_a_mark_that_was_made_up_opens_nothing(client: FlaskClient, token: str, mark: str) -> None:
    assert arrive(client, token).status_code == 303
    assert client.get(f"/amont/arrivee?reprise={mark}").status_code == 403


def test_the_cookie_of_one_token_does_not_excuse_another(
    app: Flask, client: FlaskClient, world: World, ports: Ports, secret: str, token: str
) -> None:
    theirs = sign(secret, claims_of(world.first, ports, jti="another", name="Quelqu'un d'autre"))
    assert arrive(app.test_client(), theirs).status_code == 303
    assert arrive(client, token).status_code == 303
    assert arrive(client, theirs).status_code == 403


def test_a_token_brought_by_many_browsers_at_once_opens_one_form(app: Flask, token: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: arrive(app.test_client(), token).status_code, range(12)))
    assert sorted(statuses) == [303] + [403] * 11


def test_the_cookie_stays_out_of_reach_and_short(client: FlaskClient, token: str) -> None:
    cookie = client.post("/amont/arrivee", data={"jeton": token}).headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/amont/arrivee", "Max-Age=600"):
        assert part in cookie


def test_a_token_of_one_member_opens_nothing_at_another(client: FlaskClient, token: str) -> None:
    refused = arrive(client, token, "/aval/arrivee")
    assert refused.status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_token_one_is_told_what_to_do(client: FlaskClient, world: World, method: str) -> None:
    assert world
    answer = client.open("/amont/arrivee", method=method.upper())
    assert answer.status_code == 400
    assert "Retournez sur votre espace locataire" in answer.text


def test_a_refusal_says_what_to_do_and_whom_to_call(client: FlaskClient, clock: SetClock, token: str) -> None:
    clock.forward(introductions.rules.LIFE * 2)
    refused = arrive(client, token)
    assert refused.status_code == 403
    assert "plus de cinq minutes" in refused.text
    for part in ('href="tel:112"', 'href="tel:0353010000"', 'href="/amont/"', "https://extranet.example/accueil"):
        assert part in refused.text


def test_the_way_back_is_not_shown_when_somebody_else_wrote_it(
    client: FlaskClient, world: World, ports: Ports, secret: str
) -> None:
    assert secret
    forged = sign("not the secret we share, but long enough", claims_of(world.first, ports))
    refused = arrive(client, forged)
    assert refused.status_code == 403
    assert "extranet.example" not in refused.text


def test_the_log_says_why_and_not_who(
    client: FlaskClient, world: World, ports: Ports, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = sign(secret, claims_of(world.first, ports, aud="elsewhere"))
    arrive(client, token)
    assert "introduction_refused wrong_audience" in caplog.text
    for word in (token, token.rpartition(".")[2], "Amina", "BAIL-77", "a-token-used-once"):
        assert word not in caplog.text


def test_a_trial_link_says_that_nothing_was_sent(client: FlaskClient, world: World) -> None:
    assert world
    page = client.get("/amont/essai")
    assert page.status_code == 200
    assert "personne ne l'a reçu" in page.get_data(as_text=True).replace("&#39;", "'")

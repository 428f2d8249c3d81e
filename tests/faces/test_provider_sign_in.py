"""Signing in at the member's own identity provider: a certified one, and one that tries everything it should not."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock, SystemClock
from service.adapters.identity_provider import OidcProviders
from service.adapters.outgoing import Outgoing
from service.app import create_app
from service.domain.identity_provider import LASTS
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.database import db
from service.models.oversight import AuditEntry
from service.models.people import Staff
from service.models.signing_in import IdentityProvider, StaffSession
from service.settings import Settings
from tests import oidc_certified
from tests.oidc_hostile import ACCESS, CLIENT_ID, SECRET, Hostile, hostile
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

START = "/equipe/connexion/amont"
RETURN = f"{START}/retour"


def set_up(app: Flask, member: MemberWorld, issuer: str, **more: Any) -> None:
    """Give a member a provider, as an administrator does."""
    ports: Ports = app.extensions["seve"].ports
    set_as = {
        "name": "Mon Bailleur ID", "client_id": CLIENT_ID, "sealed_secret": ports.sealer.seal(SECRET),
        "email_domains": ["amont.example"], "created_at": ports.clock.now(),
    }  # fmt: skip
    with app.app_context(), member_transaction(member.id) as session:
        session.add(IdentityProvider(member_id=member.id, issuer=issuer, **(set_as | more)))


def change(app: Flask, member: MemberWorld, staff_id: UUID, **values: Any) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        for name, value in values.items():
            setattr(session.get_one(Staff, staff_id), name, value)


def person(app: Flask, member: MemberWorld, staff_id: UUID) -> Staff:
    with app.app_context(), member_transaction(member.id) as session:
        return session.get_one(Staff, staff_id)


def sessions(app: Flask, member: MemberWorld) -> int:
    with app.app_context(), member_transaction(member.id) as session:
        return session.scalar(select(func.count()).select_from(StaffSession)) or 0


@pytest.fixture
def provider(clock: SetClock, app: Flask, world: World) -> Iterator[Hostile]:
    """The first member's provider, right in everything until told otherwise."""
    with hostile(clock) as running:
        set_up(app, world.first, running.issuer)
        yield running


def leave(client: FlaskClient, url: str = START) -> str:
    """Press the button; return the address at the provider."""
    answer = client.get(url)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def come_back(client: FlaskClient, given: dict[str, str], url: str = RETURN) -> TestResponse:
    return client.get(f"{url}?{urlencode(given)}")


def sign_in(client: FlaskClient, provider: Hostile, **more: str) -> TestResponse:
    """Go to the provider and come back with what it gives, and more."""
    return come_back(client, provider.send_back(leave(client), **more))


def assert_refused(app: Flask, member: MemberWorld, client: FlaskClient, answer: TestResponse, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert "Vous n'êtes pas connecté" in answer.text.replace("&#39;", "'")
    assert sessions(app, member) == 0
    assert client.get("/equipe/").status_code == 303
    assert person(app, member, member.agent_id).subject is None


# A certified provider.


@pytest.fixture
def live(settings: Settings, ports: Ports, world: World) -> Iterator[Flask]:
    """The application at the real time: a provider of others has no other."""
    assert world
    clock = SystemClock()
    providers = OidcProviders(Outgoing(("127.0.0.0/8",)), clock)
    app = create_app(settings, replace(ports, clock=clock, identity_providers=providers))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    "given", [{}, {"IN_TOKEN": "yes"}, {"ALGORITHM": "ES256"}, {"CLIENT_SECRET": ""}],
    ids=["userinfo", "in the token", "ES256", "public client"],
)  # fmt: skip
def test_a_person_signs_in_at_a_certified_provider(
    live: Flask, world: World, tmp_path: Path, given: dict[str, str]
) -> None:
    back = f"http://localhost{RETURN}"
    addresses = {"ana": {"email": world.first.agent_email.upper(), "email_verified": True}}
    with oidc_certified.certified(oidc_certified.installed(), back, addresses, tmp_path / "log", **given) as issuer:
        sealer = live.extensions["seve"].ports.sealer
        secret = None if given.get("CLIENT_SECRET") == "" else sealer.seal(oidc_certified.SECRET)
        set_up(live, world.first, issuer, client_id=oidc_certified.CLIENT_ID, sealed_secret=secret)
        client = live.test_client()
        came = oidc_certified.sign_in_there(leave(client, f"{START}?suite=/equipe/incidents"), "ana", back)
        answer = come_back(client, dict(parse_qsl(urlsplit(came).query)))
        assert (answer.status_code, answer.location) == (303, "/equipe/incidents"), answer.text
        assert "Ana Vidal" in client.get("/equipe/regles").text
        # The same code again, by whoever saw the address; a stranger; somebody who says no.
        assert come_back(client, dict(parse_qsl(urlsplit(came).query))).status_code == 400
        other = live.test_client()
        for name in ("inconnu", "nobody"):
            came = oidc_certified.sign_in_there(leave(other), name, back)
            assert come_back(other, dict(parse_qsl(urlsplit(came).query))).status_code == 403
    assert person(live, world.first, world.first.agent_id).subject == "subject-of-ana"
    with live.app_context(), member_transaction(world.first.id) as session:
        assert session.scalars(select(StaffSession.means)).all() == ["provider"]
        assert session.scalars(select(AuditEntry.subject)).all() == ["Compte de Ana Vidal"]


# Who it is.


def test_the_subject_counts_and_no_longer_the_address(app: Flask, provider: Hostile, world: World) -> None:
    assert sign_in(app.test_client(), provider).status_code == 303
    provider.claims = {"email": world.first.agent_email.replace("agente", "responsable")}
    client = app.test_client()
    assert sign_in(client, provider).status_code == 303
    assert "Ana Vidal" in client.get("/equipe/regles").text
    assert person(app, world.first, world.first.supervisor_id).subject is None


def test_somebody_who_was_invited_and_has_no_password_comes_in(app: Flask, provider: Hostile, world: World) -> None:
    change(app, world.first, world.first.agent_id, password_hash=None)
    assert sign_in(app.test_client(), provider).status_code == 303


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "inconnue@amont.example"},
        {"email": "agente@aval.example"},  # of the other member
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": ["agente@amont.example"]},
        {"email": "agente@amont.example\x00"},
    ],
    ids=str,
)
def test_nobody_is_let_in_on_an_address_that_proves_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    answer = sign_in(client, provider)
    assert_refused(app, world.first, client, answer, 403)
    assert "Demandez à la personne qui gère les comptes chez Amont Habitat." in answer.text
    assert sessions(app, world.second) == 0


def test_an_account_that_is_anothers_at_the_provider_is_not_taken_by_its_address(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    change(app, world.first, world.first.agent_id, subject="somebody else")
    assert sign_in(client, provider).status_code == 403
    assert person(app, world.first, world.first.agent_id).subject == "somebody else"


@pytest.mark.parametrize("is_known", [True, False])
def test_whoever_has_left_does_not_come_in(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, is_known: bool
) -> None:
    change(app, world.first, world.first.agent_id, is_active=False, subject="subject-1" if is_known else None)
    assert sign_in(client, provider).status_code == 403
    assert sessions(app, world.first) == 0


def test_two_members_with_one_provider_open_their_own_accounts_only(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    set_up(app, world.second, provider.issuer, email_domains=["aval.example"])
    assert sign_in(client, provider).status_code == 303
    there = "/equipe/connexion/aval"
    stranger = app.test_client()
    assert come_back(stranger, provider.send_back(leave(stranger, there)), f"{there}/retour").status_code == 403
    assert (sessions(app, world.first), sessions(app, world.second)) == (1, 0)
    # What was begun for one member does not end at the door of the other.
    provider.claims = {"email": "agente@aval.example", "sub": "subject-2"}
    crossing = app.test_client()
    assert come_back(crossing, provider.send_back(leave(crossing)), f"{there}/retour").status_code == 400
    assert sessions(app, world.second) == 0


# What a provider may not say.


def wrong_claims() -> list[Any]:
    wrong: dict[str, dict[str, Any]] = {
        "another issuer": {"iss": "https://autre.example"},
        "no issuer": {"iss": None},
        "another nonce": {"nonce": "guessed"},
        "no nonce": {"nonce": None},
        "another audience": {"aud": "somebody-else"},
        "several audiences and no party": {"aud": [CLIENT_ID, "somebody-else"]},
        "another party": {"aud": [CLIENT_ID, "somebody-else"], "azp": "somebody-else"},
        "no audience": {"aud": None},
        "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        "no end": {"exp": None},
        "an end that is no number": {"exp": "tomorrow"},
        "no beginning": {"iat": None},
        "no subject": {"sub": None},
        "an empty subject": {"sub": ""},
        "a subject that is no word": {"sub": {"$ne": 1}},
    }
    return [pytest.param(claims, id=name) for name, claims in wrong.items()]


@pytest.mark.parametrize("claims", wrong_claims())
def test_a_token_with_a_wrong_claim_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert_refused(app, world.first, client, sign_in(client, provider), 502)


@pytest.mark.parametrize(("issued", "expires"), [(-600, -120), (600, 900), (-1200, 300)])
def test_a_token_of_another_time_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, issued: int, expires: int
) -> None:
    now = int(provider.clock.now().timestamp())
    provider.claims = {"iat": now + issued, "exp": now + expires}
    assert_refused(app, world.first, client, sign_in(client, provider), 502)


def broken(provider: Hostile, header: dict[str, Any], claims: dict[str, Any]) -> str:
    return provider.sign(header, claims)[:-6] + "AAAAAA"


def garbage(_provider: Hostile, _header: dict[str, Any], _claims: dict[str, Any]) -> str:
    return "not.a.token"


def nothing(_provider: Hostile, _header: dict[str, Any], _claims: dict[str, Any]) -> str:
    return ""


@pytest.mark.parametrize("forge", [Hostile.unsigned, Hostile.signed_with_public_key, broken, garbage, nothing])
def test_a_forged_token_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, forge: Callable[..., str]
) -> None:
    provider.signing = partial(forge, provider)
    assert_refused(app, world.first, client, sign_in(client, provider), 502)


@pytest.mark.parametrize("header", [{"kid": "unknown"}, {"crit": ["unheard-of"], "unheard-of": 1}, {"alg": "RS512"}])
def test_a_token_with_a_wrong_header_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, header: dict[str, Any]
) -> None:
    provider.header = header
    provider.signing = lambda said, claims: jws.serialize_compact(
        said, json.dumps(claims), provider.keys["first"], registry=Lenient(algorithms=["RS256", "RS512"])
    )
    assert_refused(app, world.first, client, sign_in(client, provider), 502)


class Lenient(jws.JWSRegistry):
    """Signs any header."""

    def check_header(self, _header: dict[str, Any]) -> None:
        return


def test_a_key_that_the_token_brings_itself_proves_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    own = RSAKey.generate_key(2048)
    provider.keys["own"], provider.signed_by = own, "own"
    provider.header = {"jwk": own.as_dict(private=False), "kid": "first"}
    assert_refused(app, world.first, client, sign_in(client, provider), 502)


def test_a_provider_that_only_shares_secrets_is_refused(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    provider.says = {"id_token_signing_alg_values_supported": ["HS256", "none"]}
    assert_refused(app, world.first, client, client.get(START), 502)


def test_keys_that_were_turned_over_are_fetched_again_but_not_at_each_try(
    app: Flask, client: FlaskClient, provider: Hostile, clock: SetClock, world: World
) -> None:
    assert sign_in(app.test_client(), provider).status_code == 303
    provider.keys["second"], provider.published, provider.signed_by = RSAKey.generate_key(2048), ["second"], "second"
    assert sign_in(client, provider).status_code == 502  # the keys were fetched a moment ago
    clock.forward(timedelta(seconds=61))
    assert sign_in(client, provider).status_code == 303
    assert provider.asked["/keys"] == 2
    provider.signed_by = "first"  # which is published no more
    for _ in range(3):
        assert sign_in(app.test_client(), provider).status_code == 502
    assert provider.asked["/keys"] == 2
    assert world


def test_userinfo_about_somebody_else_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    provider.claims = {"email": None, "email_verified": None}
    provider.userinfo = {"sub": "subject-2", "email": world.first.agent_email, "email_verified": True}
    assert_refused(app, world.first, client, sign_in(client, provider), 502)
    provider.userinfo["sub"] = "subject-1"
    assert sign_in(client, provider).status_code == 303


# The way there and back.


def test_the_way_there_carries_what_it_should(client: FlaskClient, provider: Hostile) -> None:
    address = leave(client)
    assert address.startswith(f"{provider.issuer}/auth?")
    sent = dict(parse_qsl(urlsplit(address).query))
    assert sent["response_type"] == "code"
    assert sent["redirect_uri"] == f"http://localhost{RETURN}"
    assert sent["code_challenge_method"] == "S256"
    assert "openid" in sent["scope"].split()
    assert len({sent["state"], sent["nonce"], sent["code_challenge"]}) == 3
    again = dict(parse_qsl(urlsplit(leave(client)).query))
    assert not {sent["state"], sent["nonce"], sent["code_challenge"]} & set(again.values())


def test_a_return_without_a_departure_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    given = provider.send_back(leave(client))
    stranger = app.test_client()
    assert_refused(app, world.first, stranger, come_back(stranger, given), 400)


@pytest.mark.parametrize("state", ["another", "", "é", None])
def test_a_return_with_another_state_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, state: str | None
) -> None:
    given = provider.send_back(leave(client))
    changed = {name: value for name, value in (given | {"state": state}).items() if value is not None}
    assert_refused(app, world.first, client, come_back(client, changed), 400)
    assert provider.asked["/token"] == 0
    assert come_back(client, given).status_code == 400  # one try, right or wrong


def test_a_round_trip_serves_once_even_to_whoever_kept_its_cookie(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    provider.gives_codes_twice = True
    given = provider.send_back(leave(client))
    kept = client.get_cookie("seve")
    assert kept
    assert come_back(client, given).status_code == 303
    thief = app.test_client()
    thief.set_cookie("seve", kept.value)
    assert come_back(thief, given).status_code == 400
    assert sessions(app, world.first) == 1


def test_a_code_that_was_used_opens_nothing(app: Flask, client: FlaskClient, provider: Hostile, world: World) -> None:
    used = provider.send_back(leave(client))
    assert come_back(client, used).status_code == 303
    stranger = app.test_client()
    fresh = provider.send_back(leave(stranger))
    assert come_back(stranger, fresh | {"code": used["code"]}).status_code == 502
    assert sessions(app, world.first) == 1


def test_whoever_took_the_code_on_its_way_lacks_the_verifier(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    code = provider.send_back(leave(client))["code"]
    thief = app.test_client()
    given = provider.send_back(leave(thief)) | {"code": code}
    assert_refused(app, world.first, thief, come_back(thief, given), 502)


def test_a_return_that_comes_too_late_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, clock: SetClock, world: World
) -> None:
    given = provider.send_back(leave(client))
    clock.forward(LASTS + timedelta(seconds=1))
    assert_refused(app, world.first, client, come_back(client, given), 400)


def test_an_answer_of_another_issuer_opens_nothing(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    assert_refused(app, world.first, client, sign_in(client, provider, iss="https://autre.example"), 502)
    assert provider.asked["/token"] == 0


def test_a_provider_that_says_it_names_itself_must(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    provider.says = {"authorization_response_iss_parameter_supported": True}
    assert_refused(app, world.first, client, sign_in(client, provider), 502)
    assert sign_in(client, provider, iss=provider.issuer).status_code == 303


@pytest.mark.parametrize(("error", "status"), [("access_denied", 403), ("server_error", 502), ("<script>", 502)])
def test_an_error_of_the_provider_is_said_calmly(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, error: str, status: int
) -> None:
    state = provider.send_back(leave(client))["state"]
    answer = come_back(client, {"error": error, "error_description": "<b>detail</b>", "state": state})
    assert_refused(app, world.first, client, answer, status)
    assert "detail" not in answer.text
    assert "<script>" not in answer.text


def test_what_looks_ahead_does_not_use_up_the_way_back(client: FlaskClient, provider: Hostile) -> None:
    given = provider.send_back(leave(client))
    assert client.head(f"{RETURN}?{urlencode(given)}").status_code == 405
    assert come_back(client, given).status_code == 303


# A provider that is not itself.


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/.well-known/openid-configuration", (200, b"<html>")),
        ("/.well-known/openid-configuration", (200, b"[]")),
        ("/.well-known/openid-configuration", (200, b"[" * 60_000)),
        ("/.well-known/openid-configuration", (200, b'{"issuer": "' + b"a" * 1_000_000)),
        ("/.well-known/openid-configuration", (500, b"{}")),
        ("/.well-known/openid-configuration", (404, b"{}")),
        ("/.well-known/openid-configuration", (302, b"http://127.0.0.1/")),
        ("/keys", (200, b"{}")),
        ("/keys", (200, b'{"keys": [1, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA", "n": 1}, {"kty": "EC"}]}')),
        ("/keys", (302, b"http://127.0.0.1/")),
        ("/token", (200, b'{"id_token": "x"}')),
        ("/token", (200, b"null")),
        ("/token", (302, b"http://127.0.0.1/")),
        ("/token", (401, b'{"error": "invalid_client"}')),
        ("/token", (500, b"oops")),
    ],
    ids=str,
)
def test_nonsense_is_refused(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, path: str, answer: tuple[int, bytes]
) -> None:
    provider.answers[path] = answer
    left = client.get(START)
    failed = left if left.status_code != 303 else come_back(client, provider.send_back(left.location))
    assert_refused(app, world.first, client, failed, 502)


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://autre.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": "http://10.0.0.1/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "file:///etc/passwd"},
        {"response_types_supported": ["id_token"]},
        {"id_token_signing_alg_values_supported": "RS256"},
    ],
    ids=str,
)
def test_a_description_that_cannot_be_is_refused(
    app: Flask, client: FlaskClient, provider: Hostile, world: World, says: dict[str, Any]
) -> None:
    provider.says = says
    assert_refused(app, world.first, client, client.get(START), 502)


def test_a_description_with_another_slash_is_of_another_issuer(
    app: Flask, client: FlaskClient, clock: SetClock, world: World
) -> None:
    with hostile(clock) as running:
        set_up(app, world.first, f"{running.issuer}/")
        assert_refused(app, world.first, client, client.get(START), 502)


def test_a_provider_within_our_own_network_is_not_called(
    app: Flask, client: FlaskClient, provider: Hostile, world: World
) -> None:
    providers: OidcProviders = app.extensions["seve"].ports.identity_providers
    providers._outgoing = Outgoing()  # with no network of ours allowed, as in production
    assert_refused(app, world.first, client, client.get(START), 502)
    assert not provider.asked


def test_a_slow_provider_is_left_and_does_not_hold_up_the_next(
    app: Flask, client: FlaskClient, provider: Hostile, clock: SetClock, world: World
) -> None:
    path = "/.well-known/openid-configuration"
    provider.waits[path] = 4
    assert_refused(app, world.first, client, client.get(START), 502)
    provider.waits.clear()
    assert client.get(START).status_code == 502  # remembered for a moment
    assert provider.asked[path] == 1
    clock.forward(timedelta(seconds=16))
    assert client.get(START).status_code == 303


# What is said and kept.


def test_nothing_of_anybody_is_logged(
    app: Flask, provider: Hostile, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert sign_in(app.test_client(), provider).status_code == 303
    for claims in ({"nonce": "guessed"}, {"sub": "subject-2"}):
        provider.claims = claims
        sign_in(app.test_client(), provider)
    sign_in(app.test_client(), provider, iss="https://autre.example")
    told = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert "provider_sign_in_failed token" in told
    assert "provider_sign_in_failed nobody" in told
    seen = provider.seen
    secrets = (ACCESS, SECRET, "subject-", "code-", world.first.agent_email, "Ana Vidal", seen["state"], seen["nonce"])
    assert not [secret for secret in secrets if secret in told]


@pytest.mark.parametrize("suite", ["https://autre.example/", "//autre.example", "/reseau/", "/equipe/\n"])
def test_the_page_asked_for_is_one_of_ours(client: FlaskClient, provider: Hostile, suite: str) -> None:
    back = come_back(client, provider.send_back(leave(client, f"{START}?{urlencode({'suite': suite})}")))
    assert (back.status_code, back.location) == (303, "/equipe/")


def test_a_provider_out_of_service_is_no_door(app: Flask, client: FlaskClient, world: World, clock: SetClock) -> None:
    with hostile(clock) as running:
        set_up(app, world.first, running.issuer, is_active=False)
        for url in (START, RETURN, "/equipe/connexion/aval", "/equipe/connexion/inconnu"):
            assert client.get(url).status_code == 404, url
        assert client.get("/equipe/connexion/bailleur?domaine=amont.example", headers=_JSON).json == {}


_JSON = {"Accept": "application/json"}


def test_the_button_is_shown_for_a_domain_whether_or_not_the_address_is_known(
    client: FlaskClient, provider: Hostile
) -> None:
    found = client.get("/equipe/connexion/bailleur?domaine=amont.example&suite=/equipe/incidents", headers=_JSON)
    assert found.json == {"name": "Mon Bailleur ID", "url": f"{START}?suite=/equipe/incidents"}
    assert client.get("/equipe/connexion/bailleur?domaine=autre.example", headers=_JSON).json == {}
    pages = []
    for email in ("agente@amont.example", "personne@amont.example"):
        page = client.get("/equipe/connexion/bailleur")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token
        sent = client.post("/equipe/connexion/bailleur", data={"csrf_token": token[1], "domaine": email})
        assert f'href="{START}' in sent.text
        pages.append(sent.text.replace(email, "").replace(token[1], ""))
    without_tokens = [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]
    assert without_tokens[0] == without_tokens[1]
    assert provider.asked.total() == 0


def test_the_sign_in_page_leads_there(client: FlaskClient, provider: Hostile) -> None:
    page = client.get("/equipe/connexion").text
    assert "/equipe/connexion/bailleur" in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    typed = {"csrf_token": token[1], "email": "agente@amont.example", "password": "faux"}
    assert f'href="{START}' in client.post("/equipe/connexion", data=typed).text
    assert provider.asked.total() == 0

"""Guessing is slow, whoever guesses from wherever, and tells nothing of who has an account."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask

from service.adapters.clock import SetClock
from service.app import create_app
from service.journey.people import accounts, throttling
from service.journey.people.throttling import PASSWORD_ANYWHERE, PASSWORD_HERE
from service.journey.ports import Ports
from service.models.database import db
from service.settings import Settings
from tests.signing_in import NETWORK, STAFF, Visitor, as_owner, readable
from tests.world import PASSWORD, READER, World

pytestmark = pytest.mark.services


@pytest.fixture
def another(settings: Settings, ports: Ports) -> Iterator[Flask]:
    """Another process of the same service."""
    app = create_app(settings, ports)
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


class Counting:
    """Counts how often a password is compared."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher, self.times = hasher, 0

    def verify(self, kept: str, password: str) -> bool:
        self.times += 1
        return self.hasher.verify(kept, password)

    def hash(self, password: str) -> str:
        return self.hasher.hash(password)


def test_processes_count_together(app: Flask, another: Flask, world: World) -> None:
    for rank in range(PASSWORD_HERE.allowed):
        assert Visitor((app, another)[rank % 2], world.first.agent_email).sign_in("faux").status_code == 422
    for process in (app, another):
        assert Visitor(process, world.first.agent_email).sign_in().status_code == 429


def test_many_networks_on_one_account_are_slowed_down_together(app: Flask, world: World, clock: SetClock) -> None:
    email = world.first.agent_email
    owner = Visitor(app, email).entered()
    owner.send("/moi", "/deconnexion")
    for rank in range(PASSWORD_ANYWHERE.allowed):
        guesser = Visitor(app, email, network=f"198.51.100.{rank}")
        assert guesser.sign_in("faux").status_code == 422
    assert Visitor(app, email, network="203.0.113.1").sign_in().status_code == 429
    # Whoever has come in before, from this browser, is not kept out by strangers.
    assert owner.sign_in().status_code == 303
    colleague = Visitor(app, world.first.agent_email.replace("agente", "responsable"), network="198.51.100.1")
    assert colleague.sign_in().status_code == 303
    clock.forward(PASSWORD_ANYWHERE.window)
    assert Visitor(app, email, network="203.0.113.1").sign_in().status_code == 303


def test_a_known_browser_is_known_for_its_own_accounts_only(app: Flask, world: World) -> None:
    guesser = Visitor(app, "responsable@amont.example").entered()
    guesser.send("/moi", "/deconnexion")
    guesser.email = world.first.agent_email
    for _ in range(PASSWORD_HERE.allowed):
        assert guesser.sign_in("faux").status_code == 422
    assert guesser.sign_in().status_code == 429


def test_a_known_browser_may_not_guess_for_ever_either(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    visitor.send("/moi", "/deconnexion")
    for _ in range(throttling.PASSWORD_KNOWN.allowed):
        assert visitor.sign_in("faux").status_code == 422
    assert visitor.sign_in().status_code == 429


def test_the_cookie_of_a_known_browser_cannot_be_made_up(app: Flask, world: World) -> None:
    visitor = Visitor(app, world.first.agent_email)
    visitor.client.set_cookie("seve_connu", "WyJ4IixbInkiXV0.abc.def")
    assert visitor.sign_in().status_code == 303
    found = visitor.client.get_cookie("seve_connu")
    assert found
    assert visitor.email not in found.value
    assert (found.http_only, found.same_site) == (True, "Lax")


def test_every_wrong_attempt_reads_the_same_and_takes_the_same(
    app: Flask, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_owner(settings, "update staff set is_active = false where email = 'agente@aval.example'")
    as_owner(settings, "update staff set password_hash = null where email = 'responsable@aval.example'")
    counting = Counting(accounts.HASHER)
    monkeypatch.setattr(accounts, "HASHER", counting)
    emails = (
        world.first.agent_email, world.second.agent_email, "responsable@aval.example", "personne@amont.example",
        READER, "", "\x00", "é" * 400,
    )  # fmt: skip
    for face in (STAFF, NETWORK):
        seen = set()
        for email in emails:
            before = counting.times
            answer = Visitor(app, email, face).sign_in("faux mot de passe")
            page = re.sub(r' value="[^"]*"', "", readable(answer))
            seen.add((answer.status_code, page, counting.times - before, answer.headers.get("Location")))
        assert len(seen) == 1, face


def test_an_operator_does_not_enter_the_network_pages(app: Flask, world: World, settings: Settings) -> None:
    assert world
    visitor = Visitor(app, READER, NETWORK).entered()
    as_owner(settings, "update network_readers set role = 'operator'")
    assert not visitor.is_in()
    assert Visitor(app, READER, NETWORK).sign_in().status_code == 422
    with app.app_context():
        assert accounts.sign_in_reader(READER, PASSWORD, role="operator")
        assert accounts.sign_in_reader(READER, PASSWORD) is None


def test_attempts_hold_neither_address_nor_network(app: Flask, world: World, settings: Settings) -> None:
    Visitor(app, world.first.agent_email, network="198.51.100.77").sign_in("faux")
    rows = as_owner(settings, "select key from sign_in_attempts")
    assert len(rows) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", str(key)) for (key,) in rows)


def test_something_serves_once_in_all_processes(app: Flask, another: Flask, world: World, ports: Ports) -> None:
    assert world
    taken = []
    for process in (app, another):
        with process.app_context():
            taken.append(throttling.take(ports, (throttling.ONCE, "a challenge")))
    assert taken[0]
    assert taken[1] is None


def test_limits_are_not_longer_than_what_is_remembered() -> None:
    limits = [value for value in vars(throttling).values() if isinstance(value, throttling.Limit)]
    assert len(limits) > 8
    assert all(limit.window <= timedelta(days=1) for limit in limits)


def test_people_who_must_go_through_their_provider_do_not_come_in_by_password(
    app: Flask, world: World, settings: Settings
) -> None:
    as_owner(
        settings,
        "insert into identity_providers (id, member_id, name, issuer, client_id, email_domains, is_active, "
        "is_the_only_way, created_at) values (gen_random_uuid(), :member, 'Amont', 'https://id.example', 'seve', '[]', "
        "true, true, now())",
        member=world.first.id,
    )
    as_owner(settings, "update staff set role = 'administrator' where email = 'responsable@amont.example'")
    refused = Visitor(app, world.first.agent_email).sign_in()
    assert refused.status_code == 403
    assert "son propre service de connexion" in readable(refused)
    assert Visitor(app, world.first.agent_email).sign_in("faux").status_code == 422
    assert Visitor(app, "responsable@amont.example").sign_in().status_code == 303
    assert Visitor(app, world.second.agent_email).sign_in().status_code == 303

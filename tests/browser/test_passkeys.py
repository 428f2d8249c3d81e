"""A key made and used in a real browser, with the virtual authenticator that Chromium lends to tests."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, Request
from werkzeug.serving import make_server

from service.app import create_app
from service.journey.ports import Ports
from service.models.database import db
from service.settings import Settings
from tests.signing_in import Visitor, as_owner
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.services, pytest.mark.browser]

NAMED = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@dataclass
class Holder:
    """Somebody in front of a browser that holds a key."""

    app: Flask
    page: Page
    devtools: CDPSession
    authenticator: str
    address: str

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in_by_password(self, email: str) -> None:
        self.open("/equipe/connexion")
        self.page.fill("#email", email)
        self.page.fill("#password", PASSWORD)
        self.page.get_by_role("button", name="Se connecter", exact=True).click()

    def make_key(self, name: str) -> None:
        self.open("/equipe/moi/verification")
        self.page.fill("#key_name", name)
        self.page.get_by_role("button", name="Ajouter une clé").click()
        self.page.wait_for_url("**/moi/verification/cles")

    def use_key(self) -> None:
        self.page.get_by_role("button", name="Utiliser une clé d'accès").click()

    def is_recognised(self, *, yes: bool) -> None:
        self.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self.authenticator, "isUserVerified": yes})


@pytest.fixture
def holder(settings: Settings, ports: Ports, world: World, browser: Browser) -> Iterator[Holder]:
    """The service under a name, for keys are made for names only; and a browser with an authenticator."""
    assert world
    server = make_server("127.0.0.1", 0, Flask("empty"), threaded=True)
    address = f"http://localhost:{server.server_port}"
    app = create_app(replace(settings, base_url=address), replace(ports, base_url=address))
    server.app = app
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(15_000)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": NAMED})
    yield Holder(app, page, devtools, made["authenticatorId"], address)
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_key_is_made_then_signs_in_alone_and_its_answer_serves_once(
    holder: Holder, world: World, settings: Settings
) -> None:
    page = holder.page
    holder.sign_in_by_password(world.first.agent_email)
    holder.make_key("Ordinateur du bureau")
    assert page.locator(".codes li").count() == 10  # the first factor comes with a printed list
    holder.open("/equipe/moi/verification")
    assert page.inner_text(".devices .strong") == "Ordinateur du bureau"
    page.get_by_role("button", name="Se déconnecter").click()

    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.url.endswith("/connexion/cle") else None)
    holder.open("/equipe/connexion?suite=/equipe/moi")
    holder.use_key()
    page.wait_for_url("**/equipe/moi")
    assert "Ana Vidal" in page.inner_text("h1 ~ section")
    assert as_owner(settings, "select means from staff_sessions where ended_at is null") == [("passkey",)]

    # Whoever overheard all that was sent, cookie included, does not come in by sending it once more; nor would they if
    # the key counted its uses badly.
    as_owner(settings, "update passkeys set sign_count = 0")
    (overheard,) = sent
    thief = Visitor(holder.app, "")
    cookies = dict(part.split("=", 1) for part in overheard.all_headers()["cookie"].split("; "))
    thief.client.set_cookie("seve", cookies["seve"])
    form = {name: values[0] for name, values in parse_qs(overheard.post_data or "").items()}
    replayed = thief.client.post("/equipe/connexion/cle", data=form)
    assert replayed.status_code == 422
    assert not thief.is_in()


def test_with_a_key_the_password_is_not_enough(holder: Holder, world: World) -> None:
    page = holder.page
    holder.sign_in_by_password(world.first.agent_email)
    holder.make_key("Téléphone")
    page.get_by_role("button", name="Se déconnecter").click()
    holder.sign_in_by_password(world.first.agent_email)
    page.wait_for_url("**/equipe/connexion/code")
    holder.use_key()
    page.wait_for_url("**/equipe/")


def test_a_key_that_did_not_recognise_its_owner_opens_nothing(holder: Holder, world: World) -> None:
    page = holder.page
    holder.sign_in_by_password(world.first.agent_email)
    holder.make_key("Téléphone")
    page.get_by_role("button", name="Se déconnecter").click()
    holder.is_recognised(yes=False)
    holder.use_key()
    page.locator("form.passkey [role=alert]").wait_for()
    holder.open("/equipe/moi")
    assert "/equipe/connexion" in page.url


def test_a_key_taken_away_opens_nothing(holder: Holder, world: World) -> None:
    page = holder.page
    holder.sign_in_by_password(world.first.agent_email)
    holder.make_key("Téléphone")
    holder.open("/equipe/moi/verification")
    page.locator(".devices summary").click()
    page.fill("#password-key-1", "faux")
    page.get_by_role("button", name="Retirer cette clé").click()
    assert page.get_by_role("alert").get_by_text("Ce n'est pas votre mot de passe").is_visible()
    page.locator(".devices summary").click()
    page.fill("#password-key-1", PASSWORD)
    page.get_by_role("button", name="Retirer cette clé").click()
    page.get_by_text("La clé d'accès est retirée.").wait_for()
    page.get_by_role("button", name="Se déconnecter").click()
    holder.use_key()
    page.get_by_text("Cette clé n'est pas connue ici").wait_for()

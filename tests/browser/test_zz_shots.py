import os
from datetime import timedelta
import pytest
from flask import Flask
from playwright.sync_api import Browser
from service.adapters.clock import SetClock
from service.journey import answers, handovers, incident_desk
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.handover import Handover
from tests.following import Follower
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.browser]


def test_shots(app: Flask, world: World, ports: Ports, clock: SetClock, browser: Browser, address: str) -> None:
    out = "/tmp/b4shots"
    os.makedirs(out, exist_ok=True)
    shots = []
    a = Follower(app, world.first, ports, name="Mme Petit", email="petit@poste.example", phone="06 12 34 56 78")
    with app.app_context():
        with member_transaction(a.member.id) as session:
            token = handovers.token_of(session.query(Handover).one(), ports)
        answers.accept(token, ports)
        answers.plan_visit(token, clock.now().date() + timedelta(days=2), "morning", ports)
    a.delivered()
    a.answered("Bonjour Madame, Chaleur Picarde passe vendredi matin. Laissez l'accès au local.")
    shots.append(("answered", a.url))
    late = Follower(app, world.first, ports, "Le radiateur reste froid depuis lundi. Il fait 14 degrés.", nonce="")
    clock.forward(timedelta(days=3))
    shots.append(("late", late.url))
    shots.append(("visit_missed", a.url))
    closed = Follower(app, world.first, ports)
    closed.answered()
    closed.closed("refused", "Les volets ne sont pas prévus au bail.")
    shots.append(("closed", closed.url))
    shots.append(("review", closed.url + "/relecture"))
    rev = Follower(app, world.first, ports)
    rev.closed()
    rev.post("relecture", raison="Personne n'est venu voir.")
    rev.post("sujet", quoi="category", sujet="plomberie", mots="C'est une fuite")
    shots.append(("reviewed", rev.url + "?fait=relecture"))
    shots.append(("contest", a.url + "/sujet"))
    shots.append(("settle", a.url + "/regle"))
    own = Follower(app, world.first, ports)
    own.post("regle", mots="Le gardien l'a fait.")
    shots.append(("settled", own.url + "?fait=regle"))
    shots += [
        ("help", "/amont/aide"),
        ("lost", "/amont/lien-perdu"),
        ("lost_sent", "/amont/lien-perdu?envoye=1"),
        ("own", a.url + "/mes-donnees"),
        ("new", late.url + "?nouveau=1"),
        ("arabic", a.url + "?langue=ar"),
    ]
    for width in (390, 1280):
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="fr-FR")
        page = context.new_page()
        for name, url in shots:
            page.goto(address + url)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=f"{out}/{name}_{width}.png", full_page=True)
        context.close()

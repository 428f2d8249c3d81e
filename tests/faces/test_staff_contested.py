"""What a tenant contests, as the member's people see it, and whether their words were read."""

from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.domain.recourse import CONTESTED_REASON
from service.journey.ports import Ports
from service.settings import Settings
from tests.faces.test_staff import Desk, as_read, at_desk
from tests.following import Follower
from tests.mending import wait_to_mend
from tests.world import World

pytestmark = pytest.mark.services


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    return Follower(app, world.first, ports)


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return at_desk(app, world.first)


def page_of(desk: Desk, tenant: Follower) -> str:
    return desk.read(f"/equipe/demandes/{tenant.id}").replace("&#39;", "'")


def test_a_contest_stands_in_its_list_and_on_the_page(desk: Desk, tenant: Follower) -> None:
    assert "Aucun locataire ne conteste" in desk.read("/equipe/?vue=contestees")
    tenant.post("sujet", quoi="category", sujet="plomberie", mots="<b>C'est l'eau</b>")
    assert tenant.complaint().reference in desk.read("/equipe/?vue=contestees")
    page = page_of(desk, tenant)
    for words in ("Le locataire conteste le sujet", "Corriger : Plomberie et robinetterie", "C'était juste"):
        assert words in page
    assert "&lt;b&gt;C'est l'eau" in page
    assert "<b>" not in page


def test_one_click_corrects_and_keeps_why(desk: Desk, tenant: Follower) -> None:
    tenant.post("sujet", quoi="category", sujet="plomberie")
    url = f"/equipe/demandes/{tenant.id}"
    desk.send(url, f"{url}/classement", category="plomberie", urgency="urgent", reason=CONTESTED_REASON)
    assert tenant.complaint().category == "plomberie"
    page = page_of(desk, tenant)
    assert "Le locataire conteste le sujet</h2>" not in page
    assert CONTESTED_REASON in page
    assert tenant.complaint().reference not in desk.read("/equipe/?vue=contestees")


def test_one_click_says_that_it_was_right(desk: Desk, tenant: Follower) -> None:
    tenant.post("sujet", quoi="recipient", mots="C'est la ville")
    page = page_of(desk, tenant)
    assert "Le locataire conteste le destinataire" in page
    assert "Corriger :" not in page
    url = f"/equipe/demandes/{tenant.id}"
    assert desk.send(url, f"{url}/contestation").status_code == 303
    assert "Destinataire vérifié : c'était le bon" in page_of(desk, tenant)
    assert "c'est bien cette équipe qui peut agir" in tenant.page()


def test_a_danger_nobody_judged_is_not_dismissed_by_one_click(
    app: Flask, world: World, ports: Ports, desk: Desk
) -> None:
    tenant = Follower(app, world.first, ports, "Une odeur de gaz dans la cuisine")
    tenant.post("sujet", quoi="category", sujet="evacuation")
    page = page_of(desk, tenant)
    assert "Le locataire conteste le sujet" in page
    assert "Corriger : " not in page


def test_a_review_names_who_answered_and_who_looks(desk: Desk, app: Flask, tenant: Follower) -> None:
    tenant.answered()
    tenant.post("relecture", raison="Personne n'est venu")
    assert tenant.complaint().reference in desk.read("/equipe/?vue=a-relire")
    page = page_of(desk, tenant)
    for words in ("<strong>Ana Vidal</strong>", "<strong>Rémi Sorel</strong>", "Personne n'est venu",
                  "C'est votre réponse : un collègue doit maintenant répondre ou terminer."):  # fmt: skip
        assert words in page
    url = f"/equipe/demandes/{tenant.id}"
    refused = desk.send(url, f"{url}/reponse", text="Je le redis", seen="0")
    assert refused.status_code == 409
    assert "Le locataire demande qu'une autre personne relise votre réponse." in as_read(refused).replace("&#39;", "'")
    other = Desk(app.test_client())
    other.sign_in(f"responsable@{tenant.member.slug}.example")
    assert "C'est votre réponse" not in page_of(other, tenant)
    assert other.send(url, f"{url}/reponse", text="J'ai tout relu", seen="0").status_code == 303
    assert tenant.complaint().reference not in desk.read("/equipe/?vue=a-relire")


def test_the_page_says_whether_the_last_message_was_read(desk: Desk, tenant: Follower, clock: SetClock) -> None:
    assert "Pas encore lu" not in page_of(desk, tenant)
    tenant.answered()
    assert page_of(desk, tenant).count("Pas encore lu sur la page de suivi.") == 1
    clock.forward(timedelta(minutes=5))
    assert tenant.post("lu", vu=clock.now().isoformat()).status_code == 204
    assert "Page lue par le locataire le mercredi 25 novembre 2026 à 12 h 05." in page_of(desk, tenant)
    clock.forward(timedelta(minutes=5))
    tenant.answered("Une autre chose.")
    assert "Pas encore lu sur la page de suivi." in page_of(desk, tenant)


def test_a_message_that_has_not_left_is_not_said_to_be_unread(desk: Desk, tenant: Follower, settings: Settings) -> None:
    wait_to_mend(settings, tenant.member)
    tenant.answered()
    assert "Pas encore lu" not in page_of(desk, tenant)


def test_nobody_of_another_member_answers_a_contest(app: Flask, world: World, tenant: Follower) -> None:
    tenant.post("sujet", quoi="category", sujet="plomberie")
    other = at_desk(app, world.second)
    assert other.send("/equipe/", f"/equipe/demandes/{tenant.id}/contestation").status_code == 404
    assert tenant.complaint().contested_at is not None

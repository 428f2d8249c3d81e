"""Every page, as people open it: phone and desktop, with and without JavaScript, judged by axe-core."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from service.journey.classification import classification
from service.journey.closing import closing
from service.journey.ports import Ports
from tests.work import work_off
from tests.world import PASSWORD, World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    # A browser leaves when it likes: the server of these tests then drops a file it was sending, which is no fault.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SERIOUS = ("serious", "critical")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what is well is judged too, not told element by element
}


@contextmanager
def page_of(browser: Browser, address: str, viewport: dict[str, int], *, scripts: bool = True) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address,
        viewport=viewport,  # type: ignore[arg-type]
        java_script_enabled=scripts,
        locale="fr-FR",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    try:
        yield page
        page.wait_for_load_state("networkidle")  # what is being sent is not cut off
    finally:
        context.close()


def sign_in(page: Page, path: str, email: str) -> None:
    page.goto(path)
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def check(page: Page) -> None:
    """No serious finding of axe-core, no sideways scrolling, no script error, one main heading."""
    found = Axe().run(page, options=RULES)
    serious = [
        f"{violation['id']}: {violation['nodes'][0]['html']}"
        for violation in found.response["violations"]
        if violation["impact"] in SERIOUS
    ]
    assert not serious, f"{page.url}: {serious}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{page.url} scrolls sideways"
    assert page.locator("h1").count() == 1, page.url
    assert page.evaluate("document.documentElement.lang") == "fr"


def send(client: FlaskClient, world: World, words: str) -> dict[str, str]:
    body = {
        "text": words,
        "dwelling": {"reference": world.first.collective},
        "tenant": {"name": "Camille Inventée", "email": "camille@poste.example"},
    }
    answer = client.post("/api/v1/complaints", json=body, headers=world.first.bearer)
    token = answer.json["tracking_url"].rpartition("/")[2]
    return {"id": answer.json["id"], "tracking": f"/suivi/{token}", "reference": answer.json["reference"]}


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_pages_of_tenants(
    app: Flask,
    client: FlaskClient,
    ports: Ports,
    world: World,
    browser: Browser,
    address: str,
    viewport: dict[str, int],
) -> None:
    danger = send(client, world, "Forte odeur de gaz dans l'escalier")
    done = send(client, world, "Le radiateur du salon reste froid")
    with app.app_context():
        work_off(world.first, ports)
        closing.close(
            world.first.id, UUID(done["id"]), world.first.agent_id, outcome="solved", sentence="Réparé.", ports=ports
        )
    with page_of(browser, address, viewport) as page:
        for path in (
            "/",
            f"/{world.first.slug}/",
            danger["tracking"],
            done["tracking"],
            f"{done['tracking']}/avis?note=8",
            "/api/docs",
            "/courrier",
            "/cette-page-n-existe-pas",
        ):
            page.goto(path)
            check(page)
        page.goto(f"/{world.first.slug}/")
        page.get_by_role("button", name="Envoyer").click()
        check(page)  # the form with its errors


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_pages_of_staff(
    client: FlaskClient,
    world: World,
    browser: Browser,
    address: str,
    viewport: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classification, "is_drawn", lambda _: True)
    made = send(client, world, "Le radiateur du salon reste froid")
    send(client, world, "Forte odeur de gaz dans l'escalier")
    with page_of(browser, address, viewport) as page:
        page.goto("/equipe/")
        check(page)  # sent to the sign-in page
        sign_in(page, "/equipe/connexion", world.first.agent_email)
        for path in ("/equipe/", "/equipe/?status=closed", "/equipe/?vue=tirage", f"/equipe/demandes/{made['id']}"):
            page.goto(path)
            check(page)
        page.get_by_role("button", name="C'est le bon sujet").click()
        page.get_by_text("le sujet est vérifié").wait_for()
        check(page)
        for path in ("", "/mot-de-passe", "/verification"):
            page.goto(f"/equipe/moi{path}")
            check(page)
        page.get_by_role("button", name="Installer l'application").click()
        page.get_by_text("Vérifier le code").wait_for()
        check(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_tenant_writes_and_staff_answers(world: World, browser: Browser, address: str, scripts: bool) -> None:
    with page_of(browser, address, PHONE, scripts=scripts) as tenant:
        tenant.goto(f"/{world.first.slug}/")
        tenant.get_by_label("Votre message").fill("Le radiateur du salon reste froid")
        tenant.get_by_label("Référence de votre logement").fill(world.first.collective)
        tenant.get_by_role("button", name="Envoyer").click()
        tenant.wait_for_url("**/suivi/**")
        assert "Chauffage" in tenant.content()
        tracking = tenant.url.partition("?")[0]
        with page_of(browser, address, DESKTOP, scripts=scripts) as staff:
            sign_in(staff, "/equipe/connexion", world.first.agent_email)
            staff.goto("/equipe/")
            staff.get_by_role("link", name="Le radiateur du salon").first.click()
            staff.get_by_label("Votre réponse").fill("Un chauffagiste passe chez vous demain matin.")
            staff.get_by_role("button", name="Envoyer au locataire").click()
            staff.get_by_text("Votre réponse est enregistrée").wait_for()
        tenant.goto(tracking)
        assert "Un chauffagiste passe chez vous demain matin." in tenant.content()

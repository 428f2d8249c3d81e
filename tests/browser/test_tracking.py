"""The tracking page in a real browser: read marks, the back button, double taps, no JavaScript, a narrow telephone."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from service.journey.ports import Ports
from tests.following import Follower
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.browser]

PHONE = {"width": 320, "height": 640}


@pytest.fixture
def tenant(app: Flask, world: World, ports: Ports) -> Follower:
    tenant = Follower(app, world.first, ports, name="Mme Petit", email="petit@poste.example")
    tenant.answered("Nous passons demain matin.")
    return tenant


def opened(browser: Browser, url: str, **options: bool) -> Page:
    page = browser.new_context(viewport=PHONE, locale="fr-FR", **options).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(15_000)
    page.goto(url)
    return page


def test_a_page_left_in_front_is_read_and_one_glanced_at_is_not(
    tenant: Follower, browser: Browser, address: str
) -> None:
    glance = opened(browser, address + tenant.url)
    expect(glance.locator(".new-mark").first).to_have_text("Nouveau")
    glance.close()
    assert tenant.complaint().read_at is None
    page = opened(browser, address + tenant.url)
    with page.expect_response(lambda answer: answer.url.endswith("/lu")) as told:
        page.wait_for_load_state("networkidle")
    assert told.value.status == 204
    assert tenant.complaint().read_at is not None
    page.reload()
    expect(page.locator(".new-mark")).to_have_count(0)
    page.close()


def test_everything_is_done_without_javascript(tenant: Follower, browser: Browser, address: str) -> None:
    page = opened(browser, address + tenant.url, java_script_enabled=False)
    page.get_by_label("Ajouter quelque chose").fill("Je serai là à 9 h")
    page.get_by_role("button", name="Envoyer ce message").click()
    expect(page.locator(".thread")).to_contain_text("Je serai là à 9 h")
    page.get_by_role("link", name="C'est réglé").click()
    page.get_by_role("button", name="Oui, c'est réglé").click()
    expect(page.get_by_role("status").first).to_contain_text("C'est noté : c'est réglé.")
    assert tenant.complaint().outcome == "solved"
    page.context.close()


def test_a_double_tap_and_the_back_button_end_it_once(tenant: Follower, browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}{tenant.url}/regle")
    page.get_by_role("button", name="Oui, c'est réglé").dblclick()
    expect(page.locator("#fin")).to_contain_text("vous nous avez dit que c'est réglé")
    page.go_back()  # The page is asked anew: it says how things stand.
    expect(page.get_by_role("status")).to_contain_text("Votre demande est déjà terminée.")
    expect(page.get_by_role("button", name="Oui, c'est réglé")).to_have_count(0)
    assert tenant.kinds().count("closed") == 1
    page.context.close()


def test_two_tabs_that_disagree_are_told_calmly(tenant: Follower, browser: Browser, address: str) -> None:
    first = opened(browser, f"{address}{tenant.url}/retrait")
    second = opened(browser, f"{address}{tenant.url}/regle")
    first.get_by_role("button", name="Oui, je retire ma demande").click()
    expect(first.locator("#fin")).to_be_visible()
    second.get_by_label("Comment est-ce que cela s'est réglé ?").fill("Tout seul")
    second.get_by_role("button", name="Oui, c'est réglé").click()
    expect(second.get_by_role("status")).to_contain_text("Votre demande est déjà terminée.")
    expect(second.locator("main")).to_contain_text("Tout seul")
    for page in (first, second):
        page.context.close()


def test_no_page_scrolls_sideways_on_a_narrow_telephone(tenant: Follower, browser: Browser, address: str) -> None:
    page = opened(browser, address + tenant.url)
    paths = ("", "/regle", "/retrait", "/relecture", "/sujet", "/mes-donnees")
    for url in (*(tenant.url + path for path in paths), "/amont/aide", "/amont/lien-perdu"):
        page.goto(address + url)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, url
        small = page.evaluate(
            """[...document.querySelectorAll('main button, main .acts a, main .button')]
                .filter((one) => one.checkVisibility() && !one.classList.contains('sr'))
                .filter((one) => one.getBoundingClientRect().height < 44)
                .map((one) => one.textContent.trim())"""
        )
        assert small == [], url
    page.context.close()


def test_the_subject_is_contested_by_keyboard_alone(tenant: Follower, browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}{tenant.url}/sujet")
    page.get_by_label("Le sujet", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Plomb")
    page.keyboard.press("Tab")
    page.keyboard.type("Il y a une fuite")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Une personne vérifie")
    (event,) = tenant.events("contested")
    assert event.data == {"about": "category", "category": "plomberie", "text": "Il y a une fuite"}
    page.context.close()


def test_the_copy_is_downloaded(tenant: Follower, browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}{tenant.url}/mes-donnees")
    with page.expect_download() as told:
        page.get_by_role("button", name="Télécharger ma copie").click()
    assert told.value.suggested_filename == f"demande-{tenant.complaint().reference}.zip"
    page.context.close()

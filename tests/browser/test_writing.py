"""Writing on the page of a complaint, in a real browser: going back, and the actions behind the one thing to do."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from service.journey.ports import Ports
from tests.browser.conftest import Sit
from tests.faces.test_staff_bulk import arrived
from tests.world import MemberWorld, World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ANSWER = "Bonjour, nous passons chez vous mardi à 9 h. Vous serez prévenu."
IS_IN_SIGHT = "one => { const r = one.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; }"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def page(app: Flask, member: MemberWorld, ports: Ports, sit: Sit) -> Page:
    """Somebody in front of one of two complaints."""
    arrived(app, member, ports, 2)
    page = sit(member.agent_email)
    page.locator(".row a.open").first.click()
    page.wait_for_selector("#ecrire")
    return page


def test_going_back_leaves_nothing_that_was_sent_in_the_box(page: Page) -> None:
    page.fill("#text", ANSWER)
    page.click("text=Envoyer au locataire")
    expect(page.locator(".timeline .words", has_text=ANSWER)).to_have_count(1)
    page.go_back()
    page.wait_for_load_state("load")
    expect(page.locator("#text")).to_have_value("")


def test_going_back_keeps_what_was_not_sent(page: Page) -> None:
    page.fill("#text", ANSWER)
    page.click("text=Retour aux demandes")
    page.wait_for_selector("#selection")
    page.go_back()
    page.wait_for_selector("#ecrire")
    expect(page.locator("#text")).to_have_value(ANSWER)


@pytest.mark.parametrize(("label", "field"), [("Transmettre", "#to"), ("Attribuer", "#assignee")])
def test_an_action_opens_its_form_and_its_menu_closes(page: Page, label: str, field: str) -> None:
    page.fill("#text", ANSWER)
    page.click(".more summary")
    page.get_by_role("link", name=label, exact=True).click()
    expect(page.locator("details.more")).not_to_have_attribute("open", "")
    expect(page.locator(field)).to_be_focused()
    assert page.locator(field).evaluate(IS_IN_SIGHT)
    expect(page.locator("#text")).to_have_value(ANSWER)


def test_the_first_word_to_fill_in_is_chosen(page: Page) -> None:
    page.fill("#text", "Nous passons chez vous mardi, {date_passage}, {jour}.")
    page.click("text=Envoyer au locataire")
    expect(page.locator("#text")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#text")).to_be_focused()
    chosen = page.eval_on_selector("#text", "box => box.value.slice(box.selectionStart, box.selectionEnd)")
    assert re.fullmatch(r"\{date_passage\}", chosen)


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_the_menu_of_actions_opens_in_sight(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.click(".more summary")
    assert page.eval_on_selector(
        ".more ul", "one => { const r = one.getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth; }"
    )

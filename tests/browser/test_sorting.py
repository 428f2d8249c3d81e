"""Sorting in a real browser: one key a complaint, and enough of a list in sight on every screen."""

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

VAGUE = "Bonjour, quelque chose ne va pas depuis ce matin dans l'appartement et personne ne répond au téléphone, merci"
IN_SIGHT = (
    "[...document.querySelectorAll('.rows > .row')].filter(row => row.getBoundingClientRect().bottom <= innerHeight)"
)
SLIDES_SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
NOTICE = ".notice.done"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def sorter(app: Flask, member: MemberWorld, ports: Ports, sit: Sit, address: str) -> tuple[Page, list[str]]:
    """Somebody in front of five messages that nobody understood, and these in the order of the list."""
    arrived(app, member, ports, 5, VAGUE)
    page = sit(member.agent_email)
    page.goto(f"{address}/equipe/?vue=a-trier")
    return page, page.eval_on_selector_all(".row", "rows => rows.map(row => row.dataset.id)")


def stands_at(page: Page, complaint_id: str) -> None:
    page.wait_for_url(f"**/demandes/{complaint_id}")
    page.wait_for_selector("#tri")


def test_one_key_a_complaint_from_the_first_to_the_last(sorter: tuple[Page, list[str]]) -> None:
    page, ids = sorter
    page.keyboard.press("t")
    for one in ids[:4]:
        stands_at(page, one)
        page.keyboard.press("3")
    stands_at(page, ids[4])
    expect(page.locator(NOTICE)).to_contain_text("classée en « Loyer et paiement ».")
    page.keyboard.press("3")
    page.wait_for_selector("#selection")
    expect(page.locator(".notice.done").last).to_have_text("C'était la dernière de la liste.")
    assert page.locator(".row").count() == 0


def test_a_slip_is_one_key_away_and_another_subject_is_a_few_letters(sorter: tuple[Page, list[str]]) -> None:
    page, ids = sorter
    page.keyboard.press("t")
    stands_at(page, ids[0])
    page.keyboard.press("2")
    stands_at(page, ids[1])
    page.keyboard.press("u")
    page.wait_for_url(f"**/demandes/{ids[0]}")
    page.keyboard.press("n")
    stands_at(page, ids[1])
    page.keyboard.press("c")
    expect(page.locator("#category")).to_be_focused()
    page.keyboard.type("asc")
    page.keyboard.press("Enter")
    stands_at(page, ids[2])
    expect(page.locator(NOTICE)).to_contain_text("classée en « Ascenseur ».")


def test_figures_are_read_from_the_key_and_never_while_somebody_types(sorter: tuple[Page, list[str]]) -> None:
    page, ids = sorter
    page.keyboard.press("t")
    stands_at(page, ids[0])
    page.locator("#reason").focus()
    page.keyboard.type("12")
    assert page.input_value("#reason") == "12"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+1")
    french = {"key": "&", "code": "Digit1", "bubbles": True, "cancelable": True}
    dispatch = "given => document.body.dispatchEvent(new KeyboardEvent('keydown', given))"
    assert page.evaluate(dispatch, french | {"repeat": True}) is True  # held down: nothing is pressed
    assert page.url.endswith(ids[0])
    page.evaluate(dispatch, french)
    stands_at(page, ids[1])


def test_whoever_does_without_keys_is_shown_none(sorter: tuple[Page, list[str]], address: str) -> None:
    page, ids = sorter
    page.goto(f"{address}/equipe/touches")
    page.click("text=Arrêter les touches")
    page.goto(f"{address}/equipe/?vue=a-trier")
    page.click("text=Trier une à une")
    stands_at(page, ids[0])
    assert page.locator("#tri ~ * kbd").count() == 0
    page.keyboard.press("1")
    page.click("text=Loyer et paiement")
    stands_at(page, ids[1])


def test_many_are_sorted_by_one_figure_and_looked_at(sorter: tuple[Page, list[str]]) -> None:
    page, _ = sorter
    for key in ("j", "x", "j", "x", "c"):
        page.keyboard.press(key)
    page.wait_for_url("**/ensemble/classer")
    page.keyboard.press("3")
    page.wait_for_selector("text=Ce qui va changer")
    page.keyboard.press("Enter")
    page.wait_for_selector("#selection")
    expect(page.locator(NOTICE)).to_contain_text("2 demandes classées.")


def test_enough_of_a_list_is_in_sight_on_every_screen(
    app: Flask, member: MemberWorld, ports: Ports, sit: Sit, address: str
) -> None:
    arrived(app, member, ports, 12, VAGUE)
    page = sit(member.agent_email)
    page.goto(f"{address}/equipe/?vue=a-trier")
    found = {}
    for width, height in ((390, 844), (768, 1024), (820, 1180), (1024, 768), (1280, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert not page.evaluate(SLIDES_SIDEWAYS), width
        assert page.locator("#cherche").is_visible()
        assert page.locator(".facets").is_visible()
        found[width] = page.evaluate(f"{IN_SIGHT}.length")
    assert found[820] >= 6, found
    assert found[1280] >= 7, found
    assert found[768] >= 4, found
    assert found[390] >= 1, found

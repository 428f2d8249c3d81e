"""A tenant who has a keyboard and nothing else, or a screen reader, writes and follows to the end."""

import pytest
from playwright.sync_api import Page

from tests.browser.states import COLD, Scene

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

FARTHEST = 80  # presses of the Tab key


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the keyboard is on an element."""
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"the keyboard never reaches {selector} on {page.url}")


def follow(page: Page, selector: str) -> None:
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_message_is_sent_and_followed_by_keyboard_alone(scene: Scene) -> None:
    page = scene.page
    scene.open("/")
    follow(page, ".doors a")
    tab_to(page, "#text")
    page.keyboard.type(COLD)
    follow(page, "main form button.main")
    assert "/envoi/" in page.url
    follow(page, "main form button.main")
    assert "/suivi/" in page.url
    assert page.locator("h1").inner_text()


def test_the_first_stop_leads_past_the_top_of_the_page(scene: Scene) -> None:
    page = scene.page
    scene.open(f"/{scene.slug}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_language_is_changed_by_keyboard_alone(scene: Scene) -> None:
    page = scene.page
    scene.open("/")
    tab_to(page, ".languages summary")
    page.keyboard.press("Enter")
    follow(page, ".languages a[lang=ar]")
    assert page.evaluate("document.documentElement.dir") == "rtl"


def test_what_was_wrong_is_read_first_and_leads_to_its_field(scene: Scene) -> None:
    page = scene.page
    scene.open(f"/{scene.slug}/")
    follow(page, "main form button.main")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    tab_to(page, ".errors a")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    assert page.locator("#text").get_attribute("aria-invalid") == "true"

"""How it went, on a telephone: one tap, then questions that may be left alone; without JavaScript too."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.browser.looking import headings_skip, judge, small_targets, tree_of
from tests.browser.states import Scene

pytestmark = [pytest.mark.services, pytest.mark.browser]


def test_one_tap_is_kept_and_the_rest_follows_only_for_who_wants(scene: Scene) -> None:
    sent, page = scene.send().close(), scene.page
    sent.show("/avis?note=8")
    scene.press("button:has-text('Envoyer ma note')")
    assert page.get_by_role("heading", name="Merci de votre réponse").is_visible()
    assert "8 sur 10" in page.inner_text("[role=status]")
    page.get_by_role("group", name="Sa politesse").get_by_label("Très bien").check()
    page.get_by_label("Un mot à ajouter").fill("Bravo")
    scene.press("button:has-text('Envoyer ces réponses')")
    assert page.url.endswith("avis=1")
    sent.show("/avis")
    assert page.get_by_role("group", name="Sa politesse").count() == 0


def test_two_taps_on_two_notes_keep_the_first(scene: Scene) -> None:
    sent = scene.send().close()
    other = scene.page.context.new_page()
    other.goto(f"{scene.address}{sent.path}/avis")
    sent.show("/avis")
    scene.press("button[aria-label='9 sur 10']")
    with other.expect_navigation():
        other.locator("button[aria-label='2 sur 10']").click()
    assert "9 sur 10" in other.inner_text("main")


def test_going_back_after_the_note_asks_for_no_second_one(scene: Scene) -> None:
    sent = scene.send().close()
    sent.show("/avis")
    scene.press("button[aria-label='7 sur 10']")
    scene.page.go_back()
    scene.page.reload()
    assert scene.page.locator("button[name=note]").count() == 0


def test_by_keyboard_alone(scene: Scene) -> None:
    sent, page = scene.send().close(), scene.page
    sent.show("/avis")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "10 sur 10":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "10 sur 10" in page.inner_text("[role=status]")


def test_without_javascript_everything_works(scene: Scene, browser: Browser) -> None:
    sent = scene.send().close()
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{scene.address}{sent.path}/avis?note=3")
    page.click("button:has-text('Envoyer ma note')")
    page.check("input[name=travail][value='1']")
    page.click("button:has-text('Envoyer ces réponses')")
    page.fill("#thanks", "Merci quand même")
    page.click("button:has-text('Envoyer ce merci')")
    assert "Votre merci est transmis" in page.inner_text("main")
    page.goto(f"{scene.address}/amont/avis")
    page.click("a:has-text('Mon départ du logement')")
    page.check("input[name=note][value='6']")
    page.fill("#comment", "Long")
    page.click("button:has-text('Envoyer mon avis')")
    assert "Merci de votre avis" in page.inner_text("main")
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("tongue", ["fr", "ar"])
def test_every_page_fits_and_has_no_fault(scene: Scene, width: int, tongue: str) -> None:
    sent, page = scene.send().close(), scene.page
    page.set_viewport_size({"width": width, "height": 800})
    query = f"langue={tongue}"
    for path in (f"{sent.path}/avis?{query}&note=8", f"{sent.path}/avis?{query}&regle=no"):
        scene.open(path)
        look(page)
    scene.open(f"{sent.path}/avis?{query}&note=8")
    scene.press("button[name=note][value='8']")
    look(page)
    scene.open(f"/amont/avis?{query}")
    look(page)
    scene.open(f"/amont/avis/entree?{query}")
    look(page)
    scene.press("button.main")
    assert page.locator("#note-error").count() == 1
    look(page)
    page.check("input[name=note][value='10']")
    scene.press("button.main")
    look(page)


def look(page: Page) -> None:
    """Find nothing that axe objects to, nothing too small for a finger, and nothing that sticks out."""
    assert judge(page).violations == []
    assert small_targets(page) == []
    assert not headings_skip(tree_of(page)["levels"]), page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url

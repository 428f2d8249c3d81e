"""The page of suppliers in a real browser: on a telephone, by keyboard, without scripts, judged by axe-core."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page

from service.journey.ports import Ports
from tests.passing import Case, at_supplier
from tests.world import World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    # A browser leaves when it likes: the server of these tests then drops a file it was sending, which is no fault.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what is well is judged too, not told element by element
}


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    return at_supplier(app, world.first, ports)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of a narrow telephone; nothing on it may break the security policy."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, locale="fr-FR", java_script_enabled=request.param
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security" in message.text else None)
    yield page
    page.wait_for_load_state("networkidle")
    context.close()
    assert said == []


def check(page: Page) -> None:
    """No finding of axe-core, no sideways scrolling, one main heading, nothing too small for a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "scrolls sideways"
    assert page.locator("h1").count() == 1
    for target in page.locator("main button:visible, main summary:visible, main .choice:visible").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 24
        assert box["width"] >= 24


def judge(page: Page) -> None:
    found = Axe().run(page, options=RULES).response["violations"]
    assert not [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def test_a_supplier_answers_from_a_telephone(page: Page, address: str, case: Case, tmp_path: Path) -> None:
    picture = tmp_path / "pompe.jpg"
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(content, "JPEG")
    picture.write_bytes(content.getvalue())
    page.goto(f"{address}/partenaire/{case.token()}")
    check(page)
    page.get_by_role("button", name="J'accepte cette demande").click()
    page.get_by_text("Vous avez accepté cette demande.").wait_for()
    page.get_by_label("Jour du passage").fill("2026-12-01")
    page.get_by_text("L'après-midi").click()
    page.get_by_role("button", name="Enregistrer la date").click()
    page.get_by_text("Passage prévu le mardi 1er décembre 2026, l'après-midi.").wait_for()
    check(page)
    page.get_by_text("Dire que c'est fait").click()
    page.get_by_label("Ce qui a été fait").fill("Pompe changée.")
    page.get_by_label("Photos (facultatif)").set_input_files(str(picture))
    page.get_by_role("button", name="C'est fait").click()
    page.get_by_text("Vous avez dit que c'est fait").wait_for()
    check(page)
    assert [kind for kind in case.kinds() if kind in ("accepted", "planned", "work_done")] == [
        "accepted", "planned", "work_done",
    ]  # fmt: skip
    assert case.events("work_done")[0]["photos"] == 1


@pytest.mark.parametrize("page", [True], indirect=True)
def test_every_form_is_open_to_everybody(page: Page, address: str, case: Case) -> None:
    page.goto(f"{address}/partenaire/{case.token()}")
    for summary in page.locator("summary").all():
        summary.focus()
        page.keyboard.press("Enter")
    judge(page)
    check(page)
    page.get_by_role("button", name="Refuser cette demande").click()
    page.get_by_role("alert").wait_for()
    judge(page)
    assert page.title().startswith("Erreur")
    page.get_by_role("alert").get_by_role("link").click()  # leads to the field, in a form that stands open
    page.get_by_label("Je ne sais pas").focus()
    page.keyboard.press("Space")
    page.get_by_label("C'est un autre métier").check()
    page.get_by_role("button", name="Refuser cette demande").click()
    page.get_by_role("heading", name="Votre refus est enregistré").wait_for()
    judge(page)
    assert case.complaint().target == "sorting"

"""The tenant's pages in a real browser: what only a browser can show."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from service.journey.closing import closing
from service.journey.people.accounts import tracked
from service.journey.ports import Ports
from tests.world import World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    # A browser leaves when it likes: the server of these tests then drops a file it was sending, which is no fault.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a telephone, which must raise no script error and break no rule of the security policy."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield page
    page.wait_for_load_state("networkidle")  # what is being sent is not cut off
    context.close()
    assert complaints == []


def send(page: Page, address: str, text: str) -> str:
    page.goto(f"{address}/amont/")
    page.fill("#text", text)
    page.click("text=Envoyer tout de suite")
    page.wait_for_url("**/suivi/**")
    return str(page.url)


def close(app: Flask, world: World, ports: Ports, url: str) -> str:
    """Close the complaint of a tracking page; return the page's address."""
    plain = url.partition("?")[0]
    with app.app_context():
        found = tracked(plain.rpartition("/")[2])
        assert found
        closing.close(
            found.member_id, found.complaint_id, world.first.agent_id, outcome="solved", sentence="Réparé.", ports=ports
        )
    return plain


def test_going_back_and_sending_again_leads_to_the_same_complaint(page: Page, address: str) -> None:
    first = send(page, address, "Le radiateur est froid")
    page.go_back()
    page.fill("#text", "Le radiateur est froid")
    page.click("text=Envoyer tout de suite")
    page.wait_for_url("**/suivi/**")
    assert page.url == first


def test_going_back_and_writing_something_else_is_explained(page: Page, address: str) -> None:
    send(page, address, "Le radiateur est froid")
    page.go_back()
    page.fill("#text", "Les poubelles débordent")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_selector("text=Un premier message est déjà enregistré")
    assert page.input_value("#text") == "Les poubelles débordent"
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"


def test_danger_is_answered_while_typing_and_withdrawn_with_the_words(page: Page, address: str) -> None:
    page.goto(f"{address}/amont/")
    page.fill("#text", "ça sent le gaz")
    page.wait_for_selector("#danger .advice")
    assert "gaz" not in page.url
    page.fill("#text", "merci beaucoup")
    page.wait_for_selector("#danger .advice", state="detached")


def test_the_counter_says_what_is_left(page: Page, address: str) -> None:
    page.goto(f"{address}/amont/")
    page.fill("#text", "a" * 9_999)
    assert page.inner_text("#text-count").split()[-1] == "1."
    page.fill("#text", "a" * 10_002)
    assert "en trop" in page.inner_text("#text-count")
    assert page.inner_text("#text-count").split()[-1] == "2."


def test_an_error_takes_the_focus_and_leads_to_its_field(page: Page, address: str) -> None:
    page.goto(f"{address}/amont/")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_selector(".errors")
    assert "errors" in page.evaluate("document.activeElement.className")
    page.click(".errors a")
    assert page.evaluate("document.activeElement.id") == "text"


def test_enter_on_a_choice_sends_no_note(app: Flask, world: World, ports: Ports, page: Page, address: str) -> None:
    """Enter presses the first button of a form: it must not be the note 0."""
    page.goto(close(app, world, ports, send(page, address, "Le radiateur est froid")))
    page.check("input[value=yes]")
    page.press("input[value=yes]", "Enter")
    page.wait_for_selector(".errors")
    assert page.is_checked("input[value=yes]")
    page.get_by_role("button", name="10 sur 10").first.click()
    page.wait_for_url("**merci=1")
    assert "10 sur 10" in page.inner_text("main")


def test_every_page_fits_the_narrowest_telephone(
    app: Flask, world: World, ports: Ports, page: Page, address: str
) -> None:
    arrival = send(page, address, "ça sent le gaz")
    plain = arrival.partition("?")[0]
    paths = [f"{address}{path}" for path in ("/", "/amont/", "/courrier", "/api/docs", "/rien")]
    page.set_viewport_size({"width": 320, "height": 600})
    for url in (*paths, arrival, plain, f"{plain}/avis", close(app, world, ports, arrival), f"{plain}/avis?note=8"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), url

"""The form in a real browser: with and without JavaScript, offline, in two tabs, with a finger that taps twice."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import create_engine, text

from service.journey.ports import Ports
from service.settings import Settings
from tests.incidents import opened, settle_in
from tests.world import World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    # A browser leaves when it likes: the server of these tests then drops a file it was sending, which is no fault.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

COLD = "Le radiateur du salon est froid"
PHONE = {"width": 390, "height": 844}
# Bytes a second and milliseconds of a telephone far from everything.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


@pytest.fixture
def context(browser: Browser, world: World) -> Iterator[BrowserContext]:
    """A telephone, whose pages must raise no script error and break no rule of the security policy."""
    assert world
    context = browser.new_context(viewport=PHONE, locale="fr-FR")
    context.set_default_timeout(15_000)
    wrong: list[str] = []
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    yield context
    context.close()
    assert wrong == []


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    page.wait_for_load_state("networkidle")  # what is being sent is not cut off


@pytest.fixture
def old_page(browser: Browser, world: World) -> Iterator[Page]:
    """A telephone without JavaScript."""
    assert world
    context = browser.new_context(viewport=PHONE, locale="fr-FR", java_script_enabled=False)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def complaints(settings: Settings) -> list[tuple[object, ...]]:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        found = [
            tuple(row) for row in connection.execute(text("select text, chosen_category, details from complaints"))
        ]
    engine.dispose()
    return found


def write(page: Page, address: str, words: str = COLD) -> None:
    page.goto(f"{address}/amont/")
    page.fill("#text", words)


def wait_until_kept(page: Page) -> None:
    """Wait until the browser keeps the draft. The security policy forbids the waiting of Playwright itself."""
    for _ in range(100):
        if page.evaluate("localStorage.length"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("nothing is kept")


def go_on(page: Page) -> None:
    page.locator("button.main").click()
    page.wait_for_url("**/envoi/**")


def send(page: Page) -> None:
    page.locator("button.main").click()
    page.wait_for_url("**/suivi/**")


def test_the_whole_way_without_javascript(old_page: Page, address: str, world: World, settings: Settings) -> None:
    page = old_page
    write(page, address)
    page.check("input[name=where][value=home]")
    page.fill("#dwelling_reference", world.first.collective)
    go_on(page)
    assert "pas encore envoyée" in page.inner_text("h1")
    assert page.title().startswith("Votre demande n'est pas encore envoyée")
    page.check("input[name=sujet][value=loyer]")
    page.get_by_role("button", name="Mettre à jour les questions").click()
    page.check("input[name='q-rent_what'][value=delay]")
    page.get_by_role("button", name="Modifier votre message").click()
    assert page.input_value("#text") == COLD
    page.fill("#text", f"{COLD}, et mon loyer est trop cher")
    go_on(page)
    assert page.is_checked("input[name='q-rent_what'][value=delay]")
    send(page)
    [(words, subject, details)] = complaints(settings)
    assert (words, subject) == (f"{COLD}, et mon loyer est trop cher", "loyer")
    assert details["answers"] == [{"question": "Que souhaitez-vous ?", "answer": "Payer en plusieurs fois"}]  # type: ignore[index]


def test_the_whole_way_on_a_slow_connection_with_two_taps(page: Page, address: str, settings: Settings) -> None:
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    write(page, address)
    page.locator("button.main").dblclick()
    page.wait_for_url("**/envoi/**")
    page.locator("button.main").dblclick()
    page.wait_for_url("**/suivi/**")
    assert len(complaints(settings)) == 1


def test_the_question_follows_the_words_and_never_a_choice(page: Page, address: str) -> None:
    write(page, address)
    expect(page.locator("#subjects legend")).to_contain_text("Chauffage")
    page.check("input[name=sujet][value=loyer]")
    page.fill("#text", "La poubelle de l'immeuble déborde")
    expect(page.locator("#subjects legend")).to_contain_text("Déchets")
    assert page.is_checked("input[name=sujet][value=loyer]")


def test_the_question_does_not_move_under_the_finger(page: Page, address: str) -> None:
    write(page, address)
    page.wait_for_selector("#subjects input")
    page.focus("#subjects input[value=chauffage]")
    page.evaluate(
        "const box = document.getElementById('text'); box.value = 'La poubelle de la cour déborde';"
        "box.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    with page.expect_response("**/comprendre"):
        pass
    page.wait_for_timeout(100)
    assert "Chauffage" in page.inner_text("#subjects legend")
    assert page.evaluate("document.activeElement.value") == "chauffage"


def test_the_words_never_travel_in_an_address(page: Page, address: str) -> None:
    addresses: list[str] = []
    page.on("request", lambda sent: addresses.append(sent.url))
    write(page, address)
    page.wait_for_selector("#subjects input")
    go_on(page)
    send(page)
    assert not [one for one in addresses if "radiateur" in one]


def test_the_questions_follow_the_subject_and_a_danger_is_answered_above(page: Page, address: str) -> None:
    write(page, address, "L'ascenseur est en panne ce matin")
    go_on(page)
    assert page.get_by_role("button", name="Mettre à jour les questions").is_hidden()
    page.check("input[name=sujet][value=loyer]")
    page.wait_for_selector("#q-month")
    page.check("input[name=sujet][value=ascenseur]")
    page.wait_for_selector("input[name='q-trapped']")
    page.check("input[name='q-trapped'][value=yes]")
    page.wait_for_selector("#danger .advice")
    assert page.locator("#danger").bounding_box()["y"] < page.locator("h1").bounding_box()["y"]  # type: ignore[index]
    page.check("input[name='q-trapped'][value=no]")
    page.wait_for_selector("#danger .advice", state="detached")


def test_a_lost_page_gives_the_words_back_and_keeps_nobody(page: Page, address: str) -> None:
    write(page, address)
    page.fill("#name", "Marie Durand")
    page.fill("#email", "marie@exemple.fr")
    page.check("input[name=where][value=common]")
    wait_until_kept(page)
    page.goto(f"{address}/")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "radiateur" in kept
    assert "Marie" not in kept
    assert "marie" not in kept
    page.goto(f"{address}/amont/")
    expect(page.locator("#found")).to_be_visible()
    assert page.input_value("#text") == COLD
    assert page.is_checked("input[name=where][value=common]")
    page.goto(f"{address}/aval/")
    assert page.input_value("#text") == "", "what was meant for one landlord is not another's"
    page.goto(f"{address}/amont/")
    page.click("#forget")
    assert page.input_value("#text") == ""
    assert page.evaluate("document.activeElement.id") == "text"
    page.reload()
    assert page.input_value("#text") == ""
    assert page.locator("#found").is_hidden()


def test_what_was_sent_is_forgotten_by_the_browser(page: Page, address: str) -> None:
    write(page, address)
    wait_until_kept(page)
    go_on(page)
    assert page.evaluate("localStorage.length") == 1, "not sent yet: it must not be lost"
    send(page)
    assert page.evaluate("localStorage.length") == 0
    page.goto(f"{address}/amont/")
    assert page.input_value("#text") == ""


def test_an_old_draft_is_forgotten(page: Page, address: str) -> None:
    page.goto(f"{address}/amont/")
    page.evaluate(
        "localStorage.setItem('seve:amont', JSON.stringify({at: Date.now() - 4 * 24 * 3600000, text: 'Vieux'}))"
    )
    page.reload()
    assert page.input_value("#text") == ""
    assert page.evaluate("localStorage.length") == 0


def test_a_browser_that_refuses_storage_still_sends(page: Page, address: str, settings: Settings) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    write(page, address)
    go_on(page)
    send(page)
    assert len(complaints(settings)) == 1


def test_without_a_connection_it_is_said_and_it_leaves_when_it_comes_back(
    page: Page, address: str, settings: Settings
) -> None:
    write(page, address)
    page.context.set_offline(True)
    page.locator("button.main").click()
    expect(page.locator("#offline")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "offline"
    assert page.input_value("#text") == COLD
    page.context.set_offline(False)
    page.wait_for_url("**/envoi/**")
    page.context.set_offline(True)
    page.locator("button.main").click()
    expect(page.locator("#offline")).to_be_visible()
    assert complaints(settings) == []
    page.context.set_offline(False)
    page.wait_for_url("**/suivi/**")
    assert len(complaints(settings)) == 1


def test_a_server_that_does_not_answer_loses_no_word(page: Page, address: str) -> None:
    def cut(route: Route) -> None:
        route.abort()

    write(page, address)
    wait_until_kept(page)
    page.route("**/amont/?envoi=1", cut)
    page.locator("button.main").click()
    page.wait_for_timeout(500)
    page.unroute("**/amont/?envoi=1")
    page.goto(f"{address}/amont/")
    assert page.input_value("#text") == COLD
    go_on(page)
    send(page)


def test_going_back_after_sending_leads_to_the_complaint(page: Page, address: str, settings: Settings) -> None:
    write(page, address)
    go_on(page)
    check = page.url
    send(page)
    sent = page.url
    page.go_back()
    if page.url == check:  # kept by the browser as it was: the button is still there
        send(page)
    assert page.url == sent
    page.goto(check)
    assert page.url == sent
    assert len(complaints(settings)) == 1


def test_going_back_to_the_first_screen_and_on_again_is_one_complaint(
    page: Page, address: str, settings: Settings
) -> None:
    write(page, address)
    go_on(page)
    first = page.url
    page.go_back()
    page.fill("#text", COLD)
    go_on(page)
    assert page.url == first
    send(page)
    assert len(complaints(settings)) == 1


def test_two_tabs_of_one_draft_send_one_complaint(
    context: BrowserContext, page: Page, address: str, settings: Settings
) -> None:
    write(page, address)
    go_on(page)
    other = context.new_page()
    other.goto(page.url)
    send(page)
    send(other)
    assert other.url == page.url
    assert len(complaints(settings)) == 1


def test_a_problem_known_to_neighbours_is_joined(
    app: Flask, page: Page, address: str, world: World, ports: Ports
) -> None:
    with app.app_context():
        opened(world.first, settle_in(world.first, 3), ports)
    page.goto(f"{address}/amont/")
    page.fill("#text", "Ascenseur encore en panne")
    page.fill("#dwelling_reference", world.first.collective)
    go_on(page)
    expect(page.locator("#connus")).to_contain_text("3 foyers")
    page.get_by_label("C'est cela : tenez-moi au courant").check()
    send(page)
    assert "connu" in page.inner_text("main").lower()


def test_the_form_is_filled_and_sent_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/amont/")
    page.focus("#text")
    page.keyboard.type(COLD)
    page.fill("#city", "Amiens")
    page.press("#city", "Enter")
    page.wait_for_url("**/envoi/**")
    page.locator("button.main").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/suivi/**")


def test_both_screens_fit_the_narrowest_telephone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    write(page, address, "Ascenseur " + "x" * 300)
    page.fill("#email", "une-tres-longue-adresse-de-courrier@exemple-de-domaine-interminable.example")
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    page.wait_for_timeout(1000)
    assert page.evaluate(fits)
    go_on(page)
    assert page.evaluate(fits)

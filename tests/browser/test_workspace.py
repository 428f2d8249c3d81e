"""The workspace in real browsers: keys alone, lists that change under nobody's hand, two people who see each other."""

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from service.journey.handling import handling
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

LEADER = "responsable@amont.example"
ASK_NOW = "document.dispatchEvent(new Event('visibilitychange'))"  # as when somebody comes back to the page
FOCUSED = "document.activeElement.closest('.row')?.dataset.id"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def desk(app: Flask, member: MemberWorld, ports: Ports, sit: Sit) -> tuple[Page, list[str]]:
    """Somebody in front of three complaints, and these in the order of the list."""
    arrived(app, member, ports, 3)
    page = sit(member.agent_email)
    return page, page.eval_on_selector_all(".row", "rows => rows.map(row => row.dataset.id)")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def ticked(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("input[name=choisi]:checked", "boxes => boxes.map(box => box.value)")
    return found


def test_a_list_is_walked_and_ticked_by_keys(desk: tuple[Page, list[str]]) -> None:
    page, ids = desk
    press(page, "j")
    assert page.evaluate(FOCUSED) == ids[0]
    press(page, "j", "j", "j")
    assert page.evaluate(FOCUSED) == ids[2]  # the last one is the last
    press(page, "k", "k", "x")
    assert ticked(page) == [ids[0]]
    press(page, "j", "j", "Shift+X")
    assert ticked(page) == ids
    expect(page.locator("#ticked")).to_have_text("3 demandes cochées.")
    press(page, "x")
    assert ticked(page) == ids[:2]
    press(page, "Enter")
    page.wait_for_url(f"**/demandes/{ids[2]}")


def test_many_are_given_and_taken_back_without_a_mouse(app: Flask, desk: tuple[Page, list[str]]) -> None:
    page, ids = desk
    press(page, "j", "x", "j", "x", "a")
    page.wait_for_url("**/ensemble/attribuer")
    expect(page.locator("#assignee")).to_be_focused()
    page.keyboard.type("Moi")
    press(page, "Tab", "Enter")
    page.wait_for_selector("text=Ce qui va changer")
    expect(page.locator("main button").first).to_be_focused()
    press(page, "Enter")
    page.wait_for_selector("#selection")
    expect(page.locator(".notice.done")).to_contain_text("2 demandes attribuées.")
    assert page.locator(".desk-of", has_text="Ana Vidal").count() == 2
    press(page, "u")
    page.wait_for_selector("text=2 demandes remises comme avant")
    assert app
    assert ids


def test_the_row_at_hand_is_what_a_key_acts_on(desk: tuple[Page, list[str]]) -> None:
    page, ids = desk
    press(page, "j", "j", "c")
    page.wait_for_url("**/ensemble/classer")
    assert page.eval_on_selector_all("input[name=choisi]", "found => found.map(one => one.value)") == [ids[1]]


def test_keys_never_act_while_somebody_types_nor_with_others(desk: tuple[Page, list[str]]) -> None:
    page, _ = desk
    press(page, "/")
    expect(page.locator("#cherche")).to_be_focused()
    page.keyboard.type("jxa?g")
    assert page.input_value("#cherche") == "jxa?g"
    assert ticked(page) == []
    press(page, "Escape", "Control+j", "Alt+x", "Meta+x")
    assert page.evaluate(FOCUSED) is None
    assert ticked(page) == []


def test_the_map_opens_closes_and_leads_to_lists(desk: tuple[Page, list[str]]) -> None:
    page, _ = desk
    press(page, "?")
    expect(page.locator("#touches")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#touches")).to_be_hidden()
    press(page, "g", "m")
    page.wait_for_url("**/equipe/?vue=les-miennes")


def test_switched_off_no_key_does_anything(desk: tuple[Page, list[str]], address: str) -> None:
    page, _ = desk
    assert page.get_attribute("[data-key=a]", "aria-keyshortcuts") == "a"
    page.goto(f"{address}/equipe/touches")
    page.click("text=Arrêter les touches")
    page.goto(f"{address}/equipe/")
    press(page, "j", "x", "?")
    assert page.evaluate(FOCUSED) is None
    assert page.locator("#touches").count() == 0
    assert page.get_attribute("[data-key=a]", "aria-keyshortcuts") is None


def test_from_one_complaint_to_the_next_and_to_its_fields(desk: tuple[Page, list[str]]) -> None:
    page, ids = desk
    press(page, "j", "Enter")
    page.wait_for_url(f"**/demandes/{ids[0]}")
    press(page, "n")
    page.wait_for_url(f"**/demandes/{ids[1]}")
    press(page, "p")
    page.wait_for_url(f"**/demandes/{ids[0]}")
    for key, field in (
        ("c", "#category"), ("a", "#assignee"), ("r", "#text"), ("i", "#internal_note"), ("t", "#to"),
    ):  # fmt: skip
        press(page, "Escape", key)
        expect(page.locator(field)).to_be_focused()


def test_a_range_is_ticked_with_the_mouse_and_all_at_once(desk: tuple[Page, list[str]]) -> None:
    page, ids = desk
    page.check(f"#choisi-{ids[0]}")
    page.click(f"#choisi-{ids[2]}", modifiers=["Shift"])
    assert ticked(page) == ids
    page.uncheck("#tick-all-box")
    assert ticked(page) == []
    page.check("#tick-all-box")
    assert ticked(page) == ids


def test_a_list_changes_under_nobody_s_hand(
    app: Flask, member: MemberWorld, ports: Ports, desk: tuple[Page, list[str]]
) -> None:
    page, ids = desk
    press(page, "j", "j", "x")
    before = page.locator(f".row[data-id='{ids[1]}']").bounding_box()
    with app.app_context():
        handling.assign(member.id, ids[1], member.supervisor_id, member.supervisor_id, ports)  # type: ignore[arg-type]
    fresh = arrived(app, member, ports, 1)
    page.evaluate(ASK_NOW)
    expect(page.locator(f".row[data-id='{ids[1]}'] .desk-of")).to_contain_text("Rémi Sorel")
    expect(page.locator(".arrived button")).to_have_text("1 nouvelle demande : afficher")
    assert page.evaluate(FOCUSED) == ids[1]
    assert ticked(page) == [ids[1]]
    assert page.locator(f".row[data-id='{fresh[0]}']").count() == 0
    after = page.locator(f".row[data-id='{ids[1]}']").bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < 60  # the notice has its place above; the rows keep their order
    expect(page.locator(".rail [data-list=ouvertes] .number")).to_contain_text("4")
    page.click(".arrived button")
    expect(page.locator(".row").first).to_have_attribute("data-id", fresh[0])
    assert ticked(page) == [ids[1]]


def test_what_left_the_list_stays_in_its_place_and_says_so(
    app: Flask, member: MemberWorld, ports: Ports, sit: Sit, address: str
) -> None:
    ids = arrived(app, member, ports, 2)
    page = sit(member.agent_email)
    page.goto(f"{address}/equipe/?vue=ouvertes&personne=aucune")
    assert page.locator(".row").count() == 2
    with app.app_context():
        handling.assign(member.id, ids[0], member.supervisor_id, member.supervisor_id, ports)  # type: ignore[arg-type]
    page.evaluate(ASK_NOW)
    expect(page.locator(f".row[data-id='{ids[0]}']")).to_contain_text("N'est plus dans cette liste")
    assert page.locator(".row").count() == 2


def test_two_people_at_one_complaint_see_each_other(
    app: Flask, member: MemberWorld, ports: Ports, sit: Sit, address: str
) -> None:
    complaint = f"{address}/equipe/demandes/{arrived(app, member, ports, 1)[0]}"
    ana, remi = sit(member.agent_email), sit(LEADER)
    ana.goto(complaint)
    ana.wait_for_load_state("networkidle")
    remi.goto(complaint)
    expect(remi.locator("#presence .here")).to_have_text("Ana Vidal regarde aussi.")
    with remi.expect_response(lambda answer: "ecrit=1" in (answer.request.post_data or "")):
        remi.fill("#text", "Nous passons chez vous demain.")
    ana.evaluate(ASK_NOW)
    expect(ana.locator("#presence .here")).to_have_text("Rémi Sorel écrit une réponse.")
    remi.click("text=Envoyer au locataire")
    remi.wait_for_selector(".notice.done")
    ana.evaluate(ASK_NOW)
    expect(ana.locator("#presence .since")).to_contain_text("Rémi Sorel a répondu à 12 h 00.")


def test_a_session_that_ended_is_said_and_nothing_typed_is_lost(
    app: Flask, member: MemberWorld, ports: Ports, sit: Sit, address: str
) -> None:
    page = sit(member.agent_email)
    page.goto(f"{address}/equipe/demandes/{arrived(app, member, ports, 1)[0]}")
    page.fill("#text", "Des mots")
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    page.evaluate(ASK_NOW)
    expect(page.locator("main > .notice.warn").first).to_contain_text("Votre session est terminée.")
    assert page.input_value("#text") == "Des mots"

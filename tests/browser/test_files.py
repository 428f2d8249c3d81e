"""Photos and documents leave a telephone: made small, piece by piece, over a network that breaks."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Dialog, Page, Route, expect
from sqlalchemy import select

from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.draft import Upload
from service.models.handover import Attachment
from service.tenant import files
from tests.browser.looking import judge
from tests.browser.states import Scene
from tests.journey.submission.test_uploads import photo
from tests.paper import pdf
from tests.world import World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    # A browser leaves when it likes: the server of these tests then drops a file it was sending, which is no fault.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ARRIVED = "Bien reçu."
LOST = "Connexion perdue"
PIECES = re.compile(r"/(fichiers|envois)/.*debut=")


def noisy(side: int) -> bytes:
    """Return a photograph as heavy as those of telephones, with a position in it."""
    exif = Image.Exif()
    exif[0x010F] = "SECRET-MAKER"
    exif.get_ifd(0x8825)[29] = "SECRET-49.8942"
    written = io.BytesIO()
    Image.frombytes("RGB", (side, side * 3 // 4), os.urandom(side * (side * 3 // 4) * 3)).save(
        written, "JPEG", quality=80, exif=exif
    )
    return written.getvalue()


@pytest.fixture
def chosen(tmp_path: Path) -> Callable[..., Path]:
    def made(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return made


def choose(page: Page, *paths: Path) -> None:
    page.set_input_files("#fichiers", list(paths))


def rows(page: Page) -> list[str]:
    return [row.inner_text() for row in page.locator(".file-list li").all()]


def let_go(page: Page, held: list[Route]) -> None:
    """Let the piece pass that is held, once it is on its way."""
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()


def attachments(app: Flask, world: World) -> list[Attachment]:
    with app.app_context(), member_transaction(world.first.id) as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.at)))


def uploads(app: Flask, world: World) -> list[Upload]:
    with app.app_context(), member_transaction(world.first.id) as session:
        return list(session.scalars(select(Upload).order_by(Upload.at)))


def complaints(app: Flask, world: World) -> list[UUID]:
    with app.app_context(), member_transaction(world.first.id) as session:
        return list(session.scalars(select(Complaint.id)))


def test_a_heavy_photo_is_made_small_before_it_travels_and_goes_with_the_message(
    scene: Scene, chosen: Callable[..., Path]
) -> None:
    content = noisy(2400)
    assert len(content) > 2_500_000
    scene.open("/amont/")
    choose(scene.page, chosen("IMG_2041.JPG", content), chosen("bail.pdf", pdf(pages=2)))
    expect(scene.page.locator(f".file-list li:has-text('{ARRIVED}')")).to_have_count(2)
    assert [name.splitlines()[0] for name in rows(scene.page)] == ["IMG_2041.JPG", "bail.pdf"]
    assert scene.page.input_value("#fichiers") == "", "the form does not bring them a second time"
    sizes = [one.size for one in uploads(scene.app, scene.world)]
    assert sizes[0] < len(content) / 2
    scene.page.fill("#text", "Le radiateur est froid")
    with scene.page.expect_navigation():
        scene.page.click("text=Envoyer tout de suite")
    kept = attachments(scene.app, scene.world)
    assert [(one.media_type, one.width) for one in kept] == [("image/jpeg", 1600), ("application/pdf", 1240)]
    expect(scene.page.locator(".file-photos img")).to_be_visible()
    expect(scene.page.locator(".file-photos >> text=Document 2 (2 pages)")).to_be_visible()


def test_a_lost_connection_is_said_and_the_file_goes_on_from_where_it_was(
    scene: Scene, chosen: Callable[..., Path]
) -> None:
    starts: list[str] = []
    failing = [0]

    def cut(route: Route) -> None:
        starts.append(route.request.url.partition("debut=")[2])
        if len(starts) in (2, 3):
            failing[0] += 1
            route.abort("connectionreset")
        else:
            route.continue_()

    scene.page.route(PIECES, cut)
    scene.open("/amont/")
    choose(scene.page, chosen("quittance.pdf", pdf() + os.urandom(400_000)))
    expect(scene.page.locator(".file-list li")).to_contain_text(LOST)
    expect(scene.page.locator("[data-heard]")).to_contain_text(LOST)
    expect(scene.page.locator(".file-list li")).to_contain_text(ARRIVED)
    assert failing == [2]
    assert starts[:4] == ["0", starts[1], starts[1], starts[1]], "it goes on from what the server has"
    assert int(starts[1]) > 0


def test_a_file_goes_on_after_the_page_is_loaded_again(scene: Scene, chosen: Callable[..., Path]) -> None:
    sent = scene.send()
    blocked = [True]
    seen: list[str] = []

    def cut(route: Route) -> None:
        seen.append(route.request.url.partition("debut=")[2])
        if blocked[0] and len(seen) > 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    scene.page.route(PIECES, cut)
    sent.show()
    choose(scene.page, chosen("quittance.pdf", pdf() + os.urandom(400_000)))
    expect(scene.page.locator(".file-list li")).to_contain_text(LOST)
    got = uploads(scene.app, scene.world)[0].received
    assert got > 0
    blocked[0] = False
    seen.clear()
    scene.page.reload()
    expect(scene.page.locator(".file-list li")).to_contain_text(ARRIVED)
    assert seen[0] == str(got), "nothing is sent a second time"


def test_going_back_to_the_form_finds_the_files_again(scene: Scene, chosen: Callable[..., Path]) -> None:
    scene.open("/amont/")
    choose(scene.page, chosen("a.jpg", photo(10)))
    expect(scene.page.locator(".file-list li")).to_contain_text(ARRIVED)
    scene.page.fill("#text", "Le radiateur est froid")
    with scene.page.expect_navigation():
        scene.page.click("button.main")
    scene.page.go_back()
    expect(scene.page.locator(".file-list li")).to_contain_text(ARRIVED)


def test_a_message_sent_while_a_file_is_on_its_way_waits_for_it(scene: Scene, chosen: Callable[..., Path]) -> None:
    held: list[Route] = []
    scene.page.route(PIECES, lambda route: held.append(route))  # noqa: PLW0108  Playwright marks it.
    scene.open("/amont/")
    choose(scene.page, chosen("a.jpg", photo(10)))
    scene.page.fill("#text", "Le radiateur est froid")
    scene.page.click("text=Envoyer tout de suite")
    expect(scene.page.locator(".file-wait")).to_contain_text("Votre message part juste après")
    scene.page.click("text=Envoyer tout de suite")
    assert complaints(scene.app, scene.world) == []
    with scene.page.expect_navigation():
        let_go(scene.page, held)
    assert len(complaints(scene.app, scene.world)) == 1
    assert len(attachments(scene.app, scene.world)) == 1


def test_a_message_does_not_leave_without_a_file_that_failed_unless_somebody_says_so(
    scene: Scene, chosen: Callable[..., Path]
) -> None:
    held: list[Route] = []
    scene.page.route(PIECES, lambda route: held.append(route))  # noqa: PLW0108  Playwright marks it.
    scene.open("/amont/")
    scene.page.fill("#text", "Le radiateur est froid")
    choose(scene.page, chosen("faux.jpg", b"<svg/>"))
    scene.page.click("text=Envoyer tout de suite")
    expect(scene.page.locator(".file-wait")).to_be_visible()
    let_go(scene.page, held)
    expect(scene.page.locator(".file-wait")).to_contain_text("Votre message n'est pas encore parti.")
    assert complaints(scene.app, scene.world) == []
    with scene.page.expect_navigation():
        scene.page.click("text=Envoyer mon message sans ce fichier")
    assert len(complaints(scene.app, scene.world)) == 1


def test_nobody_is_made_to_wait_for_a_file(scene: Scene, chosen: Callable[..., Path]) -> None:
    scene.page.route(PIECES, lambda route: route.abort("connectionreset"))
    scene.open("/amont/")
    choose(scene.page, chosen("a.jpg", photo(10)))
    scene.page.fill("#text", "Le radiateur est froid")
    scene.page.click("text=Envoyer tout de suite")
    with scene.page.expect_navigation():
        scene.page.click("text=Envoyer sans attendre les fichiers")
    assert "/suivi/" in scene.page.url
    assert attachments(scene.app, scene.world) == []


def test_a_danger_is_not_held_up_by_a_photo(scene: Scene, chosen: Callable[..., Path]) -> None:
    scene.page.route(PIECES, lambda route: route.abort("connectionreset"))
    scene.open("/amont/")
    choose(scene.page, chosen("a.jpg", photo(10)))
    scene.page.fill("#text", "ça sent le gaz")
    expect(scene.page.locator("#danger .advice").first).to_be_visible()
    with scene.page.expect_navigation():
        scene.page.click("button.main")
    assert "/suivi/" in scene.page.url


def test_a_file_that_lies_is_refused_in_words_beside_it_and_the_others_go_on(
    scene: Scene, chosen: Callable[..., Path]
) -> None:
    dialogs: list[Dialog] = []
    scene.page.on("dialog", lambda dialog: dialogs.append(dialog))  # noqa: PLW0108  Playwright marks it.
    scene.open("/amont/")
    lie = chosen("<img src=x onerror=alert(1)>.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    choose(scene.page, lie, chosen("vraie.jpg", photo(10)))
    wrong = scene.page.locator(".file-list li.wrong")
    expect(wrong).to_contain_text("Ce fichier n'est ni une photo ni un PDF")
    expect(wrong).to_contain_text("<img src=x onerror=alert(1)>.jpg")
    expect(scene.page.locator(".file-list li:has-text('vraie.jpg')")).to_contain_text(ARRIVED)
    wrong.locator("button").click()
    expect(scene.page.locator(".file-list li")).to_have_count(1)
    expect(scene.page.locator("[data-heard]")).to_contain_text("est retiré.")
    assert scene.page.evaluate("document.activeElement.id") == "fichiers"
    assert dialogs == []


def test_more_than_five_is_said_and_a_place_is_free_again(scene: Scene, chosen: Callable[..., Path]) -> None:
    scene.open("/amont/")
    choose(scene.page, *(chosen(f"{rank}.jpg", photo(rank * 40)) for rank in range(6)))
    expect(scene.page.locator(f".file-list li:has-text('{ARRIVED}')")).to_have_count(5)
    expect(scene.page.locator(".files > .error")).to_contain_text("Vous pouvez joindre 5 fichiers.")
    scene.page.locator(".file-list li button").first.click()
    expect(scene.page.locator(".file-list li")).to_have_count(4)
    choose(scene.page, chosen("6.jpg", photo(255)))
    expect(scene.page.locator(f".file-list li:has-text('{ARRIVED}')")).to_have_count(5)


def test_without_javascript_files_go_with_the_form_and_can_be_taken_off(
    app: Flask, world: World, browser: Browser, address: str, chosen: Callable[..., Path]
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/amont/")
    choose(page, chosen("a.jpg", photo(10)), chosen("b.pdf", pdf()))
    page.click("button.main")  # without a word: the page comes back, with the files
    expect(page.locator(".file-list li")).to_have_count(2)
    page.fill("#text", "Le radiateur est froid")
    page.locator(".file-list li button").first.click()
    expect(page.locator(".file-list li")).to_have_count(1)
    assert page.input_value("#text") == "Le radiateur est froid"
    page.fill("#city", "Amiens")
    page.press("#city", "Enter")  # it sends the form: it takes no file off
    page.wait_for_url("**/envoi/**")
    context.close()
    assert [one.media_type for one in uploads(app, world)] == ["application/pdf"]


def test_far_too_much_without_javascript_is_answered_by_a_page_and_every_word_is_found_by_going_back(
    browser: Browser, address: str, chosen: Callable[..., Path]
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/amont/")
    page.fill("#text", "Le radiateur est froid")
    choose(page, chosen("film.mp4", b"\xff" * (files.ROOM["tenant.submit"] + 1)))
    page.click("button.main")
    expect(page.locator("h1")).to_have_text("L'envoi est trop lourd")
    page.go_back()
    assert page.input_value("#text") == "Le radiateur est froid"
    context.close()


def test_the_keyboard_and_a_screen_reader_find_every_file(scene: Scene, chosen: Callable[..., Path]) -> None:
    scene.open("/amont/")
    choose(scene.page, chosen("a.jpg", photo(10)))
    expect(scene.page.locator(".file-list li")).to_contain_text(ARRIVED)
    expect(scene.page.get_by_label("Photos ou PDF")).to_be_visible()
    expect(scene.page.get_by_role("list", name="Fichiers joints")).to_be_visible()
    choose(scene.page, chosen("faux.jpg", b"<svg/>"))
    expect(scene.page.locator(".file-list li.wrong")).to_have_count(1)
    assert judge(scene.page).violations == []
    off = scene.page.get_by_role("button", name="Retirer a.jpg")
    off.focus()
    box = off.bounding_box()
    assert box
    assert box["height"] >= 44
    scene.page.keyboard.press("Enter")
    expect(scene.page.locator(".file-list li")).to_have_count(1)

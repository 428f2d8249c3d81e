"""Our form inside a member's page, in a real browser: shown there, and nowhere else; heard there, and nowhere else."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Frame, Page, Route, expect
from sqlalchemy import create_engine, text
from werkzeug.serving import BaseWSGIServer, make_server

from service.app import create_app
from service.journey.ports import Ports
from service.models.database import db
from service.settings import Settings
from tests.browser.looking import judge, nameless
from tests.tokens import claims_of, share_secret, sign
from tests.world import World

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    # A browser leaves when it likes: the server of these tests then drops a file it was sending, which is no fault.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
HEARD = """<script>
  window.heard = [];
  window.said = [];
  ["ready", "height", "sent"].forEach(function (name) {
    document.addEventListener("seve:" + name, function (event) { window.heard.push([name, event.detail]); });
  });
  window.addEventListener("message", function (event) { window.said.push(event.data); });
</script>"""


@dataclass
class Served:
    """One server of the test, told what to show."""

    server: BaseWSGIServer
    host: str

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.server.server_port}"


@dataclass
class Places:
    """Sève, the member's extranet, and somebody else's site: three origins."""

    app: Flask
    ports: Ports
    seve: str
    extranet: str
    stranger: str
    pages: dict[str, str]  # what the extranet and the stranger show, by path


def _serve(app: Flask, host: str) -> tuple[Served, Callable[[], None]]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def stop() -> None:
        server.shutdown()
        thread.join()
        server.server_close()

    return Served(server, host), stop


@pytest.fixture
def places(settings: Settings, ports: Ports, world: World) -> Iterator[Places]:
    assert world
    pages: dict[str, str] = {}
    site = Flask("site")
    site.add_url_rule("/<path:name>", "page", lambda name: pages.get(name, ""))
    # Two names of this machine are two sites to a browser: cookies of one do not come with requests of the other.
    extranet, stop_extranet = _serve(site, "localhost")
    stranger, stop_stranger = _serve(site, "localhost")
    seve, stop_seve = _serve(Flask("later"), "127.0.0.1")
    live = replace(ports, base_url=seve.origin)
    app = create_app(replace(settings, base_url=seve.origin), live)
    seve.server.app = app
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(
            text("update members set frame_origins = jsonb_build_array(cast(:origin as text)) where slug = 'amont'"),
            {"origin": extranet.origin},
        )
    engine.dispose()
    yield Places(app, live, seve.origin, extranet.origin, stranger.origin, pages)
    for stop in (stop_seve, stop_extranet, stop_stranger):
        stop()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def script(places: Places, more: str = "") -> str:
    return f'<script src="{places.seve}/integration.js" data-bailleur="amont" {more} async></script>'


def framed(page: Page) -> Frame:
    """Return our frame in the page, once its form is there."""
    handle = page.wait_for_selector("iframe")
    frame = handle.content_frame() if handle else None
    assert frame
    frame.wait_for_selector("#text")
    return frame


def send(frame: Frame, words: str) -> None:
    """Write and send, through one screen or two."""
    frame.fill("#text", words)
    frame.click("button[type=submit].main")
    last = frame.locator("[data-sent], button[type=submit].main:has-text('Envoyer')").first
    last.wait_for()
    frame.wait_for_load_state()
    if not frame.query_selector("[data-sent]"):
        frame.locator("button[type=submit].main").first.click()
    frame.wait_for_selector("[data-sent]")


def test_one_line_puts_the_form_in_the_members_page(page: Page, places: Places) -> None:
    places.pages["moi"] = f"<!doctype html><h1>Mon espace</h1><body>{HEARD}{script(places)}"
    page.goto(f"{places.extranet}/moi")
    frame = framed(page)
    assert frame.query_selector("footer") is None
    page.wait_for_function("window.heard.some(([name]) => name === 'height')")
    height = page.evaluate("document.querySelector('iframe').getBoundingClientRect().height")
    inside = frame.evaluate("document.documentElement.scrollHeight")
    assert abs(height - inside) <= 2  # nothing is hidden, nothing scrolls twice
    assert page.evaluate("window.heard.filter(([name]) => name === 'ready').length") == 1
    expect(page.get_by_text("Le formulaire arrive.")).to_be_hidden()
    assert page.get_attribute("iframe", "title")


def test_a_message_is_sent_from_the_frame_and_the_page_hears_its_reference(page: Page, places: Places) -> None:
    places.pages["moi"] = f"<!doctype html><body>{HEARD}{script(places)}"
    page.goto(f"{places.extranet}/moi")
    frame = framed(page)
    send(frame, "Le radiateur du salon est froid")
    page.wait_for_function("window.heard.some(([name]) => name === 'sent')")
    sent = page.evaluate("window.heard.filter(([name]) => name === 'sent')")
    assert sent == [["sent", {"reference": frame.inner_text(".reference")}]]
    with page.context.expect_page() as opened:
        frame.click("text=Ouvrir ma page de suivi")
    opened.value.wait_for_load_state()
    assert "/suivi/" in opened.value.url
    assert "cadre" not in opened.value.url
    assert opened.value.evaluate("window.opener") is None


def test_a_signed_tenant_has_nothing_to_retype_and_no_address_holds_the_token(
    page: Page, places: Places, world: World
) -> None:
    with places.app.app_context():
        secret = share_secret(places.app, world.first, places.ports)
    token = sign(secret, claims_of(world.first, places.ports))
    places.pages["moi"] = f"<!doctype html><body>{HEARD}{script(places, f'data-jeton={token}')}"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{places.extranet}/moi")
    frame = framed(page)
    assert "arrivee=" in frame.url
    assert not any(token in url for url in asked)
    assert page.query_selector("script[data-jeton]") is None
    assert page.query_selector("input[name=jeton]") is None


def test_the_frame_speaks_the_language_of_the_page(page: Page, places: Places) -> None:
    places.pages["moi"] = f"<!doctype html><body>{script(places, 'data-langue=ar')}"
    page.goto(f"{places.extranet}/moi")
    assert framed(page).get_attribute("html", "dir") == "rtl"


def test_a_plain_frame_works_without_any_script(browser: Browser, places: Places) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    places.pages["moi"] = f'<!doctype html><iframe src="{places.seve}/amont/?cadre=1" title="x"></iframe>'
    page.goto(f"{places.extranet}/moi")
    frame = page.frame_locator("iframe")
    frame.locator("#text").wait_for()
    context.close()


def test_a_script_in_the_head_of_the_page_shows_the_form_too(page: Page, places: Places) -> None:
    places.pages["moi"] = f"<!doctype html><head>{script(places)}</head><body><h1>Mon espace</h1></body>"
    page.goto(f"{places.extranet}/moi")
    framed(page)
    assert page.eval_on_selector("iframe", "frame => document.body.contains(frame)")


@pytest.mark.parametrize("address", ["/amont/?cadre=1", "/amont/", "/", "/aval/?cadre=1"])
def test_a_stranger_cannot_frame_any_page(page: Page, places: Places, address: str) -> None:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "frame-ancestors" in said.text else None)
    places.pages["piege"] = f'<!doctype html>{HEARD}<iframe src="{places.seve}{address}"></iframe>'
    page.goto(f"{places.stranger}/piege")
    page.wait_for_load_state("networkidle")
    assert refused
    assert page.evaluate("window.said") == []


def test_a_stranger_around_the_members_page_cannot_frame_it_either(page: Page, places: Places) -> None:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "frame-ancestors" in said.text else None)
    places.pages["moi"] = f'<!doctype html><iframe src="{places.seve}/amont/?cadre=1"></iframe>'
    places.pages["piege"] = f'<!doctype html><iframe src="{places.extranet}/moi"></iframe>'
    page.goto(f"{places.stranger}/piege")
    page.wait_for_load_state("networkidle")
    assert refused


def test_a_strangers_script_gets_the_link_and_no_form(page: Page, places: Places) -> None:
    places.pages["piege"] = f"<!doctype html><body>{HEARD}{script(places)}"
    page.goto(f"{places.stranger}/piege")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="Écrire à mon bailleur dans un nouvel onglet")).to_be_visible()
    assert page.evaluate("window.heard") == []
    assert page.evaluate("window.said") == []


def test_our_page_tells_a_stranger_nothing_even_where_the_browser_lets_it_be_framed(page: Page, places: Places) -> None:
    def without_policy(route: Route) -> None:
        answer = route.fetch()
        kept = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
        route.fulfill(response=answer, headers=kept)

    page.route("**/amont/?cadre=1", without_policy)
    places.pages["piege"] = f'<!doctype html><body>{HEARD}<iframe src="{places.seve}/amont/?cadre=1"></iframe>'
    page.goto(f"{places.stranger}/piege")
    framed(page)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.said") == []
    # The same page in the same way, where it may speak: what is heard there shows that nothing else kept it silent.
    page.goto(f"{places.extranet}/piege")
    page.wait_for_function("window.said.length > 0")


def test_the_script_believes_nobody_but_our_own_frame(page: Page, places: Places) -> None:
    liar = "parent.postMessage({source: 'seve', type: 'sent', reference: 'FAUX'}, '*')"
    places.pages["menteur"] = f"<!doctype html><script>{liar}</script>"
    places.pages["moi"] = (
        f"<!doctype html><body>{HEARD}{script(places)}<iframe id=autre src='{places.stranger}/menteur'></iframe>"
    )
    page.goto(f"{places.extranet}/moi")
    framed(page)
    page.wait_for_function("window.said.some((said) => said.reference === 'FAUX')")
    page.evaluate("window.postMessage({source: 'seve', type: 'sent', reference: 'FAUX'}, '*')")
    page.wait_for_function("window.said.filter((said) => said.reference === 'FAUX').length === 2")
    assert page.evaluate("window.heard.filter(([name]) => name === 'sent')") == []


def test_two_taps_on_the_extranets_button_lead_to_one_form(page: Page, places: Places, world: World) -> None:
    with places.app.app_context():
        secret = share_secret(places.app, world.first, places.ports)
    token = sign(secret, claims_of(world.first, places.ports))
    places.pages["moi"] = (
        f'<!doctype html><form method="post" action="{places.seve}/amont/arrivee">'
        f'<input type="hidden" name="jeton" value="{token}"><button>Écrire à mon bailleur</button></form>'
    )
    page.goto(f"{places.extranet}/moi")
    page.dblclick("button")
    page.wait_for_url("**/amont/?arrivee=*")
    first = page.url
    page.goto(f"{places.extranet}/moi")
    page.click("button")
    page.wait_for_url("**/amont/?arrivee=*")
    assert page.url == first


@pytest.mark.parametrize("width", [390, 1280])
def test_these_pages_can_be_used_by_everybody(page: Page, places: Places, world: World, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    body = {"text": "Il y a une odeur de gaz", "dwelling": {"reference": world.first.collective}}
    sent = places.app.test_client().post("/api/v1/complaints", json=body, headers=world.first.bearer).json
    tracking = str(sent["tracking_url"]).removeprefix(places.seve)
    for path in (
        "/amont/?cadre=1",
        f"{tracking}?cadre=amont&nouveau=1",
        "/amont/arrivee?cadre=1&jeton=faux",
        "/amont/essai",
        "/integration",
        "/integration/amont",
        "/api/docs",
    ):
        page.goto(f"{places.seve}{path}")
        assert judge(page).violations == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert page.locator("h1").count() == 1, path
        assert nameless(page) == [], path

"""A real browser on a real server: Debian's Chromium, or the one of CHROMIUM; skipped in one line without any."""

import gc
import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from tests.browser.states import Scene
from tests.world import PASSWORD, World

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
QUIET = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Sit = Callable[[str], Page]


def chromium() -> str | None:
    """Return the path of a Chromium, if there is one."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip these tests where there is no browser, unless it is required."""
    if chromium() or os.environ.get("SEVE_REQUIRE_BROWSER"):
        return
    skip = pytest.mark.skip(reason="no Chromium: apt-get install chromium, or set CHROMIUM")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for the session."""
    path = chromium()
    assert path, "a browser is required here: install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the test's application, served for a browser."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    gc.collect()  # a file dropped half sent is found here, not in the middle of another test


@pytest.fixture
def scene(app: Flask, world: World, ports: Ports, clock: SetClock, browser: Browser, address: str) -> Iterator[Scene]:
    """A telephone in front of the test's application: it raises no script error and breaks no security policy."""
    context = browser.new_context(viewport=PHONE, locale="fr-FR")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(15_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
    yield Scene(app, world, ports, clock, page, address)
    page.wait_for_load_state("networkidle")  # what is being sent is not cut off
    context.close()
    assert wrong == []


@pytest.fixture
def sit(browser: Browser, address: str) -> Iterator[Sit]:
    """Return what seats somebody at a screen of their own, in front of the open complaints."""
    contexts, wrong = [], []

    def _sit(email: str) -> Page:
        context = browser.new_context(viewport=DESK, locale="fr-FR")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{address}/equipe/")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("#selection")
        return page

    yield _sit
    for context in contexts:
        context.close()
    assert wrong == []

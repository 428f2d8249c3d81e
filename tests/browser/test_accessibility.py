"""Every state of every tenant page, held against WCAG 2.2 AA as far as a program can; `make accessibility` keeps it.

ACCESSIBILITY_REPORT names the file in which the results are written for the accessibility statement.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from service.cli.sentences import sentences
from service.journey.languages import Source
from tests.browser.looking import (
    NARROW,
    Judged,
    headings_skip,
    inline_code,
    judge,
    nameless,
    small_targets,
    tree_of,
    walk,
)
from tests.browser.states import STATES, Scene, State

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    # A browser leaves when it likes: the server of these tests then drops a file it was sending, which is no fault.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

RIGHT_TO_LEFT = "en arabe"


@dataclass
class Report:
    """What the whole run found."""

    browser: str
    axe: str = ""
    rules: set[str] = field(default_factory=set)
    pages: list[str] = field(default_factory=list)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    titles: dict[str, str] = field(default_factory=dict)  # title -> the page that has it

    def add(self, state: State, judged: Judged) -> None:
        self.axe = judged.version
        self.rules |= judged.rules
        self.pages.append(state.name)
        self.faults.update({(rule["id"], rule["help"]) for rule in judged.violations})

    def as_json(self) -> str:
        faults = [
            {"rule": rule, "about": about, "pages": pages} for (rule, about), pages in sorted(self.faults.items())
        ]
        content = {
            "checked_on": datetime.now(UTC).date().isoformat(),
            "axe": self.axe,
            "browser": f"Chromium {self.browser}",
            "rules": len(self.rules),
            "pages": self.pages,
            "faults": faults,
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


@pytest.fixture(scope="module")
def report(browser: Browser) -> Iterator[Report]:
    """The results of this run, written to a file when one is named."""
    found = Report(browser.version)
    yield found
    path = os.environ.get("ACCESSIBILITY_REPORT")
    if path and len(found.pages) == len(STATES):
        Path(path).write_text(found.as_json(), encoding="utf-8")


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    """Every sentence that a catalogue can translate."""
    return frozenset(sentence.one for sentence in sentences())


@pytest.fixture(autouse=True)
def _asked(known: frozenset[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no page say a sentence that those who translate were never given."""
    asked: set[str] = set()

    def gettext(_self: Source, message: str) -> str:
        asked.add(message)
        return message

    monkeypatch.setattr(Source, "gettext", gettext)
    yield
    assert asked - known == set()


@pytest.mark.parametrize("state", STATES, ids=[state.name for state in STATES])
def test_a_state_is_accessible(scene: Scene, state: State, report: Report) -> None:
    state.reach(scene)
    page = scene.page
    assert inline_code(page.content()) == []
    judged = judge(page)
    report.add(state, judged)
    assert [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in judged.violations] == []
    check_the_tree(page, state)
    check_the_titles(page, report)
    assert nameless(page) == []
    assert small_targets(page) == []
    check_the_keyboard(page, state)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert tree_of(page)["sideways"] <= 0, "enlarged to 400 %, it scrolls sideways"


def check_the_tree(page: Page, state: State) -> None:
    tree = tree_of(page)
    assert not headings_skip(tree["levels"]), tree["levels"]
    assert tree["dir"] == ("rtl" if RIGHT_TO_LEFT in state.name else "ltr")
    assert tree["lang"] == tag_of(state)
    assert tree["sideways"] <= 0
    assert tree["grabs"] == 0, "only an error may take the focus"


def check_the_titles(page: Page, report: Report) -> None:
    """Two pages never have the same title; an error has that of its kind, wherever it happens."""
    title = page.title()
    assert title.strip()
    if page.locator("body.tenant").count():
        assert report.titles.setdefault(title, page_of(page.url)) == page_of(page.url), "two pages have one title"


def check_the_keyboard(page: Page, state: State) -> None:
    way = walk(page)
    assert not way.is_trapped, way.stops[-1]
    assert [stop["html"] for stop in way.stops if not stop["shown"]] == [], "nothing shows where the keyboard is"
    assert [stop["html"] for stop in way.stops if not stop["seen"]] == [], "the keyboard is out of sight"
    if state.sends:
        assert any(stop["sends"] for stop in way.stops)


def test_the_table_of_states_names_each_once() -> None:
    names = [state.name for state in STATES]
    assert len(names) == len(set(names))


def tag_of(state: State) -> str:
    return next((tag for words, tag in (("en arabe", "ar"), ("en ukrainien", "uk")) if words in state.name), "fr")


def page_of(url: str) -> str:
    """Return the page of an address, whatever complaint or query it is about."""
    path = re.sub(r"^https?://[^/]+", "", url).partition("?")[0]
    return re.sub(r"/(suivi|envoi)/[\w-]{8,}", r"/\1/…", path).rstrip("/")

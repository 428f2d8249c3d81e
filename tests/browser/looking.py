"""What is looked for on a page: as a program that reads it aloud, a thumb, a keyboard, an enlarged screen."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ADVICE = ("best-practice",)
# What is well is judged too, not told element by element.
OPTIONS = {"runOnly": {"type": "tag", "values": [*WCAG, *ADVICE]}, "resultTypes": ["violations"]}
THUMB = 44  # pixels a button or a field is high at the least, on a telephone
NARROW = {"width": 320, "height": 640}  # 1280 pixels enlarged to 400 %
MOST_STOPS = 300  # of a keyboard on one page
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)

_TREE = """() => {
  const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")]
    .filter(title => title.getClientRects().length).map(title => Number(title.tagName[1]));
  return {
    title: document.title, lang: document.documentElement.lang, dir: document.documentElement.dir, levels,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    grabs: [...document.querySelectorAll("[autofocus]")].filter(one => one.getAttribute("role") !== "alert").length,
  };
}"""
_SMALL = """least => [...document.querySelectorAll(
    "button, .button, summary, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox]), .choice")]
  .filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 0 && box.right > 0 && box.left < innerWidth && box.height < least - 0.5;
  }).map(one => one.outerHTML.slice(0, 120))"""
_STOP = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) { return null; }
  if (!one.dataset.stop) { one.dataset.stop = String(1 + document.querySelectorAll("[data-stop]").length); }
  const drawn = [one, one.closest(".choice"), one.closest("label")].filter(Boolean).map(part => getComputedStyle(part));
  const box = one.getBoundingClientRect();
  return {
    stop: one.dataset.stop, html: one.outerHTML.replace(/ data-stop="\\d+"/, "").slice(0, 120),
    shown: drawn.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    sends: one.matches("main button, main .button, main input[type=submit], main a[href]"),
  };
}"""


@dataclass
class Judged:
    """What axe-core said of one page."""

    violations: list[dict[str, Any]] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)
    version: str = ""


def judge(page: Page) -> Judged:
    """Hold a page against the rules of axe-core: all of WCAG 2.2 A and AA, and its own advice apart."""
    found = Axe().run(page, options=OPTIONS).response
    judged = Judged(version=found["testEngine"]["version"])
    for kind in ("passes", "violations", "incomplete"):
        judged.rules |= {rule["id"] for rule in found[kind] if is_required(rule)}
    for rule in found["violations"]:
        if is_required(rule):
            judged.violations.append(rule)
        else:
            judged.advice.append(f"{rule['id']} : {rule['nodes'][0]['html'][:120]}")
    return judged


def is_required(rule: dict[str, Any]) -> bool:
    return bool(set(WCAG) & set(rule["tags"]))


def tree_of(page: Page) -> dict[str, Any]:
    """Return the title, language, direction and headings of a page, and how far it scrolls sideways."""
    found: dict[str, Any] = page.evaluate(_TREE)
    return found


def headings_skip(levels: list[int]) -> bool:
    """Say whether the headings begin elsewhere than at 1, have more than one 1, or go down two levels at once."""
    return levels[:1] != [1] or levels.count(1) != 1 or any(after - before > 1 for before, after in pairwise(levels))


def small_targets(page: Page) -> list[str]:
    """Return the buttons, fields and choices that are too low for a thumb."""
    found: list[str] = page.evaluate(_SMALL, THUMB)
    return found


def nameless(page: Page) -> list[str]:
    """Return the roles of what a keyboard reaches and a screen reader has no name for."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        node["role"]["value"]
        for node in nodes
        if not node.get("ignored") and _can_focus(node) and not node.get("name", {}).get("value", "").strip()
        if node["role"]["value"] not in {"RootWebArea", "main", "generic", "group", "alert", "Section"}
    ]


def _can_focus(node: dict[str, Any]) -> bool:
    return any(one["name"] == "focusable" and one["value"]["value"] for one in node.get("properties", ()))


def inline_code(html: str) -> list[str]:
    """Return what a strict security policy would refuse."""
    return INLINE.findall(html)


@dataclass
class Walk:
    """One way through a page by the Tab key alone."""

    stops: list[dict[str, Any]]
    is_trapped: bool


def walk(page: Page) -> Walk:
    """Press Tab until the page is left, from its very beginning."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    page.evaluate("window.getSelection().removeAllRanges(); window.scrollTo(0, 0)")
    stops: list[dict[str, Any]] = []
    met: set[str] = set()
    while len(stops) < MOST_STOPS:
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None or stop["stop"] in met:
            return Walk(stops, is_trapped=stop is not None and stop["stop"] != stops[0]["stop"])
        met.add(stop["stop"])
        stops.append(stop)
    return Walk(stops, is_trapped=True)

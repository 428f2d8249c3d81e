"""How soon a tenant sees a page: on this machine, and on a slow 3G as Chromium plays it."""

import os
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.live import Live, live

VISITS = 5  # each with an empty cache
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}  # ms, bytes a second
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
_SEEN = """() => {
  const [visit] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {seen: paint ? paint.startTime : NaN, ready: visit.domContentLoadedEventEnd,
          bytes: visit.transferSize + files.reduce((sum, file) => sum + file.transferSize, 0)};
}"""


def bench(model: Path) -> None:
    """Print, for each page, its bytes and the median time of its first view."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, live(Path(folder), model) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        print(f"{'':<28}{'kB':>8}{'here (ms)':>12}{'slow 3G (ms)':>14}{'ready (ms)':>12}")
        for name, address in _pages(running).items():
            here = [_visit(browser, address, FAST) for _ in range(VISITS)]
            slow = [_visit(browser, address, SLOW) for _ in range(VISITS)]
            seen = statistics.median(visit["seen"] for visit in here)
            slowly = statistics.median(visit["seen"] for visit in slow)
            ready = statistics.median(visit["ready"] for visit in slow)
            print(f"{name:<28}{slow[0]['bytes'] / 1000:>8.1f}{seen:>12.0f}{slowly:>14.0f}{ready:>12.0f}")
        browser.close()


def _pages(running: Live) -> dict[str, str]:
    member = running.world.first
    body = {"text": "Le radiateur du salon reste froid", "dwelling": {"reference": member.collective}}
    _, answer = running.post("/api/v1/complaints", body, member.bearer)
    base = f"http://127.0.0.1:{running.port}"
    return {
        "home": f"{base}/",
        "form": f"{base}/{member.slug}/",
        "form, in Arabic": f"{base}/{member.slug}/?langue=ar",
        "tracking": str(answer["tracking_url"]),
        "help": f"{base}/{member.slug}/aide",
    }


def _visit(browser: Browser, address: str, network: dict[str, object]) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", network)
    page.goto(address, wait_until="networkidle")
    found: dict[str, float] = page.evaluate(_SEEN)
    context.close()
    return found

"""What each page weighs on the wire the first time it is opened, photos aside."""

from typing import Any

import pytest

from tests.browser.states import STATES, Scene, State

pytestmark = [
    pytest.mark.services,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

MOST = 60_000  # bytes


class Wire:
    """The bytes that came over the wire for the page in front, headers included, photos left out."""

    def __init__(self, scene: Scene) -> None:
        self.files: dict[str, tuple[str, str]] = {}  # request -> kind, address
        self.bytes: dict[str, int] = {}
        self.session = scene.page.context.new_cdp_session(scene.page)
        self.session.on("Network.responseReceived", self._answered)
        self.session.on("Network.loadingFinished", self._finished)
        self.session.send("Network.enable")
        self.session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _answered(self, event: dict[str, Any]) -> None:
        self.files[event["requestId"]] = event["type"], event["response"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = event["encodedDataLength"]

    def of_the_page(self) -> dict[str, int]:
        return {
            address: self.bytes.get(request, 0)
            for request, (kind, address) in self.files.items()
            if kind != "Image" or address.endswith(".svg")
        }


@pytest.mark.parametrize("state", STATES, ids=[state.name for state in STATES])
def test_a_page_is_light(scene: Scene, state: State) -> None:
    state.reach(scene)
    scene.page.wait_for_load_state("networkidle")
    wire = Wire(scene)
    response = scene.page.goto(scene.page.url)
    scene.page.wait_for_load_state("networkidle")
    assert response
    found = wire.of_the_page()
    assert sum(found.values()) <= MOST, found
    assert any(address.partition("?")[0].endswith(".css") for address in found), "the style sheets are counted"
    assert all(size for size in found.values()), found

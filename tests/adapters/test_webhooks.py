import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks.webhooks import Webhook

from service.adapters.webhooks import HttpCaller
from service.journey.parcels import Call
from service.journey.ports import OutsideFailed

SECRET = "whsec_c2V2ZS1zZWNyZXQtcG91ci1sZXMtdGVzdHM="


class Member(ThreadingHTTPServer):
    """A member's own system: answers as its path says and keeps what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Member)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        status = int(self.path.removeprefix("/"))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{self.server.url}/200")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def member() -> Iterator[Member]:
    with Member() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def call(url: str) -> Call:
    return Call("delivery-1", url, (SECRET,), json.dumps({"type": "complaint.routed"}), datetime.now(UTC))


def test_the_member_can_verify_what_it_receives(member: Member) -> None:
    HttpCaller().call(call(f"{member.url}/200"))
    ((headers, body),) = member.received
    lower = {name.lower(): value for name, value in headers.items()}
    assert Webhook(SECRET).verify(body, lower) == {"type": "complaint.routed"}
    assert lower["webhook-id"] == "delivery-1"


@pytest.mark.parametrize("status", [302, 400, 401, 404, 500, 503])
def test_anything_but_a_success_has_failed(member: Member, status: int) -> None:
    with pytest.raises(OutsideFailed, match=str(status)):
        HttpCaller().call(call(f"{member.url}/{status}"))
    assert len(member.received) == 1  # a redirection is not followed


def test_a_system_that_is_away_has_failed() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(OutsideFailed):
        HttpCaller().call(call(f"http://127.0.0.1:{port}/"))


def test_only_http_addresses_are_called() -> None:
    with pytest.raises(OutsideFailed, match="not http"):
        HttpCaller().call(call("file:///etc/passwd"))

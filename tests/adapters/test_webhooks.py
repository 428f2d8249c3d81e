import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from service.adapters.outgoing import Outgoing
from service.adapters.webhooks import HttpCaller, RememberingCaller
from service.journey.parcels import Call
from service.journey.ports import OutsideFailed

SECRET = "whsec_c2V2ZS1zZWNyZXQtcG91ci1sZXMtdGVzdHM="
NEWER = "whsec_dW4tYXV0cmUtc2VjcmV0LXBvdXItbGVzLXRlc3Rz"
STRANGER = "whsec_bmkgbCd1biBuaSBsJ2F1dHJlIGRlcyBkZXV4"


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
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(int(self.path.removeprefix("/")))
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


def call(url: str, *secrets: str) -> Call:
    body = json.dumps({"type": "complaint.routed", "data": {"reference": "K7M4-AXH2"}})
    return Call("delivery-1", url, secrets or (SECRET,), body, datetime.now(UTC))


def caller() -> HttpCaller:
    return HttpCaller(Outgoing(("127.0.0.0/8",), deadline=3))


def test_the_member_verifies_what_it_receives_with_the_published_library(member: Member) -> None:
    caller().call(call(f"{member.url}/200"))
    ((headers, body),) = member.received
    assert Webhook(SECRET).verify(body, headers)["type"] == "complaint.routed"
    assert headers["webhook-id"] == headers["idempotency-key"] == "delivery-1"
    assert headers["content-type"] == "application/json"


def test_while_a_secret_is_changed_either_verifies_and_no_other(member: Member) -> None:
    caller().call(call(f"{member.url}/200", NEWER, SECRET))
    ((headers, body),) = member.received
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, NEWER):
        assert Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(STRANGER).verify(body, headers)


def test_one_changed_byte_is_noticed(member: Member) -> None:
    caller().call(call(f"{member.url}/200"))
    ((headers, body),) = member.received
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"routed", b"closed"), headers)


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 410, 429, 500, 503])
def test_anything_but_a_success_has_failed(member: Member, status: int) -> None:
    with pytest.raises(OutsideFailed, match=f"webhook answered {status}"):
        caller().call(call(f"{member.url}/{status}"))
    assert len(member.received) == 1


def test_the_machines_own_network_is_not_called_unless_allowed(member: Member) -> None:
    with pytest.raises(OutsideFailed, match="address not public"):
        HttpCaller(Outgoing()).call(call(f"{member.url}/200"))
    assert member.received == []


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é"])
def test_a_secret_that_is_not_one_has_failed_without_being_shown(member: Member, secret: str) -> None:
    with pytest.raises(OutsideFailed, match="seal broken"):
        caller().call(call(f"{member.url}/200", SECRET, secret))
    assert member.received == []


def test_the_twin_fails_when_told_to() -> None:
    twin = RememberingCaller()
    twin.call(call("https://si.example"))
    twin.is_down = True
    with pytest.raises(OutsideFailed):
        twin.call(call("https://si.example"))
    assert len(twin.calls) == 1

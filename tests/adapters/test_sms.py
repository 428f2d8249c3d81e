"""Both twins keep the same contract; the real one against a real HTTP server."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from service.adapters import sms as adapter
from service.adapters.sms import FolderSms, HttpSms
from service.journey.parcels import Sms
from service.journey.ports import OutsideFailed, SmsGateway

MESSAGE = Sms("key-1", "06 39 98 01 02", "DANGER signalé, Amiens. Demande K7M4-AXH2.")


class Gateway:
    """A gateway that remembers what it was sent, and answers as it is told."""

    def __init__(self) -> None:
        self.status, self.headers, self.posts = 202, {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posts.append((self.path, dict(self.headers), json.loads(body)))
                if outer.status == 0:
                    self.connection.close()
                    return
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep the tests' output for the tests."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    found = Gateway()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture(params=["http", "folder"])
def twin(request: pytest.FixtureRequest, gateway: Gateway, tmp_path: Path) -> SmsGateway:
    return HttpSms(f"http://{gateway.address}/sms") if request.param == "http" else FolderSms(tmp_path / "sms")


def test_a_twin_takes_a_message_and_the_same_one_again(twin: SmsGateway) -> None:
    twin.send(MESSAGE)
    twin.send(MESSAGE)


@pytest.mark.parametrize("broken", ["http", "folder"])
def test_a_twin_says_that_it_failed_without_a_word_of_the_message(
    broken: str, gateway: Gateway, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    gateway.status = 503
    twin: SmsGateway = (
        HttpSms(f"http://{gateway.address}/") if broken == "http" else FolderSms(tmp_path / "file" / "in")
    )
    with pytest.raises(OutsideFailed) as failure:
        twin.send(MESSAGE)
    assert "K7M4" not in str(failure.value)
    assert MESSAGE.to not in str(failure.value)


def test_the_gateway_is_posted_json_with_a_token_and_a_key(gateway: Gateway) -> None:
    HttpSms(f"http://token:s%40cret@{gateway.address}/v1/sms").send(MESSAGE)
    path, headers, body = gateway.posts[0]
    assert path == "/v1/sms"
    assert body == {"to": MESSAGE.to, "text": MESSAGE.text, "key": "key-1"}
    assert headers["Authorization"] == "Bearer s@cret"
    assert headers["Idempotency-Key"] == "key-1"
    assert headers["Content-Type"] == "application/json"


def test_a_gateway_without_a_token_is_sent_none(gateway: Gateway) -> None:
    HttpSms(f"http://{gateway.address}/").send(MESSAGE)
    assert "Authorization" not in gateway.posts[0][1]


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_any_other_answer_is_a_failure(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with pytest.raises(OutsideFailed, match=str(status)):
        HttpSms(f"http://{gateway.address}/").send(MESSAGE)


def test_a_redirection_is_not_followed(gateway: Gateway) -> None:
    gateway.status, gateway.headers = 302, {"Location": f"http://{gateway.address}/elsewhere"}
    with pytest.raises(OutsideFailed, match="302"):
        HttpSms(f"http://{gateway.address}/").send(MESSAGE)
    assert len(gateway.posts) == 1


def test_a_line_that_breaks_is_a_failure(gateway: Gateway) -> None:
    gateway.status = 0
    with pytest.raises(OutsideFailed):
        HttpSms(f"http://{gateway.address}/").send(MESSAGE)


def test_a_gateway_that_hangs_is_a_failure(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "TIMEOUT", 0.2)
    hold = threading.Event()
    gateway.posts = _Slow(hold)
    with pytest.raises(OutsideFailed, match="in time"):
        HttpSms(f"http://{gateway.address}/").send(MESSAGE)
    hold.set()


class _Slow(list):  # type: ignore[type-arg]
    """Holds whoever adds to it until it is told to let go."""

    def __init__(self, hold: threading.Event) -> None:
        super().__init__()
        self.hold = hold

    def append(self, _: object) -> None:
        self.hold.wait(5)


def test_an_address_that_is_no_gateway_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="https"):
        HttpSms("ftp://sms.example/")


def test_the_folder_keeps_one_file_for_each_message(tmp_path: Path) -> None:
    folder = FolderSms(tmp_path)
    folder.send(MESSAGE)
    folder.send(MESSAGE)
    files = list(tmp_path.glob("*.json"))
    assert [json.loads(file.read_text(encoding="utf-8")) for file in files] == [
        {"to": MESSAGE.to, "text": MESSAGE.text}
    ]


def test_no_proxy_of_the_environment_reads_the_message_or_the_token(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Gateway()
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://{proxy.address}/")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    HttpSms(f"http://token:secret@{gateway.address}/sms").send(MESSAGE)
    proxy.server.shutdown()
    proxy.server.server_close()
    assert proxy.posts == []
    assert len(gateway.posts) == 1


def test_a_gateway_that_answers_drop_by_drop_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "TIMEOUT", 0.4)
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        line, _ = listening.accept()
        with line, suppress(OSError):
            line.sendall(b"HTTP/1.1 202 Accepted\r\n")
            for _ in range(40):
                line.sendall(b"X: y\r\n")
                if stop.wait(0.1):
                    return
            line.sendall(b"Content-Length: 0\r\n\r\n")

    threading.Thread(target=drip, daemon=True).start()
    with pytest.raises(OutsideFailed):
        HttpSms(f"http://127.0.0.1:{listening.getsockname()[1]}/").send(MESSAGE)
    stop.set()
    listening.close()

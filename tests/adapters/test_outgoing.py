"""Endpoints that hang, trickle, redirect, close half-way or send without end, over real sockets."""

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.adapters.outgoing import MAX_BODY, Answer, NoAnswer, Outgoing
from service.journey.ports import OutsideFailed

HERE = ("127.0.0.0/8",)
Behaviour = Callable[[socket.socket, threading.Event], None]


class Machine:
    """Listens, keeps what it was asked, and behaves as it is told."""

    def __init__(self, behave: Behaviour) -> None:
        self.asked: list[bytes] = []
        self._behave = behave
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):
                if asked := read_request(line):
                    self.asked.append(asked)
                    self._behave(line, self._over)

    def stop(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


def read_request(line: socket.socket) -> bytes:
    """Read the headers and as much of a body as they announce, or until the other side closes."""
    data = b""
    while more := line.recv(4096):
        data += more
        head, found, body = data.partition(b"\r\n\r\n")
        announced = [word.split(b":")[1] for word in head.split(b"\r\n") if word.lower().startswith(b"content-length")]
        if found and len(body) >= sum(map(int, announced)):
            break
    return data


@pytest.fixture
def machine() -> Iterator[Callable[[Behaviour], Machine]]:
    machines: list[Machine] = []

    def make(behave: Behaviour) -> Machine:
        machines.append(Machine(behave))
        return machines[-1]

    yield make
    for one in machines:
        one.stop()


def saying(answer: bytes) -> Behaviour:
    return lambda line, _: line.sendall(answer)


def hanging(_line: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def trickling(start: bytes) -> Behaviour:
    """Send one byte at a time, each well within any time-out of a single reading."""

    def behave(line: socket.socket, over: threading.Event) -> None:
        line.sendall(start)
        while not over.wait(0.05):
            line.sendall(b"x")

    return behave


def endless(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.is_set():
        line.sendall(b"x" * 65536)


def test_what_is_posted_arrives_whole_and_the_answer_comes_back(machine: Callable[[Behaviour], Machine]) -> None:
    there = machine(saying(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"))
    answer = Outgoing(HERE).post(f"{there.url}a?b=c", b"corps", {"X-Sign": "un"})
    assert answer == Answer(201, b"ok")
    assert answer.is_success
    (asked,) = there.asked
    assert asked.startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert asked.endswith(b"\r\n\r\ncorps")
    assert b"X-Sign: un" in asked
    assert f"Host: 127.0.0.1:{there.port}".encode() in asked


def test_a_question_is_asked(machine: Callable[[Behaviour], Machine]) -> None:
    there = machine(saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
    assert Outgoing(HERE).get(there.url) == Answer(200, b"{}")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_not_followed(machine: Callable[[Behaviour], Machine], status: int) -> None:
    second = machine(saying(b"HTTP/1.1 200 OK\r\n\r\n"))
    first = machine(saying(f"HTTP/1.1 {status} Moved\r\nLocation: {second.url}\r\nContent-Length: 0\r\n\r\n".encode()))
    answer = Outgoing(HERE).post(first.url, b"")
    assert (answer.status, answer.is_success) == (status, False)
    assert second.asked == []


@pytest.mark.parametrize(
    "behave",
    [
        hanging,
        trickling(b""),
        trickling(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
        trickling(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n"),
    ],
    ids=["hangs", "trickles from the start", "slow headers", "slow body", "slow chunk"],
)
def test_whoever_takes_longer_than_the_deadline_is_left(
    machine: Callable[[Behaviour], Machine], behave: Behaviour
) -> None:
    there = machine(behave)
    with pytest.raises(NoAnswer, match="in time"):
        Outgoing(HERE, deadline=0.5).post(there.url, b"{}")


def test_whoever_does_not_read_what_is_sent_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(OutsideFailed, match="in time"):
        Outgoing(HERE, deadline=0.5).post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", b"x" * 50_000_000)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf",
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
    ],
)
def test_whoever_closes_half_way_or_speaks_nonsense_has_failed(
    machine: Callable[[Behaviour], Machine], answer: bytes
) -> None:
    there = machine(saying(answer))
    with pytest.raises(NoAnswer) as failure:
        Outgoing(HERE).post(there.url, b"{}")
    assert "half" not in str(failure.value).replace("half-way", "")  # the reason, and nothing of what was read


def test_a_huge_body_is_read_up_to_a_bound_and_left(machine: Callable[[Behaviour], Machine]) -> None:
    answer = Outgoing(HERE).post(machine(endless).url, b"{}")
    assert (answer.status, len(answer.body)) == (200, MAX_BODY)


def test_headers_without_end_are_left(machine: Callable[[Behaviour], Machine]) -> None:
    for start in (b"HTTP/1.1 100 Continue\r\n\r\n" * 20000, b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 80000):
        with pytest.raises(OutsideFailed):
            Outgoing(HERE).post(machine(saying(start)).url, b"{}")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "0.0.0.0", "0",  # noqa: S104  Called, not listened at.
         "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1",
        "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "169.254.169.254", "10.0.0.1", "[fe80::1]",
    ],
)  # fmt: skip
def test_our_own_network_is_not_called_however_it_is_written(
    machine: Callable[[Behaviour], Machine], host: str
) -> None:
    there = machine(saying(b"HTTP/1.1 200 OK\r\n\r\n"))
    with pytest.raises(OutsideFailed, match=r"address not public|not reached"):
        Outgoing(deadline=2).post(f"http://{host}:{there.port}/", b"{}")
    assert there.asked == []


def test_a_name_is_looked_up_once_and_what_was_checked_is_what_is_called(
    machine: Callable[[Behaviour], Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers otherwise the second time leads nowhere: nobody asks a second time."""
    there = machine(saying(b"HTTP/1.1 200 OK\r\n\r\n"))
    asked = []

    def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("service.adapters.outgoing.socket.getaddrinfo", look_up)
    assert Outgoing(HERE).post(f"http://si.example:{there.port}/", b"").status == 200
    assert asked == ["si.example"]
    assert b"Host: si.example" in there.asked[0]


def test_one_address_of_ours_among_public_ones_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr("service.adapters.outgoing.socket.getaddrinfo", lambda *_, **__: found)
    with pytest.raises(OutsideFailed, match="address not public"):
        Outgoing().post("http://si.example/", b"")


def test_a_look_up_that_takes_too_long_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr("service.adapters.outgoing.socket.getaddrinfo", lambda *_, **__: over.wait(30) and [])
    with pytest.raises(OutsideFailed, match="in time"):
        Outgoing(deadline=0.3).post("http://si.example/", b"")
    over.set()


def test_a_name_nobody_has_and_an_address_nobody_listens_at_have_failed() -> None:
    with pytest.raises(OutsideFailed, match="not reached"):
        Outgoing(HERE).post("http://personne.invalid/", b"")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(OutsideFailed, match="not reached"):
        Outgoing(HERE).post(f"http://127.0.0.1:{port}/", b"")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://nom:secret@127.0.0.1/", "http:///", "http://[::1"])
def test_an_address_that_is_not_one_is_refused(url: str) -> None:
    with pytest.raises(OutsideFailed, match=r"^address ") as refused:
        Outgoing(HERE).post(url, b"")
    assert "secret" not in str(refused.value)


def test_a_header_cannot_be_smuggled_in(machine: Callable[[Behaviour], Machine]) -> None:
    there = machine(saying(b"HTTP/1.1 200 OK\r\n\r\n"))
    with pytest.raises(OutsideFailed):
        Outgoing(HERE).post(there.url, b"", {"X-Sign": "un\r\nX-Autre: deux"})
    assert there.asked == []


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            with line, contextlib.suppress(OSError):
                context.wrap_socket(line, server_side=True).close()

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(OutsideFailed, match="SSLCertVerificationError"):
            Outgoing(HERE).post(f"https://127.0.0.1:{listening.getsockname()[1]}/", b"{}")
        thread.join()

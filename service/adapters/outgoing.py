"""The one way out over HTTP: never to our own network, never longer than the deadline, never more than it may read.

Everything that calls an address somebody typed goes through `Outgoing`: webhooks, Open311.
"""

import contextlib
import io
import queue
import socket
import ssl
import string
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote

from service.domain.endpoints import Destination, may_call, read_destination
from service.domain.errors import BadInput
from service.journey.ports import OutsideFailed

DEADLINE = 10.0  # seconds for everything: looking up, connecting, sending, reading
MAX_BODY = 64 * 1024  # bytes of the answer that are read; the rest is left where it is
MAX_RAW = 256 * 1024  # bytes read in all, headers and what stands around the body
NAME = "Seve"
Info = tuple[socket.AddressFamily, tuple[Any, ...]]


class NoAnswer(OutsideFailed):
    """The request had left: whether it was taken is not known."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever the status: a redirection is not followed. `body` is cut at MAX_BODY bytes."""

    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004  The statuses of success.


class Outgoing:
    """Calls public addresses, and those of our own networks that the settings allow. Threads may share it."""

    def __init__(self, allowed: Sequence[str] = (), deadline: float = DEADLINE) -> None:
        self._allowed = tuple(allowed)
        self._deadline = deadline

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """The authorities of this machine, read once and only where https is called."""
        return ssl.create_default_context()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer, or raise OutsideFailed with a reason and no content."""
        return self._ask("GET", url, None, headers or {})

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer, or raise OutsideFailed; NoAnswer when the body had left."""
        return self._ask("POST", url, body, headers or {})

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        until = time.monotonic() + self._deadline
        try:
            where = read_destination(url)
        except BadInput as refusal:
            raise OutsideFailed(f"address {refusal.code}") from None
        with _named("not reached"):
            line = _connect(self._addresses(where, until), until)
            if where.scheme == "https":
                line.settimeout(_left(until))
                line = self._trust.wrap_socket(line, server_hostname=where.host)  # closes it if they do not agree
        with contextlib.closing(line), _named("no answer", NoAnswer):
            return _exchange(_Line(line, until), where, method, body, headers)

    def _addresses(self, where: Destination, until: float) -> list[Info]:
        """Look the name up once: what is checked here is what is connected to, whatever the name says a second later.

        Whatever way of writing an address the system understands (octal, one number) is resolved before it is judged.
        """
        found = _in_time(lambda: socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM), until)
        addresses = [(family, address) for family, _, _, _, address in found]
        if not addresses or not all(may_call(str(address[0]), self._allowed) for _, address in addresses):
            raise OutsideFailed("address not public")
        return addresses


@contextlib.contextmanager
def _named(what: str, kind: type[OutsideFailed] = OutsideFailed) -> Iterator[None]:
    """Say of whatever the network does wrong that it failed, and how, without a word of what was read."""
    try:
        yield
    except OutsideFailed:
        raise
    except TimeoutError:
        raise kind(f"{what} in time") from None
    except (OSError, HTTPException, ValueError) as failure:
        raise kind(f"{what}: {type(failure).__name__}") from None


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _in_time(look_up: Callable[[], list[Any]], until: float) -> list[Any]:
    """Return what a call without a deadline of its own gives, unless it takes too long; then it is left to itself."""
    given: queue.Queue[list[Any] | OSError | ValueError] = queue.Queue(1)

    def run() -> None:
        try:
            given.put(look_up())
        except (OSError, ValueError) as failure:
            given.put(failure)

    threading.Thread(target=run, daemon=True).start()
    try:
        found = given.get(timeout=_left(until))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found


def _connect(addresses: list[Info], until: float) -> socket.socket:
    """Connect to the first address that answers; each has its share of the time that is left."""
    refused: OSError = OSError("no address")
    for number, (family, address) in enumerate(addresses):
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(_left(until) / (len(addresses) - number))
            line.connect(address)
        except OSError as failure:
            line.close()
            refused = failure
        else:
            return line
    raise refused


class _Line:
    """A socket as http.client wants it, of which every sending and reading knows how much time is left."""

    def __init__(self, line: socket.socket, until: float) -> None:
        self._line = line
        self._until = until

    def sendall(self, data: bytes) -> None:
        """Send everything, however slowly the other side takes it, but not beyond the deadline."""
        rest = memoryview(data)
        while rest:
            self._line.settimeout(_left(self._until))
            rest = rest[self._line.send(rest) :]

    def makefile(self, *_args: object) -> io.BufferedReader:
        """Return what is read from."""
        return _Lines(_Reading(self._line, self._until))

    def close(self) -> None:
        """Leave the socket open: http.client closes before the answer is read whole; who opened it closes it."""


class _Lines(io.BufferedReader):
    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line; http.client would take the end of the connection for the end of the headers."""
        line = super().readline(size)
        if not line.endswith(b"\n"):
            raise NoAnswer("no answer: closed half-way")
        return line


class _Reading(io.RawIOBase):
    def __init__(self, line: socket.socket, until: float) -> None:
        super().__init__()
        self._line = line
        self._until = until
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there; whoever sends without end is left."""
        self._line.settimeout(_left(self._until))
        count = self._line.recv_into(buffer)
        self._read += count
        if self._read > MAX_RAW:
            raise OutsideFailed("answer too long")
        return count


def _exchange(line: _Line, where: Destination, method: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    connection = HTTPConnection(where.host)
    connection.sock = line
    own = {"Host": where.host_header, "User-Agent": NAME, "Connection": "close"}
    connection.request(method, quote(where.target, safe=string.punctuation), body, {**own, **headers})
    answer = connection.getresponse()
    content = answer.read(MAX_BODY)
    if len(content) < MAX_BODY and answer.length:
        raise NoAnswer("no answer: closed half-way")
    return Answer(answer.status, content)

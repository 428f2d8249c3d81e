"""Ports of the loopback, remembered so that a second start finds the same ones."""

import secrets
import socket
from collections.abc import Iterator

from service.embedded.errors import EmbeddedError
from service.embedded.record import Record

# From 32768 on, Linux lends ports to outgoing connections: a server may find its own taken.
FIRST, LAST = 20000, 32767
TRIALS = 50


def is_free(port: int) -> bool:
    """Whether a server could listen on that port of the loopback now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_port(record: Record, name: str) -> int:
    """Return the port remembered under `name` if it is free, else a new one, remembered in turn."""
    for port in _candidates(record, name):
        if is_free(port):
            record.write({name: str(port)})
            return port
    raise EmbeddedError(f"Aucun port libre entre {FIRST} et {LAST} : fermez des programmes, puis relancez.")


def _candidates(record: Record, name: str) -> Iterator[int]:
    known = record.read().get(name, "")
    if known.isdecimal() and FIRST <= int(known) <= LAST:
        yield int(known)
    for _ in range(TRIALS):
        yield FIRST + secrets.randbelow(LAST - FIRST + 1)

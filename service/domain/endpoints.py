"""Where we may call, and when an endpoint that fails is left alone for a while."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from service.domain.errors import BadInput

SCHEMES = {"http": 80, "https": 443}
HIGHEST_PORT = 65535
# Addresses of IPv6 that carry one of IPv4 in their last four bytes, and lead there where a gateway translates.
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"))
# Not all are known as such to every Python we run on.
NEVER_PUBLIC = tuple(
    ip_network(block)
    for block in ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2001::/23",
                  "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10")
)  # fmt: skip
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Destination:
    """An address to call, taken apart. `host` is as written, `target` what follows it."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        """The host as the request names it."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == SCHEMES[self.scheme] else f"{name}:{self.port}"


def read_destination(url: str) -> Destination:
    """Return the parts of an address we may call.

    Raises
    ------
    BadInput
        `not_http`, `has_password` (a name or password stands in it) or `not_an_address`.

    """
    if not url.lower().startswith(tuple(f"{scheme}://" for scheme in SCHEMES)):
        raise BadInput("not_http", "address")
    try:
        parts = urlsplit(url)
        port = SCHEMES[parts.scheme] if parts.port is None else parts.port
        host = parts.hostname or ""
        if ":" not in host:  # A name in another script is looked up, and sent, in its encoded form.
            host = host.encode("idna").decode("ascii")
    except ValueError as error:
        raise BadInput("not_an_address", "address") from error
    if "@" in parts.netloc:
        raise BadInput("has_password", "address")
    if not host or not 0 < port <= HIGHEST_PORT or any(sign <= " " or sign == "\\" for sign in url):
        raise BadInput("not_an_address", "address")
    return Destination(parts.scheme, host, port, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")


def may_call(address: str, allowed: Iterable[str]) -> bool:
    """Say whether a resolved address is public, or stands in one of the networks of ours that are allowed."""
    real = _carried(ip_address(address.partition("%")[0]))
    if any(real in ip_network(network, strict=False) for network in allowed):
        return True
    if real.is_multicast or any(real in block for block in NEVER_PUBLIC):
        return False
    return real.is_global


def _carried(address: Address) -> Address:
    """Return the IPv4 address that one of IPv6 leads to."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    # `::` and `::1` are themselves: nothing is carried in them.
    if int(address) > 1 and any(address in network for network in TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


# The circuit breaker: an endpoint that fails is left alone for a while, then tried once.
OPENS_AFTER = 3  # failures in a row
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)
JITTER = 0.2  # so much of a pause may be cut off by chance
SLOW = timedelta(seconds=2)
MOST_AT_ONCE = 4  # calls to one endpoint
PARKED = timedelta(minutes=3)  # what waits for an endpoint looks again then, should nothing wake it before
SPREAD = 90  # seconds over which those that wait are spread


@dataclass(frozen=True)
class Health:
    """How an endpoint does: failures in a row, until when it is left alone, whether its last call was slow."""

    failures: int = 0
    open_until: datetime | None = None
    is_slow: bool = False

    @property
    def at_once(self) -> int:
        """How many calls it may have at the same time: one, as long as it is not known to do well."""
        return 1 if self.failures or self.is_slow else MOST_AT_ONCE

    def is_open(self, now: datetime) -> bool:
        """Say whether it is left alone."""
        return self.open_until is not None and now < self.open_until


class Admission(StrEnum):
    """Whether one more call may be made."""

    GO = "go"
    BUSY = "busy"
    LEFT_ALONE = "left_alone"


def admit(health: Health, calls: int, now: datetime) -> Admission:
    """Say whether an endpoint that has so many calls on their way may be given one more."""
    if health.is_open(now):
        return Admission.LEFT_ALONE
    return Admission.GO if calls < health.at_once else Admission.BUSY


def after_success(took: timedelta) -> Health:
    """Return how an endpoint does that took what it was brought."""
    return Health(is_slow=took > SLOW)


def after_failure(health: Health, took: timedelta, now: datetime, chance: float) -> Health:
    """Return how an endpoint does that failed; `chance` is from 0 to 1.

    Calls that had left before it was left alone tell nothing new: together they open it once.
    """
    if health.is_open(now):
        return Health(health.failures, health.open_until, took > SLOW)
    failures = health.failures + 1
    if failures < OPENS_AFTER:
        return Health(failures, None, took > SLOW)
    doubled = min(failures - OPENS_AFTER, 10)  # a bound for the power, far beyond the longest pause
    pause = min(FIRST_PAUSE * 2**doubled, LONGEST_PAUSE)
    return Health(failures, now + pause * (1 - JITTER * chance), took > SLOW)


KINDS = ("webhook", "open311", "folder")
WITHOUT_WORDS = ("webhook",)  # is told of a complaint by its reference; the others may be given the tenant's words
FOLDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")  # the name of a drop folder


def check_endpoint(kind: str, address: str) -> None:
    """Refuse a kind that does not exist, and an address that could never be called.

    Raises
    ------
    BadInput
        With the field `kind` or `address`.

    """
    if kind not in KINDS:
        raise BadInput("unknown_value", "kind")
    if kind != "folder":
        read_destination(address)
    elif not FOLDER.fullmatch(address):
        raise BadInput("not_a_folder", "address")


def without_query(address: str) -> str:
    """Return an address as it may be shown and written down: what follows a question mark may be a secret."""
    return address.partition("?")[0]

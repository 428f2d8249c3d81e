"""Counting what is tried too often. Held in the memory of one process: forgotten when it restarts."""

import threading
from collections.abc import Hashable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

_MOST_KEYS = 10_000  # remembered; the one left alone the longest makes room
_ONE_HOME = 64  # bits: whoever has one IPv6 address has all those that share these


class Attempts:
    """Allows each key so many attempts in a window of time."""

    def __init__(self, allowed: int, window: timedelta) -> None:
        self.allowed = allowed
        self.window = window
        self._taken: dict[Hashable, list[datetime]] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable, now: datetime) -> bool:
        """Take one attempt; False when none is left. Taken before it is judged, many sent at once are counted too."""
        with self._lock:
            recent = self._recent(key, now)
            self._taken.pop(key, None)
            is_left = len(recent) < self.allowed
            self._taken[key] = [*recent, now] if is_left else recent
            if len(self._taken) > _MOST_KEYS:
                del self._taken[next(iter(self._taken))]
            return is_left

    def is_left(self, key: Hashable, now: datetime) -> bool:
        """Say whether an attempt is left, without taking it."""
        with self._lock:
            return len(self._recent(key, now)) < self.allowed

    def give_back(self, key: Hashable) -> None:
        """Give the last attempt back: it was a good one, and says nothing of the others."""
        with self._lock:
            if taken := self._taken.get(key):
                taken.pop()

    def forget(self, key: Hashable) -> None:
        """Give all attempts back."""
        with self._lock:
            self._taken.pop(key, None)

    def _recent(self, key: Hashable, now: datetime) -> list[datetime]:
        return [at for at in self._taken.get(key, []) if at > now - self.window]


def sender(remote_address: str | None) -> str:
    """Return whom to count for the address a request came from: one home has more IPv6 addresses than one can count."""
    try:
        address = ip_address(remote_address or "")
    except ValueError:
        return remote_address or ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Network((int(address), _ONE_HOME), strict=False))
    return str(address)

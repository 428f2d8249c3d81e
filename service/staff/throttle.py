"""Slowing down whoever guesses passwords. Held in the memory of one process: small, and forgotten when it restarts."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

ALLOWED = 5  # failures
WINDOW = timedelta(minutes=15)
_MOST = 10_000  # keys remembered; the oldest makes room

Key = tuple[str, str]  # the address signed in with, and the one it was sent from


class Throttle:
    """Counts the recent failures of each key."""

    def __init__(self) -> None:
        self._failures: OrderedDict[Key, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def is_closed(self, key: Key, now: datetime) -> bool:
        """Say whether this key failed too often lately."""
        with self._lock:
            return len([at for at in self._failures.get(key, ()) if at > now - WINDOW]) >= ALLOWED

    def note_failure(self, key: Key, now: datetime) -> None:
        """Remember one more failure."""
        with self._lock:
            recent = [at for at in self._failures.pop(key, []) if at > now - WINDOW]
            self._failures[key] = [*recent, now]
            if len(self._failures) > _MOST:
                self._failures.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Start again at nothing, after a success."""
        with self._lock:
            self._failures.pop(key, None)

"""Making whoever guesses passwords wait. Held in the memory of one process: forgotten when it restarts."""

import threading
from datetime import datetime, timedelta

ALLOWED = 5  # attempts
WINDOW = timedelta(minutes=15)
_MOST = 10_000  # keys remembered; the one left alone the longest makes room

Key = tuple[str, str]  # the address signed in with, and the one it was sent from


class Attempts:
    """Counts the recent attempts of each key before they are judged, so that many sent at once are counted too."""

    def __init__(self) -> None:
        self._taken: dict[Key, list[datetime]] = {}
        self._lock = threading.Lock()

    def take(self, key: Key, now: datetime) -> bool:
        """Take one attempt; False when none is left for now."""
        with self._lock:
            recent = [at for at in self._taken.pop(key, []) if at > now - WINDOW]
            is_left = len(recent) < ALLOWED
            self._taken[key] = [*recent, now] if is_left else recent
            if len(self._taken) > _MOST:
                del self._taken[next(iter(self._taken))]
            return is_left

    def forget(self, key: Key) -> None:
        """Give all attempts back, after a success."""
        with self._lock:
            self._taken.pop(key, None)

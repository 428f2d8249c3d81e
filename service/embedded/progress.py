"""Steps told on the terminal: a moving line where there is one, plain lines elsewhere."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

BETWEEN_DRAWINGS = 0.1  # Seconds.
TURNING = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
CLEAR_LINE = "\r\x1b[2K"


class Progress:
    """Tells which step is under way, since when, and how long it took."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._moves = stream.isatty()

    def say(self, line: str) -> None:
        """Write one line."""
        print(line, file=self._stream, flush=True)

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Tell of a step from its first instant to its end, good or bad."""
        began = time.monotonic()
        over = threading.Event()
        drawing = threading.Thread(target=self._draw, args=(label, began, over), daemon=True)
        if self._moves:
            drawing.start()
        else:
            self.say(f"  … {label}")
        mark = "✗"
        try:
            yield
            mark = "✓"
        finally:
            over.set()
            if self._moves:
                drawing.join()
            self.say(f"{CLEAR_LINE if self._moves else ''}  {mark} {label} ({_seconds(began)})")

    def _draw(self, label: str, began: float, over: threading.Event) -> None:
        turn = 0
        while not over.wait(BETWEEN_DRAWINGS):
            turn += 1
            line = f"{CLEAR_LINE}  {TURNING[turn % len(TURNING)]} {label} ({_seconds(began)})"
            print(line, end="", file=self._stream, flush=True)


def _seconds(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s".replace(".", ",")

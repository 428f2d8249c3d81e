"""Steps told on the terminal: a moving line where there is one, plain lines elsewhere."""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
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
        self._write(line + "\n")

    @contextlib.contextmanager
    def step(self, label: str, detail: Callable[[], str] = str) -> Iterator[None]:
        """Tell of a step from its first instant to its end, good or bad; `detail` says how far it is."""
        began = time.monotonic()
        over = threading.Event()
        drawing = threading.Thread(target=self._draw, args=(label, detail, began, over), daemon=True)
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

    def _draw(self, label: str, detail: Callable[[], str], began: float, over: threading.Event) -> None:
        turn = 0
        while not over.wait(BETWEEN_DRAWINGS):
            turn += 1
            line = f"  {TURNING[turn % len(TURNING)]} {label} ({_seconds(began)}) {detail()}"
            # A line that wraps could not be drawn over.
            self._write(CLEAR_LINE + line[: shutil.get_terminal_size().columns - 1])

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # A terminal that was closed is no reason to stop in disorder.
            print(text, end="", file=self._stream, flush=True)


def _seconds(began: float) -> str:
    return f"{time.monotonic() - began:.1f} s".replace(".", ",")

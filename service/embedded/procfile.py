"""The lines of the Procfile, each kept running."""

import contextlib
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from string import Template

from service.embedded.errors import EmbeddedError
from service.embedded.process import Command, set_aside, spawn, stop

LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")
ALARMING = re.compile(r'\b(ERROR|CRITICAL|Traceback)\b|"level": ?"(error|critical)"')
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # Seconds between an end and a new start.
LONG_ENOUGH = 60.0  # A program that lived that long starts again with the first pause.
MOST_LINES = 3  # Of one program, at one look: the rest is in its journal.
PATIENCE_TO_STOP = 15.0  # Seconds.


def read_procfile(path: Path, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Return each program's name and arguments, `$NAMES` replaced from the environment.

    Raises
    ------
    EmbeddedError
        the file is missing or one of its lines cannot be read.

    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise EmbeddedError(f"{path} manque : récupérez le dépôt en entier.") from error
    programs = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.fullmatch(line.strip())
        if found is None:
            raise EmbeddedError(f"{path}, ligne {number} : on attend « nom: commande ».")
        programs[found["name"]] = expand(shlex.split(found["command"]), environment)
    return programs


def expand(words: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """Replace the `$NAMES` in each word; an unknown one stays as it is."""
    return [Template(word).safe_substitute(environment) for word in words]


class Program:
    """One program started, watched, and started again when it ends by itself."""

    def __init__(self, name: str, command: Command, log: Path, say: Callable[[str], None]) -> None:
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self._command = command
        self.log = log
        self._say = say
        self.ends = 0
        self._read = 0
        self._pause = FIRST_PAUSE
        self._started = self._due = 0.0

    def start(self, now: float) -> None:
        """Start it; its journal of before is set aside once it is long."""
        set_aside(self.log)
        self._read = self.log.stat().st_size if self.log.exists() else 0
        self._started = now
        self.process = spawn(self._command, self.log, death_signal=signal.SIGTERM)

    def look(self, now: float) -> None:
        """Tell of new errors, and start the program again after a pause if it ended."""
        self._tell()
        if self.process is not None and self.process.poll() is not None:
            if now - self._started > LONG_ENOUGH:
                self._pause = FIRST_PAUSE
            self._say(
                f"{self.name} s'est arrêté ({_ending(self.process.returncode)}) ; "
                f"nouveau départ dans {self._pause:.0f} s. Son journal : {self.log}"
            )
            self.process = None
            self.ends += 1
            self._due = now + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        elif self.process is None and now >= self._due:
            self.start(now)

    def _tell(self) -> None:
        if not self.log.exists():
            return
        with self.log.open("rb") as log:
            log.seek(self._read)
            new, _, _ = log.read().rpartition(b"\n")
        self._read += len(new)
        alarming = [line for line in new.decode(errors="replace").splitlines() if ALARMING.search(line)]
        for line in alarming[:MOST_LINES]:
            self._say(f"{self.name} | {line}")
        if len(alarming) > MOST_LINES:
            self._say(f"{self.name} | … la suite dans {self.log}")


@contextlib.contextmanager
def kept_running(programs: Sequence[Program], say: Callable[[str], None]) -> Iterator[None]:
    """Start every program, and at the end ask all of them to stop before waiting for any."""
    try:
        for program in programs:
            program.start(time.monotonic())
        yield
    finally:
        say("Arrêt en cours…")
        processes = [program.process for program in programs if program.process]
        for process in processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE_TO_STOP
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            stop(process, signal.SIGKILL, 1)


def _ending(code: int) -> str:
    return f"code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"

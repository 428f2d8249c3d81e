"""What the embedded PostgreSQL and Redis have in common: one folder, one hold, one port, one child."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from service.embedded.errors import EmbeddedError
from service.embedded.ports import choose_port
from service.embedded.process import set_aside, stop
from service.embedded.record import Hold, Record

TRIALS = 5
PATIENCE_TO_ANSWER = 120.0  # Seconds: recovery after a crash may read a long journal.
PATIENCE_TO_STOP = 30.0
BETWEEN_LOOKS = 0.03


class EmbeddedServer(ABC):
    """A real server of ours in `directory`, for as long as the `with` block lasts.

    Attributes:
        port: the TCP port on 127.0.0.1, known once started.
        pid: the process, known once started.

    """

    name: str
    short_name: str

    def __init__(self, directory: Path, data: Path) -> None:
        self.directory = directory.resolve()
        self.data = data
        self.port = 0
        self._record = Record(self.directory / "ports.json")
        self._secrets = Record(self.directory / "secrets.json")
        self.log = self.directory / "log" / f"{self.short_name}.log"
        self._hold = Hold(
            self.data.with_name(f"{self.data.name}.lock"),
            f"un autre {self.name} embarqué se sert déjà de {self.data} : arrêtez-le, ou choisissez un autre dossier.",
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process to look at, or to kill in a test."""
        if self._process is None:
            raise EmbeddedError(f"{self.name} n'est pas démarré.")
        return self._process.pid

    def start(self) -> None:
        """Start, or start again after a crash, and return once the server answers.

        Raises
        ------
        EmbeddedError
            the folder is in use, a program is missing, or the server gave up; its reason is quoted.

        """
        for folder in (self.directory, self.log.parent):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        if not self._hold.is_held:
            self._hold.__enter__()
        set_aside(self.log)
        self.prepare()
        for _ in range(TRIALS):
            self.port = choose_port(self._record, self.short_name)
            said_before = self.log.stat().st_size if self.log.exists() else 0
            self._process = self.launch()
            if self._has_answered(self._process):
                break
            self._process = None
            reason = self._reason(said_before)
            if not any(passing in reason for passing in ("Address already in use", "still in use")):
                raise EmbeddedError(f"{self.name} s'est arrêté aussitôt ({reason}). Son journal : {self.log}")
            time.sleep(0.5)
        else:
            raise EmbeddedError(f"{self.name} n'a pas pu démarrer en {TRIALS} essais. Son journal : {self.log}")

    def stop(self) -> None:
        """Stop the server if it runs and let go of the folder."""
        if self._process is not None:
            self.end(self._process)
            self._process = None
        self._hold.release()

    @abstractmethod
    def prepare(self) -> None:
        """Make the folder ready; nothing of ours runs in it at this moment."""

    @abstractmethod
    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process on `self.port`."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether our own server, and no other, takes a command."""

    @abstractmethod
    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Stop the process in the server's own gentle way."""

    def _has_answered(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + PATIENCE_TO_ANSWER
        while process.poll() is None:
            if self.answers():
                return True
            if time.monotonic() > deadline:
                stop(process, signal.SIGTERM, 1)
                raise EmbeddedError(
                    f"{self.name} ne répond pas après {PATIENCE_TO_ANSWER:.0f} s. Son journal : {self.log}"
                )
            time.sleep(BETWEEN_LOOKS)
        return False

    def _reason(self, offset: int) -> str:
        with self.log.open("rb") as log:
            log.seek(offset)
            lines = log.read().decode(errors="replace").splitlines()
        telling = [line for line in lines if any(word in line for word in ("FATAL", "in use", "error", "Error"))]
        return " / ".join(telling[-2:] or lines[-1:]) or "sans rien dire"

"""Small facts kept between two starts, readable by their owner only: ports, passwords, a socket directory."""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from service.embedded.errors import EmbeddedError


class Record:
    """A JSON object in a private file, written whole or not at all."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, str]:
        """Return every fact, none when the file does not exist yet."""
        try:
            facts = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise EmbeddedError(f"{self.path} est illisible : supprimez ce fichier, il sera refait.") from error
        if not isinstance(facts, dict):
            raise EmbeddedError(f"{self.path} est illisible : supprimez ce fichier, il sera refait.")
        return {str(name): str(value) for name, value in facts.items()}

    def write(self, facts: Mapping[str, str]) -> None:
        """Keep facts beside the others."""
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(self.read() | dict(facts), file, indent=1)
        draft.replace(self.path)

    def secret(self, name: str) -> str:
        """Return the secret of that name, drawn at random the first time."""
        known = self.read().get(name)
        if known:
            return known
        drawn = secrets.token_urlsafe(32)
        self.write({name: drawn})
        return drawn


class Hold:
    """An exclusive hold on something, released by the kernel when the holder dies."""

    def __init__(self, path: Path, refusal: str) -> None:
        """Prepare to hold `path`, a lock file; `refusal` is said when another process holds it."""
        self.path = path
        self._refusal = refusal
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise EmbeddedError(self._refusal) from error
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Let go; harmless when nothing is held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def is_held(self) -> bool:
        """Whether this very object holds it."""
        return self._descriptor is not None

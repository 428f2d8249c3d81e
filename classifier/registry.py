"""The trained versions in one directory, and which of them is the champion, the one in use.

`champion.json` names it and those before it. It is replaced in one move, so that a reader sees the old name or the new
one; a running process looks at it again and again (see `Registry.stamp`).
"""

import contextlib
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier import artefact
from classifier.artefact import ModelDamaged, ModelMissing

POINTER = "champion.json"
LOCK = ".lock"
_MOST_REMEMBERED = 20


class NothingBefore(Exception):
    """There is no earlier champion to go back to."""


@dataclass(frozen=True)
class Registry:
    """The versions trained into a directory."""

    directory: Path

    def path(self, version: str) -> Path:
        """Return where a version is or would be."""
        return self.directory / version

    def versions(self) -> list[str]:
        """Return every trained version, the oldest first."""
        found = [path.parent for path in self.directory.glob(f"*/{artefact.MANIFEST}")]
        return [
            path.name for path in sorted(found, key=lambda path: ((path / artefact.MANIFEST).stat().st_mtime, path))
        ]

    def history(self) -> list[str]:
        """Return the champions, the present one first; empty before the first promotion; raise ModelDamaged."""
        try:
            told = json.loads((self.directory / POINTER).read_text(encoding="utf-8"))
            return [str(version) for version in told["champions"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelDamaged(f"{self.directory / POINTER} does not name a champion: promote a version") from error

    def champion(self) -> str:
        """Return the version in use; raise ModelMissing before the first promotion."""
        history = self.history()
        if not history:
            raise ModelMissing(f"no model is in use in {self.directory}: run python -m classifier train")
        return history[0]

    def stamp(self) -> tuple[int, int]:
        """Return what changes whenever the champion does; cheap enough to be asked for every message."""
        try:
            seen = (self.directory / POINTER).stat()
        except FileNotFoundError:
            return (0, 0)
        return (seen.st_mtime_ns, seen.st_ino)

    def is_sound(self, version: str) -> bool:
        """Say whether a version can be loaded."""
        try:
            artefact.read(self.path(version))
        except (ModelMissing, ModelDamaged):
            return False
        return True

    def has_champion(self) -> bool:
        """Say whether there is a champion that can be loaded."""
        try:
            return self.is_sound(self.champion())
        except (ModelMissing, ModelDamaged):
            return False

    def promote(self, version: str) -> None:
        """Make a version the champion; raise ModelMissing or ModelDamaged when it cannot be one."""
        artefact.read(self.path(version))
        with self._alone():
            history = self._known()
            if history[:1] != [version]:
                self._point([version, *history])

    def rollback(self) -> str:
        """Go back to the last champion before this one that can be loaded; return it, or raise NothingBefore."""
        with self._alone():
            history = self._known()
            for place, version in enumerate(history[1:], start=1):
                if self.is_sound(version):
                    self._point(history[place:])
                    return version
        raise NothingBefore(f"no champion that can be loaded came before in {self.directory}")

    def _known(self) -> list[str]:
        try:
            return self.history()
        except ModelDamaged:
            return []

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time change the champion."""
        if not self.directory.is_dir():
            raise ModelMissing(f"there is no version in {self.directory}: run python -m classifier train")
        with (self.directory / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _point(self, champions: list[str]) -> None:
        descriptor, name = tempfile.mkstemp(prefix=f".{POINTER}-", dir=self.directory)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"champions": champions[:_MOST_REMEMBERED]}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(self.directory / POINTER)

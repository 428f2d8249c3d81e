"""The trained versions in one directory, and which of them is the champion, the one in use.

`champion.json` names it and those before it. It is replaced in one move, so that a reader sees the old name or the new
one; a running process looks at it again and again (see `Registry.stamp`).
"""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from classifier import artefact
from classifier.artefact import ModelMissing

POINTER = "champion.json"
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
        """Return the champions, the present one first; empty before the first promotion."""
        try:
            told = json.loads((self.directory / POINTER).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        return [str(version) for version in told["champions"]]

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

    def promote(self, version: str) -> None:
        """Make a version the champion; raise ModelMissing or ModelDamaged when it cannot be one."""
        artefact.read(self.path(version))
        history = self.history()
        if history[:1] != [version]:
            self._point([version, *history])

    def rollback(self) -> str:
        """Go back to the champion before this one and return its version; raise NothingBefore."""
        history = self.history()
        if len(history) < 2:  # noqa: PLR2004 - The present one and one before.
            raise NothingBefore(f"no champion came before in {self.directory}")
        artefact.read(self.path(history[1]))
        self._point(history[1:])
        return history[1]

    def _point(self, champions: list[str]) -> None:
        descriptor, name = tempfile.mkstemp(prefix=f".{POINTER}-", dir=self.directory)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"champions": champions[:_MOST_REMEMBERED]}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(self.directory / POINTER)

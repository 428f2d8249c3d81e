"""Published snapshots in files beside the database: what was drawn is not drawn again, even after a restoration."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from service.domain.snapshots import Snapshot, read_written, written


class FileArchive:
    """One file a month, one snapshot a line, written whole or not at all and never written over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, month: date) -> list[Snapshot]:
        """Return what was published with a month; nothing when it never was."""
        file = self._file(month)
        if not file.exists():
            return []
        return [read_written(line) for line in file.read_text(encoding="utf-8").splitlines()]

    def keep(self, month: date, snapshots: Sequence[Snapshot]) -> None:
        """Write what was published with a month, unless it is there already."""
        if self._file(month).exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._file(month).with_suffix(f".{os.getpid()}")
        with draft.open("w", encoding="utf-8") as file:
            file.writelines(f"{written(one)}\n" for one in snapshots)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._file(month))

    def _file(self, month: date) -> Path:
        return self._folder / f"{month:%Y-%m}.jsonl"

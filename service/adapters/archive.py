"""Published snapshots in files beside the database: what was drawn is not drawn again, even after a restoration.

Two files a month: the tables, for ever, and what households weighed in them, for as long as the yearly cap needs it.
The last line of a file is the digest of all others, so that a file that was cut or changed is seen.
"""

import hashlib
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from service.domain.release_order import ArchiveClosed, ArchiveDamaged
from service.domain.snapshots import Snapshot, Weight, read_written, written

_TABLES, _WEIGHTS = "jsonl", "weights"


class FileArchive:
    """Files written whole or not at all. Tables are never written over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def months(self) -> list[date]:
        """Return the months of which the tables are kept, in order."""
        return sorted(date.fromisoformat(f"{file.stem}-01") for file in self._folder.glob(f"????-??.{_TABLES}"))

    def read(self, month: date) -> list[Snapshot]:
        """Return what was published with a month; nothing when it never was."""
        file = self._file(month, _TABLES)
        lines = _read_whole(file) or []
        try:
            return [read_written(line) for line in lines]
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(file) from error

    def weights(self, month: date) -> list[Weight] | None:
        """Return what households weighed in a month's tables; None when that is not kept, or no longer."""
        lines = _read_whole(self._file(month, _WEIGHTS))
        return None if lines is None else [_read_weight(line) for line in lines]

    def keep(self, month: date, snapshots: Sequence[Snapshot], weights: Sequence[Weight]) -> None:
        """Write what was published with a month, unless its tables are there already."""
        if self._file(month, _TABLES).exists():
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # The tables last: a month whose tables are there is there whole.
            self._write_whole(self._file(month, _WEIGHTS), [_written_weight(one) for one in weights])
            self._write_whole(self._file(month, _TABLES), [written(one) for one in snapshots])
        except OSError as error:
            raise ArchiveClosed(
                f"L'archive des mois publiés ne peut pas être écrite ({error.strerror}) : rien n'est publié. Donnez "
                f"de la place et le droit d'écrire dans {self._folder} (RELEASES_DIR), puis recommencez."
            ) from error

    def forget_weights(self, before: date) -> None:
        """Remove what households weighed in months before one."""
        for file in self._folder.glob(f"????-??.{_WEIGHTS}"):
            if date.fromisoformat(f"{file.stem}-01") < before:
                file.unlink(missing_ok=True)

    def _file(self, month: date, kind: str) -> Path:
        return self._folder / f"{month:%Y-%m}.{kind}"

    def _write_whole(self, file: Path, lines: Sequence[str]) -> None:
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        content = "".join(f"{line}\n" for line in (*lines, _digest(lines)))
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        draft.rename(file)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # The name too must outlive a power cut.
        finally:
            os.close(folder)


def _read_whole(file: Path) -> list[str] | None:
    if not file.exists():
        return None
    try:
        *lines, last = file.read_text(encoding="utf-8").splitlines()
    except ValueError as error:
        raise _damaged(file) from error
    if last != _digest(lines):
        raise _damaged(file)
    return lines


def _damaged(file: Path) -> ArchiveDamaged:
    return ArchiveDamaged(
        f"{file} est coupé ou changé : remettez ce fichier depuis une sauvegarde. Ne l'effacez pas, un mois serait "
        "tiré deux fois."
    )


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _written_weight(one: Weight) -> str:
    return f"{one.member_id} {one.product} {one.period.isoformat()} {one.household.hex()} {one.cells}"


def _read_weight(line: str) -> Weight:
    member, product, period, household, cells = line.split(" ")
    return Weight(UUID(member), product, date.fromisoformat(period), bytes.fromhex(household), int(cells))

"""Files for old systems, put in a folder that the machine offers over SFTP."""

import os
from pathlib import Path

from service.journey.parcels import Drop
from service.journey.ports import OutsideFailed


class FolderDropBox:
    """Writes each file whole: whoever lists the folder never meets half of one."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, drop: Drop) -> None:
        """Write the file; the same file put again replaces itself."""
        folder = (self._directory / drop.folder).resolve()
        target = (folder / drop.name).resolve()
        if not target.is_relative_to(self._directory.resolve()) or target.parent != folder:
            raise OutsideFailed("drop outside of its folder")
        draft = folder / f".{drop.name}.{os.getpid()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                with draft.open("wb") as file:
                    file.write(drop.content)
                    file.flush()
                    os.fsync(file.fileno())  # a name must not outlive a power cut that its content did not
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as failure:
            raise OutsideFailed(f"drop {type(failure).__name__}") from failure

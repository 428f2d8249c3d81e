"""A private folder for a Unix socket, short enough for the kernel whatever the project's path."""

import os
import stat
import tempfile
from pathlib import Path

from service.embedded.identity import UNCHANGED, Identity
from service.embedded.record import Record

LONGEST_PARENT = 80  # Bytes; the kernel takes 107 with the name of the socket.
PRIVATE = 0o700


def choose_socket_folder(record: Record, identity: Identity) -> Path:
    """Return the folder of the last start when it is still there and ours, else a new one, remembered in turn."""
    known = record.read().get("socket_folder")
    if known and _is_private(Path(known), identity):
        return Path(known)
    parent = tempfile.gettempdir()
    if len(os.fsencode(parent)) > LONGEST_PARENT:
        parent = "/tmp"  # noqa: S108  # mkdtemp makes a private folder with an unforeseeable name in it.
    folder = Path(tempfile.mkdtemp(prefix="seve-", dir=parent))
    identity.own(folder)
    record.write({"socket_folder": str(folder)})
    return folder


def _is_private(folder: Path, identity: Identity) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    owner = os.geteuid() if identity.user == UNCHANGED else identity.user
    return stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == PRIVATE and found.st_uid == owner

"""Under whose name a server runs: PostgreSQL refuses to be root."""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.embedded.errors import EmbeddedError

UNCHANGED = -1
NOBODY = 65534
PROBE = 'cd "$1" && exec "$2" --version'


@dataclass(frozen=True)
class Identity:
    """A user and group to become, or a command that hides root behind a user namespace, or neither."""

    prefix: tuple[str, ...] = ()
    user: int = UNCHANGED
    group: int = UNCHANGED

    def own(self, *paths: Path) -> None:
        """Give paths, and all below them, to the user the server runs as."""
        user = os.geteuid() if self.user == UNCHANGED else self.user
        group = os.getegid() if self.group == UNCHANGED else self.group
        for path in paths:
            if os.geteuid() != 0 or path.stat().st_uid == user:
                continue
            for inner in path.rglob("*"):
                os.chown(inner, user, group, follow_symlinks=False)
            os.chown(path, user, group)


def choose_identity(program: Path, directory: Path) -> Identity:
    """Find a name under which `program` runs and reaches `directory`.

    A normal user stays who they are. Root becomes nobody; where nobody cannot reach the folder (a private home), root
    is shown as nobody inside a user namespace, and no permission of the folder is changed. So is a user number that has
    no name, as containers have, for initdb wants one.

    Raises
    ------
    EmbeddedError
        neither way works.

    """
    for identity in _candidates():
        if _can_run(identity, program, directory):
            return identity
    if os.geteuid() != 0:
        raise EmbeddedError(
            f"{program} ne se lance pas ici sous l'utilisateur numéro {os.geteuid()} : lancez Sève sous un utilisateur "
            f"qui a un nom et qui peut lire {directory}, ou donnez DATABASE_URL."
        )
    raise EmbeddedError(
        f"PostgreSQL refuse de tourner en root, et « nobody » n'atteint pas {directory} : "
        "lancez Sève sous un utilisateur normal, placez le dossier hors d'un répertoire privé, ou donnez DATABASE_URL."
    )


def _candidates() -> Iterator[Identity]:
    if os.geteuid() == 0:
        with contextlib.suppress(KeyError):
            nobody = pwd.getpwnam("nobody")
            yield Identity(user=nobody.pw_uid, group=nobody.pw_gid)
    elif _has_name(os.geteuid()):
        yield Identity()
    if _has_name(NOBODY):
        yield Identity(prefix=("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"))


def _has_name(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _can_run(identity: Identity, program: Path, directory: Path) -> bool:
    command = [*identity.prefix, "/bin/sh", "-c", PROBE, "sh", str(directory), str(program)]
    user = None if identity.user == UNCHANGED else identity.user
    group = None if identity.group == UNCHANGED else identity.group
    groups = None if identity.group == UNCHANGED else ()
    try:
        probe = subprocess.run(  # noqa: S603  # Our own program, in our own folder.
            command, capture_output=True, check=False, cwd="/", user=user, group=group, extra_groups=groups
        )
    except OSError:
        return False
    return probe.returncode == 0

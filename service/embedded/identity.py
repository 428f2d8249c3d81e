"""Under whose name a server runs: PostgreSQL refuses to be root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from service.embedded.errors import EmbeddedError

UNCHANGED = -1
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
    is shown as nobody inside a user namespace, and no permission of the folder is changed.

    Raises
    ------
    EmbeddedError
        neither way works.

    """
    if os.geteuid() != 0:
        return Identity()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedError(
            "PostgreSQL refuse de tourner en root et l'utilisateur « nobody » n'existe pas ici : "
            "lancez Sève sous un utilisateur normal, ou donnez DATABASE_URL."
        ) from error
    mapped = ("unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
    for identity in (Identity(user=nobody.pw_uid, group=nobody.pw_gid), Identity(prefix=mapped)):
        if _can_run(identity, program, directory):
            return identity
    raise EmbeddedError(
        f"PostgreSQL refuse de tourner en root, et « nobody » n'atteint pas {directory} : "
        "lancez Sève sous un utilisateur normal, placez le dossier hors d'un répertoire privé, ou donnez DATABASE_URL."
    )


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

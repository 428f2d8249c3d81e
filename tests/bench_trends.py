"""`make bench PART=trends`: what publishing costs, and what its figures are worth, on the standard synthetic network.

Two years are released through the real SQL, bounds, ledger and noise. Then the same bounded tables, which no one but a
bench of invented people may see, are given new noise again and again, and compared with the truth.
"""

import re
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from statistics import median

import click
from alembic import command
from flask import Flask
from sqlalchemy import create_engine, text

from service.adapters.assemble import assemble
from service.adapters.clock import SetClock
from service.app import create_app
from service.cli.database import alembic_config
from service.domain.periods import months_before
from service.domain.snapshots import Snapshot
from service.embedded.postgres import EmbeddedPostgres
from service.embedded.redis import EmbeddedRedis
from service.journey.ports import Ports
from service.journey.trends.press import Noise, Press
from service.journey.trends.snapshots import read_snapshots
from service.journey.trends.trends import release
from service.models.database import db
from service.press import make_press
from service.settings import Settings
from tests.standard_loading import READER, load
from tests.standard_network import Standard, imagine
from tests.trend_detection import detections
from tests.trend_estimates import delays_and_scores, small_products
from tests.trend_utility import Goal, Table, biases, drawn_again, errors, second_year

NOW = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)
HALF_A_MILLION = 20_834  # complaints a month
DRAWS = 10  # of the same bounded tables
RUNS = 7  # of the page
_MOST_SECONDS, _MOST_NOISE, _MOST_MEMORY, _MOST_PAGE = 120.0, 1.0, 1000.0, 300.0


@dataclass
class RecordingNoise:
    """The real noise, and the tables it was asked to hide: only for people who were invented."""

    real: Noise
    tables: list[list[int]] = field(default_factory=list)
    seconds: float = 0.0

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        """Draw, and keep the counts and the time it took."""
        self.tables.append(list(counts))
        start = time.perf_counter()
        drawn = self.real.draw(counts, sigma, cells, rho)
        self.seconds += time.perf_counter() - start
        return drawn


def bench(model: Path) -> None:
    """Release two years of the standard network, print every goal beside what was measured, and fail on a miss."""
    network = imagine()
    tables, goals, noise = measure(network, model)
    late = second_year(network, tables)
    draws = [drawn_again(late, noise) for _ in range(DRAWS)]
    goals += [*biases(network, late), *errors(network, draws), *delays_and_scores(network, draws)]
    goals += [*small_products(late, draws), *detections(network, tables, noise)]
    _say(goals)


def bench_large(model: Path) -> None:
    """Release two years of half a million complaints: what it costs, and how fast the page is."""
    _say(measure(imagine(a_month=HALF_A_MILLION), model)[1])


def _say(goals: Sequence[Goal]) -> None:
    print(f"{'':<72}{'goal':>12}{'measured':>12}")
    for goal in goals:
        print(f"{goal.name:<72}{goal.asked:>12}{goal.said:>12}  {'' if goal.is_reached else 'MISSED'}")
    missed = [goal.name for goal in goals if not goal.is_reached]
    if missed:
        sys.exit(f"{len(missed)} goals are missed: {'; '.join(missed)}")


def measure(network: Standard, model: Path) -> tuple[list[Table], list[Goal], Noise]:
    """Load a network into a database of its own and release it; return its tables, what they cost, and the noise."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "pg") as postgres, EmbeddedRedis(folder / "redis") as redis:
            settings = _settings(postgres, redis, folder, model)
            fill(settings, network)
            ports = Ports(**{**vars(assemble(settings)), "clock": SetClock(NOW)})
            app, press = create_app(settings, ports), make_press(settings)
            with app.app_context():
                tables, goals = release_all(network, ports, press)
            goals.append(Goal("the page of trends (ms)", _usual_page(app), _MOST_PAGE))
            with app.app_context():
                db.engine.dispose()
    return tables, goals, press.noise


def _usual_page(app: Flask) -> float:
    """Return the median of several waits for the page of trends, in milliseconds."""
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/reseau/connexion").text)
    assert token
    form = {"email": READER, "password": READER, "csrf_token": token[1]}
    assert client.post("/reseau/connexion", data=form).headers["Location"] == "/reseau/"
    waits = []
    for _ in range(RUNS):
        start = time.perf_counter()
        assert client.get("/reseau/").status_code == HTTPStatus.OK
        waits.append(time.perf_counter() - start)
    return 1000 * median(waits)


def _settings(postgres: EmbeddedPostgres, redis: EmbeddedRedis, folder: Path, model: Path) -> Settings:
    return Settings(
        database_url=postgres.app_url, database_owner_url=postgres.owner_url, redis_url=redis.url,
        secret_key="bench", base_url="http://localhost", smtp_url=None, mail_dir=folder / "mail",
        mail_from="Sève <ne-pas-repondre@seve.example>", model_dir=model, demo_file=folder / "demo.json",
        encryption_keys=("bench",), sms_dir=folder / "sms", drop_dir=folder / "drop",
        mail_in_dir=folder / "mail-in", releases_dir=folder / "releases",
    )  # fmt: skip


def fill(settings: Settings, network: Standard) -> None:
    """Migrate, and bring the network in."""
    command.upgrade(alembic_config(settings.database_owner_url), "head")
    engine = create_engine(settings.database_owner_url)
    start = time.perf_counter()
    with engine.begin() as connection:
        load(connection, network)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    engine.dispose()
    print(f"{len(network.messages.day)} complaints loaded in {time.perf_counter() - start:.0f} s", file=sys.stderr)


def release_all(network: Standard, ports: Ports, press: Press) -> tuple[list[Table], list[Goal]]:
    """Release every month; return the exact bounded tables beside what was published, and what it cost."""
    noise = RecordingNoise(press.noise)
    recording = replace(press, noise=noise)
    months = [months_before(network.start, -number) for number in range(network.months)]
    took: list[tuple[float, float]] = []
    with click.progressbar(months, label="Months released", file=sys.stderr) as bar:
        for month in bar:
            noise.seconds, start = 0.0, time.perf_counter()
            release(month, ports, recording)
            took.append((time.perf_counter() - start, noise.seconds))
    snapshots: list[Snapshot] = read_snapshots()
    seconds, drawing = (max(one) for one in zip(*took, strict=True))
    return list(zip(snapshots, noise.tables, strict=True)), [
        Goal("the longest release of a month (s)", seconds, _MOST_SECONDS),
        Goal("its noise (s)", drawing, _MOST_NOISE),
        Goal("memory of the release and of its PostgreSQL process (MB)", _memory(), _MOST_MEMORY),
    ]


def _memory() -> float:
    """Return the peak of this process and of the largest one PostgreSQL gave it, shared pages counted twice."""
    with db.engine.connect() as connection:
        pids = connection.scalars(text("select pid from pg_stat_activity where datname = current_database()")).all()
    peaks = [_peak(pid) for pid in pids]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000 + max(peaks)


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)

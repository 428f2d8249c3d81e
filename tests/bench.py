"""`make bench`: how long the steps of the straight line take, on real parts. The part `trends` alone judges."""

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from classifier.config import CORPUS, GOLD
from classifier.corpus import read_examples
from classifier.latency import MESSAGE
from classifier.model import load_champion
from classifier.registry import Registry
from classifier.training import Sources, train
from service.adapters.assemble import assemble
from service.app import create_app
from service.cli.database import alembic_config
from service.embedded.postgres import EmbeddedPostgres
from service.embedded.redis import EmbeddedRedis
from service.settings import ROOT, Settings
from tests import (
    bench_delivery,
    bench_inbox,
    bench_load,
    bench_pages,
    bench_patrimoine,
    bench_rules,
    bench_steering,
    bench_trends,
)
from tests.world import World, build_world

RUNS = 300
WORDS = "Bonjour, plus d'eau chaude depuis dimanche soir, on est quatre à la maison dont un bébé. Merci de faire vite."


def measure(name: str, action: Callable[[int], object]) -> None:
    """Print the median and the 99th percentile of an action, in milliseconds."""
    took = []
    for number in range(RUNS):
        start = time.perf_counter()
        action(number)
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    print(f"{name:<44} {statistics.median(took):8.1f} {took[int(RUNS * 0.99) - 1]:8.1f}")


def settings_of(postgres: EmbeddedPostgres, redis: EmbeddedRedis, folder: Path, model: Path) -> Settings:
    """Return settings on the given servers."""
    return Settings(
        database_url=postgres.app_url,
        database_owner_url=postgres.owner_url,
        redis_url=redis.url,
        secret_key="bench",
        base_url="http://localhost",
        smtp_url=None,
        mail_dir=folder / "mail",
        mail_from="Sève <ne-pas-repondre@seve.example>",
        model_dir=model,
        demo_file=folder / "demo.json",
        encryption_keys=("bench",),
        sms_dir=folder / "sms",
        drop_dir=folder / "drop",
        mail_in_dir=folder / "mail-in",
    )


def prepare(settings: Settings) -> World:
    """Migrate and write two small members."""
    command.upgrade(alembic_config(settings.database_owner_url), "head")
    engine = create_engine(settings.database_owner_url)
    with Session(engine, expire_on_commit=False) as session:
        world = build_world(session)
        session.commit()
    engine.dispose()
    return world


def bench_steps(model: Path) -> None:
    """Print how long the steps take within a request, on fresh servers, with the disk waited for as in production."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with EmbeddedPostgres(folder / "pg") as postgres, EmbeddedRedis(folder / "redis") as redis:
            settings = settings_of(postgres, redis, folder, model)
            world = prepare(settings)
            ports = assemble(settings)
            client = create_app(settings, ports).test_client()
            ports.text_model.read("bonjour")
            body = {"text": WORDS, "dwelling": {"reference": world.first.collective}}
            bearer = world.first.bearer
            made: list[str] = []
            print(f"{'milliseconds':<44} {'median':>8} {'p99':>8}")
            measure("the model reads 300 characters", lambda _: ports.text_model.read(MESSAGE))
            measure("the model reads 10,000 characters", lambda _: ports.text_model.read((WORDS + " ") * 85))
            measure(
                "a complaint is stored, sorted and routed",
                lambda _: made.append(client.post("/api/v1/complaints", json=body, headers=bearer).json["id"]),
            )
            measure(
                "a complaint is read with its timeline",
                lambda number: client.get(f"/api/v1/complaints/{made[number]}", headers=bearer),
            )
            measure("a page of complaints is listed", lambda _: client.get("/api/v1/complaints", headers=bearer))


def resident() -> int:
    """Return the memory this process holds, in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def bench_text_model(directory: Path) -> None:
    """Print what the text model weighs: throughput, training, size on disk and in memory."""
    texts = [example.text for example in read_examples(GOLD)]
    registry = Registry(directory)
    before = resident()
    start = time.perf_counter()
    model = load_champion(directory)
    print(f"{'the model is loaded (ms)':<44} {(time.perf_counter() - start) * 1000:8.0f}")
    start = time.perf_counter()
    for text in texts:
        model.predict(text)
    print(f"{'messages read in a second, one core':<44} {len(texts) / (time.perf_counter() - start):8.0f}")
    print(f"{'memory grown by it (MB)':<44} {(resident() - before) / 1e6:8.0f}")
    size = sum(path.stat().st_size for path in registry.path(registry.champion()).iterdir())
    print(f"{'artefact (MB)':<44} {size / 1e6:8.1f}")
    with tempfile.TemporaryDirectory() as name:
        start = time.perf_counter()
        train(Sources(CORPUS), Registry(Path(name)), lambda _: None, jobs=os.cpu_count() or 1)
    print(f"{'training (s)':<44} {time.perf_counter() - start:8.0f}")


def bench_lists(model: Path) -> None:
    """Print how fast lists of half a million complaints are: few of them open, then two in five."""
    for open_share in (0.04, 0.4):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with EmbeddedPostgres(folder / "pg") as postgres, EmbeddedRedis(folder / "redis") as redis:
                settings = settings_of(postgres, redis, folder, model)
                bench_inbox.bench(settings, postgres, prepare(settings), open_share)


PARTS: dict[str, Callable[[Path], None]] = {
    "text": bench_text_model,
    "steps": bench_steps,
    "addresses": lambda _: bench_patrimoine.main(),
    "rules": lambda _: bench_rules.bench(),
    "load": bench_load.bench,
    "inbox": bench_lists,
    "delivery": bench_delivery.bench,
    "pages": bench_pages.bench,
    "steering": bench_steering.bench,
    "trends": bench_trends.bench,
    "trends-large": bench_trends.bench_large,
}


def main() -> None:
    """Measure every part, or those named on the command line."""
    for name in sys.argv[1:] or PARTS:
        print(f"--- {name}")
        PARTS[name](ROOT / "var" / "model")


if __name__ == "__main__":
    main()

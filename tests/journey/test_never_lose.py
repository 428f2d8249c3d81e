"""200 complaints while workers are killed and Redis is emptied: each is delivered once in effect."""

import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import create_engine, text

from service.adapters.assemble import assemble
from service.adapters.queue import LANES
from service.app import create_app
from service.journey.transactions import member_transaction
from service.models.database import db
from service.settings import ROOT, Settings
from tests.work import add_webhook
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.timeout(420)]

COMPLAINTS = 200


@contextmanager
def process(command: str, settings: Settings, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run one process of the Procfile as the supervisor does."""
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "ENCRYPTION_KEYS": ",".join(settings.encryption_keys),
        "OUTGOING_ALLOWED": "127.0.0.0/8",
        "BASE_URL": settings.base_url,
        "MAIL_DIR": str(settings.mail_dir),
        "MODEL_DIR": str(settings.model_dir),
    }
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", *command.split()], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


class System(ThreadingHTTPServer):
    """A member's own system: takes its time, and keeps the identifier of each call."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, System)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(self.headers["webhook-id"])
        time.sleep(0.05)
        with suppress(OSError):  # the one who called may have been killed meanwhile
            self.send_response(204)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def system() -> Iterator[System]:
    with System() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def wait_for(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def numbers(settings: Settings, query: str) -> tuple[int, ...]:
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        row = connection.execute(text(query)).one()
    engine.dispose()
    return tuple(row)


@pytest.fixture
def live(settings: Settings, trained_model: Path) -> Iterator[tuple[Flask, Settings]]:
    """The application with the real queue, clock and model, as in production."""
    object.__setattr__(settings, "model_dir", trained_model)
    app = create_app(settings, assemble(settings))
    yield app, settings
    with app.app_context():
        db.engine.dispose()


def test_nothing_is_lost_and_nothing_is_delivered_twice(
    live: tuple[Flask, Settings], world: World, tmp_path: Path, system: System
) -> None:
    app, settings = live
    with app.app_context(), member_transaction(world.first.id) as session:
        add_webhook(session, world.first, app.extensions["seve"].ports, system.url)
    log = tmp_path / "processes.log"

    def submit(number: int) -> int:
        member = (world.first, world.second)[number % 2]
        body = {
            "text": f"Plus de chauffage dans la chambre depuis lundi, message {number}",
            "dwelling": {"reference": member.collective},
            "tenant": {"email": f"locataire{number}@poste.example"},
        }
        headers = member.bearer | {"Idempotency-Key": f"envoi-{number}"}
        return app.test_client().post("/api/v1/complaints", json=body, headers=headers).status_code

    def sent() -> int:
        return numbers(settings, "select count(*) from deliveries where status = 'sent'")[0]

    with Redis.from_url(settings.redis_url) as redis, ThreadPoolExecutor(4) as pool:
        redis.flushall()
        with ExitStack() as running:
            workers = [running.enter_context(process(f"service.worker {lane}", settings, log)) for lane in LANES]
            first = list(pool.map(submit, range(COMPLAINTS // 2)))
            wait_for(lambda: sent() > 5 and len(system.received) > 5, 60)
            for worker in workers:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
        second = list(pool.map(submit, range(COMPLAINTS // 2, COMPLAINTS)))
        assert set(first + second) == {201}
        redis.flushall()
    left = "select count(*) from outbox where done_at is null"
    assert numbers(settings, left)[0] > 0  # there was something to lose
    with ExitStack() as running:
        for command in (*(f"service.worker {lane}" for lane in LANES), "service.clock"):
            running.enter_context(process(command, settings, log))
        wait_for(lambda: numbers(settings, left)[0] == 0, 220)

    assert numbers(settings, "select count(*) from complaints") == (COMPLAINTS,)
    once = (
        "select count(*), max(n) from (select count(*) n from events where kind = '{}' group by complaint_id) each_one"
    )
    for kind in ("submitted", "classified", "routed", "delivered"):
        assert numbers(settings, once.format(kind)) == (COMPLAINTS, 1)
    (deliveries,) = numbers(settings, "select count(*) from deliveries where status = 'sent'")
    assert deliveries == numbers(settings, "select count(*) from deliveries")[0]
    (calls,) = numbers(settings, "select count(*) from deliveries where channel = 'webhook'")
    assert calls == COMPLAINTS // 2
    assert len(set(system.received)) == calls  # what came twice came under the same identifier
    assert len(list(settings.mail_dir.glob("*.eml"))) == deliveries - calls


def test_a_message_is_at_its_desk_when_the_request_is_answered(live: tuple[Flask, Settings], world: World) -> None:
    """With a clock that moves, as in use."""
    app, _ = live
    body = {"text": "Forte odeur de gaz dans l'escalier", "dwelling": {"reference": world.first.collective}}
    answer = app.test_client().post("/api/v1/complaints", json=body, headers=world.first.bearer)
    assert answer.json["status"] == "routed"
    assert answer.json["routed_to"]["team"] == "Astreinte"


def readable(redis: Redis, key: bytes) -> list[str]:
    """Return a key and its values as text; RQ packs the arguments of a job."""
    values = redis.hvals(key) if redis.type(key) == b"hash" else []
    plain = []
    for value in values:
        try:
            plain.append(zlib.decompress(value).decode())
        except zlib.error:
            plain.append(value.decode())
    return [key.decode(), *plain]


def test_redis_holds_no_word_no_name_and_no_secret(live: tuple[Flask, Settings], world: World) -> None:
    app, settings = live
    with Redis.from_url(settings.redis_url) as redis:
        redis.flushall()
        body = {
            "text": "Fuite sous l'évier turquoise",
            "dwelling": {"reference": world.first.collective},
            "tenant": {"name": "Camille Inventée", "email": "camille@poste.example"},
        }
        answer = app.test_client().post("/api/v1/complaints", json=body, headers=world.first.bearer)
        held = [line for key in redis.scan_iter() for line in readable(redis, key)]
        redis.flushall()
    assert any("run_step" in line for line in held)
    token = answer.json["tracking_url"].rpartition("/")[2]
    for word in ("turquoise", "Camille", "camille@", token, answer.json["reference"], world.first.key):
        assert not [line for line in held if word in line], word

"""What one endpoint takes in a second: alone, then beside a slow one and a failing one. Every process at work."""

import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import create_engine, text

from service.adapters.sealing import FernetSealer
from tests.live import Live, live

COUNT = 200  # complaints, and deliveries to each endpoint
SLOW = 5.0  # seconds that the slow one takes
KEY = "bench"
SECRET = "whsec_c2V2ZS1zZWNyZXQtcG91ci1sZS1iYW5jLWRlcy1lbnZvaXM="


class Endpoint(ThreadingHTTPServer):
    """Answers after some time with some status, and counts."""

    daemon_threads = True

    def __init__(self, status: int, takes: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.takes, self.count = status, takes, 0

    @property
    def url(self) -> str:
        """Where it is called."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Endpoint)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.count += 1
        time.sleep(self.server.takes)
        with suppress(OSError):
            self.send_response(self.server.status)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening(status: int, takes: float) -> Iterator[Endpoint]:
    """Run an endpoint."""
    with Endpoint(status, takes) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def bench(model: Path) -> None:
    """Print deliveries a second of a healthy endpoint, alone and beside the others, and what a mail waits meanwhile."""
    settings = {"OUTGOING_ALLOWED": "127.0.0.0/8", "ENCRYPTION_KEYS": KEY}
    with (
        tempfile.TemporaryDirectory() as name,
        live(Path(name), model, **settings) as running,
        listening(204, 0.01) as healthy,
        listening(204, SLOW) as slow,
        listening(503, 0.01) as failing,
    ):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: _submit(running), range(COUNT)))
        running.wait_for(lambda: running.numbers("select count(*) from outbox where done_at is null") == (0,), 300)
        ids = {one: _add(running, one.url) for one in (healthy, slow, failing)}
        alone = _rate(running, ids[healthy], [])
        beside = _rate(running, ids[healthy], [ids[slow], ids[failing]])
        print(f"{'deliveries a second, healthy endpoint alone':<44} {alone:8.0f}")
        print(f"{'the same, beside a slow and a failing one':<44} {beside:8.0f}")
        print(f"{'calls made meanwhile to the slow one':<44} {slow.count:8}")
        print(f"{'calls made meanwhile to the failing one':<44} {failing.count:8}")


def _add(running: Live, url: str) -> UUID:
    endpoint_id, member_id = uuid4(), running.world.first.id
    _run(
        running,
        "insert into endpoints (id, member_id, kind, address, options, is_active, created_at) "
        "values (:id, :member, 'webhook', :url, '{}', true, now())",
        id=endpoint_id, member=member_id, url=url,
    )  # fmt: skip
    _run(
        running,
        "insert into endpoint_secrets (id, member_id, endpoint_id, sealed, created_at) "
        "values (gen_random_uuid(), :member, :endpoint, :sealed, now())",
        member=member_id, endpoint=endpoint_id, sealed=FernetSealer([KEY]).seal(SECRET),
    )  # fmt: skip
    return endpoint_id


def _rate(running: Live, healthy: UUID, others: list[UUID]) -> float:
    """Plan the same for each endpoint, and return what the healthy one took in a second."""
    for endpoint_id in (*others, healthy):
        _plan(running, endpoint_id)
    start = time.perf_counter()
    waiting = f"select count(*) from deliveries where endpoint_id = '{healthy}' and status = 'waiting'"
    running.wait_for(lambda: running.numbers(waiting) == (0,), 300)
    return COUNT / (time.perf_counter() - start)


def _submit(running: Live) -> None:
    member = running.world.first
    body = {"text": "Le loyer", "dwelling": {"reference": member.collective}}
    status, _ = running.post("/api/v1/complaints", body, member.bearer)
    assert status == 201, status


def _plan(running: Live, endpoint_id: UUID) -> None:
    """Write one delivery for each complaint, as its steps would."""
    _run(
        running,
        "with made as (insert into deliveries (id, member_id, complaint_id, event_id, purpose, channel, recipient, "
        "with_text, data, status, attempts, endpoint_id, give_up_at) "
        "select gen_random_uuid(), member_id, complaint_id, min(id), 'arrival', 'webhook', :recipient, "
        "false, '{}', 'waiting', 0, cast(:endpoint as uuid), now() + interval '1 day' "
        "from events group by member_id, complaint_id returning id, member_id, complaint_id, event_id) "
        "insert into outbox (id, member_id, complaint_id, event_id, delivery_id, name, run_after, attempts) "
        "select gen_random_uuid(), member_id, complaint_id, event_id, id, 'call', now() - interval '10 seconds', 0 "
        "from made",
        recipient=str(uuid4()), endpoint=str(endpoint_id),
    )  # fmt: skip


def _run(running: Live, statement: str, **values: object) -> None:
    engine = create_engine(running.postgres.owner_url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()

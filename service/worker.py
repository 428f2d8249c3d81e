"""The processes that take the steps whose ids they are sent, each of one lane. They may be killed at any moment."""

import logging
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from uuid import UUID

from flask import Flask, current_app
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from service.adapters.queue import LANES
from service.app import create_app
from service.journey import steps
from service.journey.ports import TextModelDown
from service.journey.steering import export_making, exports
from service.logs import configure_logging

# How many steps of a lane one process takes at a time. Outside, most of the time is spent waiting: an endpoint that
# hangs holds a thread, and no endpoint may hold more than a few.
AT_ONCE = {"steps": 1, "duty": 4, "mail": 4, "calls": 16, "exports": 2}
log = logging.getLogger(__name__)


class Crew:
    """Threads that take steps beside the one that listens to Redis. What they hold is in the outbox all the while."""

    def __init__(self, app: Flask, size: int) -> None:
        self._app = app
        self._free = BoundedSemaphore(size)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="step")

    def take(self, member_id: UUID, step_id: UUID) -> None:
        """Give a step to a thread, once one is free."""
        self._free.acquire()
        self._threads.submit(self._run, member_id, step_id).add_done_callback(self._done)

    def _run(self, member_id: UUID, step_id: UUID) -> None:
        with self._app.app_context():
            take_step(self._app, member_id, step_id)

    def _done(self, _future: Future[None]) -> None:
        self._free.release()

    def finish(self) -> None:
        """Wait for what is on its way."""
        self._threads.shutdown()


def run_step(member_id: str, step_id: str) -> None:
    """Take one step. The row in the outbox is the truth; this job is only a nudge, and may come twice."""
    app = current_app
    crew: Crew | None = app.extensions.get("seve.crew")
    if crew:
        crew.take(UUID(member_id), UUID(step_id))
    else:
        take_step(app, UUID(member_id), UUID(step_id))


def take_step(app: Flask, member_id: UUID, step_id: UUID) -> None:
    """Take one step, whatever happens; in the lane of exports, make one file."""
    take = app.extensions.get("seve.take", steps.run_step)
    try:
        take(member_id, step_id, app.extensions["seve"].ports)
    except Exception:
        # The row keeps the step and when to try again. RQ must not see the error: it would store its words in Redis.
        log.exception("step_failed %s", step_id)


def main(lane: str) -> None:
    """Work until told to stop. One queue for each worker: with several, RQ may lose the job in hand."""
    configure_logging()
    app = create_app()
    seve = app.extensions["seve"]
    if lane == exports.LANE:
        app.extensions["seve.take"] = export_making.make
    if AT_ONCE[lane] > 1:
        app.extensions["seve.crew"] = Crew(app, AT_ONCE[lane])
    else:
        try:
            seve.ports.text_model.read("bonjour")
        except TextModelDown as reason:
            log.warning("text_model_down: %s", reason)
    connection = Redis.from_url(seve.settings.redis_url)
    queue = Queue(lane, connection=connection, serializer=JSONSerializer)
    worker = SimpleWorker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        # Idle workers wake often enough for jobs of a killed one to be put back within a minute.
        worker_ttl=30,
        maintenance_interval=30,
        job_monitoring_interval=5,
    )
    with app.app_context():
        worker.work(logging_level="WARNING")
    if crew := app.extensions.get("seve.crew"):
        crew.finish()


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else LANES[0]
    if chosen not in LANES:
        sys.exit(f"python -m service.worker [{' | '.join(LANES)}]")
    main(chosen)

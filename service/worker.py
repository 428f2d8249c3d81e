"""The RQ process: takes the steps whose ids it is sent. It may be killed at any moment."""

import logging
from uuid import UUID

from flask import current_app
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from service.adapters.queue import QUEUE
from service.app import create_app
from service.journey import steps
from service.journey.ports import TextModelDown
from service.logs import configure_logging

log = logging.getLogger(__name__)


def run_step(member_id: str, step_id: str) -> None:
    """Take one step. The row in the outbox is the truth; this job is only a nudge, and may come twice."""
    try:
        steps.run_step(UUID(member_id), UUID(step_id), current_app.extensions["seve"].ports)
    except Exception:
        # The row keeps the step and when to try again. RQ must not see the error: it would store its words in Redis.
        log.exception("step_failed %s", step_id)


def main() -> None:
    """Work until told to stop. One queue for each worker: with several, RQ may lose the job in hand."""
    configure_logging()
    app = create_app()
    seve = app.extensions["seve"]
    try:
        seve.ports.text_model.read("bonjour")
    except TextModelDown as reason:
        log.warning("text_model_down: %s", reason)
    connection = Redis.from_url(seve.settings.redis_url)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
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


if __name__ == "__main__":
    main()

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


def run_step(member_id: str, step_id: str) -> None:
    """Take one step. The row in the outbox is the truth; this job is only a nudge, and may come twice."""
    steps.run_step(UUID(member_id), UUID(step_id), current_app.extensions["seve"].ports)


def main() -> None:
    """Work until told to stop. One queue for each worker: with several, RQ may lose the job in hand."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    app = create_app()
    seve = app.extensions["seve"]
    try:
        seve.ports.text_model.read("bonjour")
    except TextModelDown as reason:
        logging.getLogger(__name__).warning("text_model_down: %s", reason)
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

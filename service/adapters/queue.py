"""Waking a worker through Redis. Only ids travel; losing them loses nothing."""

import logging
import time
from collections.abc import Sequence
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

LANES = ("steps", "duty", "mail", "calls", "exports")  # one queue each, and workers of its own
JOB = "service.worker.run_step"
MOST_WAITING = 2000  # ids in one queue: with more, workers are behind, and the sweep sends the rest later
REPEAT_AFTER = 15  # seconds before a sweep may send the same id again
log = logging.getLogger(__name__)


class RqWaker:
    """Sends ids to the queue of their lane."""

    def __init__(self, redis_url: str) -> None:
        # Short time-outs: a sender never waits long for Redis, and a sweep makes up for what was not sent.
        connection = Redis.from_url(redis_url, socket_connect_timeout=0.3, socket_timeout=0.3)
        self._queues = {lane: Queue(lane, connection=connection, serializer=JSONSerializer) for lane in LANES}

    def wake(self, member_id: UUID, step_ids: Sequence[UUID], lane: str = "steps", *, ahead: bool = False) -> None:
        """Send the ids; a step sent moments ago is not sent again."""
        if not step_ids:
            return
        queue = self._queues[lane]
        try:
            room = MOST_WAITING * (2 if ahead else 1) - queue.count  # what may wait leaves room for what may not
        except RedisError as failure:
            log.warning("wake_failed %s", type(failure).__name__)
            return
        sent = step_ids[: max(room, 0)]
        for step_id in reversed(sent) if ahead else sent:
            try:
                queue.enqueue(
                    JOB,
                    str(member_id),
                    str(step_id),
                    job_id=f"step-{step_id}-{int(time.time()) // REPEAT_AFTER}",
                    unique=True,
                    at_front=ahead,
                    result_ttl=0,
                    failure_ttl=3600,
                    job_timeout=60,
                )
            except DuplicateJobError:
                continue
            except RedisError as failure:
                log.warning("wake_failed %s", type(failure).__name__)
                return


class RememberingWaker:
    """The local twin: keeps what would have been sent."""

    def __init__(self) -> None:
        self.woken: list[tuple[UUID, UUID]] = []

    def wake(
        self,
        member_id: UUID,
        step_ids: Sequence[UUID],
        lane: str = "steps",  # noqa: ARG002  As the port.
        *,
        ahead: bool = False,  # noqa: ARG002
    ) -> None:
        """Remember the ids."""
        self.woken.extend((member_id, step_id) for step_id in step_ids)

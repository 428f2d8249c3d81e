import json
import socket
from uuid import uuid4

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from service.adapters.queue import LANES, MOST_WAITING, RqWaker
from service.journey import steps
from service.journey.steering import exports

pytestmark = pytest.mark.services


def test_only_ids_travel_and_a_step_waits_once(redis_url: str) -> None:
    member_id, step_id = uuid4(), uuid4()
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        waker = RqWaker(redis_url)
        waker.wake(member_id, [step_id])
        waker.wake(member_id, [step_id])
        queue = Queue("steps", connection=redis, serializer=JSONSerializer)
        (job,) = queue.get_jobs()
        assert list(job.args) == [str(member_id), str(step_id)]
        assert job.func_name == "service.worker.run_step"
        assert json.loads(json.dumps(job.args)) == list(job.args)
        redis.flushall()


def test_each_lane_has_a_queue_of_its_own(redis_url: str) -> None:
    assert {steps.STEPS, *steps.LANES.values(), exports.LANE} == set(LANES)
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        for lane in LANES:
            RqWaker(redis_url).wake(uuid4(), [uuid4()], lane)
            assert Queue(lane, connection=redis, serializer=JSONSerializer).count == 1
        redis.flushall()


def test_a_lane_that_is_full_holds_up_no_other(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_WAITING > 0
    monkeypatch.setattr("service.adapters.queue.MOST_WAITING", 1)
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        waker = RqWaker(redis_url)
        waker.wake(uuid4(), [uuid4(), uuid4()], "calls")
        waker.wake(uuid4(), [uuid4()], "mail")
        counts = [Queue(lane, connection=redis, serializer=JSONSerializer).count for lane in ("calls", "mail")]
        assert counts == [1, 1]
        redis.flushall()


def test_a_redis_that_is_away_stops_nobody() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    RqWaker(f"redis://127.0.0.1:{port}/0").wake(uuid4(), [uuid4()])


def test_what_goes_ahead_comes_before_what_waits_and_is_taken_while_the_rest_is_full(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.adapters.queue.MOST_WAITING", 2)
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        waker, later, ahead = RqWaker(redis_url), [uuid4(), uuid4()], [uuid4(), uuid4()]
        waker.wake(uuid4(), later)
        waker.wake(uuid4(), [uuid4()])
        waker.wake(uuid4(), ahead, ahead=True)
        jobs = Queue("steps", connection=redis, serializer=JSONSerializer).get_jobs()
        assert [job.args[1] for job in jobs] == [str(step_id) for step_id in (*ahead, *later)]
        redis.flushall()

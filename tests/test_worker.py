"""The processes that bring things outside: several steps at a time, none lost, and an end that waits for them."""

import threading
from uuid import UUID, uuid4

import pytest
from flask import Flask, current_app

from service import worker
from service.adapters.queue import LANES


def test_every_lane_knows_how_many_steps_it_takes_at_a_time() -> None:
    assert set(worker.AT_ONCE) == set(LANES)
    assert worker.AT_ONCE["steps"] == 1  # the text model reads one message at a time


def test_one_step_that_takes_long_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, over, taken = uuid4(), threading.Event(), threading.Semaphore(0)
    seen: list[UUID] = []

    def take(app: Flask, _member_id: UUID, step_id: UUID) -> None:
        assert current_app == app
        if step_id == slow:
            over.wait(30)
        seen.append(step_id)
        taken.release()

    monkeypatch.setattr(worker, "take_step", take)
    crew, quick = worker.Crew(Flask("crew"), 2), [uuid4() for _ in range(5)]
    for step_id in (slow, *quick):
        crew.take(uuid4(), step_id)
    for _ in quick:
        assert taken.acquire(timeout=30)
    assert seen == quick
    over.set()
    crew.finish()
    assert seen == [*quick, slow]  # the end waited for it


def test_whoever_hands_out_steps_waits_while_all_are_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken from Redis and not begun would be lost with the process, until the sweep."""
    over, begun = threading.Event(), threading.Semaphore(0)

    def take(*_: object) -> None:
        begun.release()
        over.wait(30)

    monkeypatch.setattr(worker, "take_step", take)
    crew = worker.Crew(Flask("crew"), 2)
    handing = threading.Thread(target=lambda: [crew.take(uuid4(), uuid4()) for _ in range(3)])
    handing.start()
    for _ in range(2):
        assert begun.acquire(timeout=30)
    assert handing.is_alive()
    assert not begun.acquire(blocking=False)
    over.set()
    handing.join(30)
    crew.finish()
    assert begun.acquire(blocking=False)


def test_a_step_that_breaks_off_ends_no_thread_and_shows_redis_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("words of a tenant")

    app = Flask("crew")
    app.extensions["seve"] = type("Seve", (), {"ports": None})()
    monkeypatch.setattr("service.worker.steps.run_step", broken)
    worker.take_step(app, uuid4(), uuid4())
    assert "step_failed" in caplog.text

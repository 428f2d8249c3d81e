"""The periodic process does all its work at its first tick, and stops when it is told to."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from service import clock as process
from service.adapters.clock import SetClock

pytestmark = pytest.mark.services


@pytest.fixture
def signals() -> Iterator[None]:
    """Put back what a stop does."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_the_weeks_of_the_text_model_are_summed_up_for_the_day_it_is_in_paris(
    app: Flask, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    days: list[date] = []

    def sum_up(today: date) -> list[date]:
        days.append(today)
        os.kill(os.getpid(), signal.SIGTERM)
        return []

    monkeypatch.setattr(process, "create_app", lambda: app)
    monkeypatch.setattr(process, "configure_logging", lambda: None)
    monkeypatch.setattr(process.quality, "sum_up_due", sum_up)
    clock.at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # already Monday in Paris
    process.main()
    assert days == [date(2026, 11, 23)]


@pytest.mark.usefixtures("signals")
def test_a_city_that_takes_long_to_answer_does_not_hold_up_the_sweep(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep wakes the next call to those on duty."""
    swept = threading.Event()

    def ask_the_city(_: object) -> None:
        swept.wait(30)
        os.kill(os.getpid(), signal.SIGTERM)

    def sweep(_: object) -> None:
        if asking.is_set():
            swept.set()

    asking = threading.Event()
    monkeypatch.setattr(process, "create_app", lambda: app)
    monkeypatch.setattr(process, "configure_logging", lambda: None)
    monkeypatch.setattr(process, "TICK", 0.01)
    monkeypatch.setattr(process, "SWEEP", ((1, sweep),))
    monkeypatch.setattr(process, "WORK", ((1, lambda _: asking.set()), (1, ask_the_city)))
    process.main()
    assert swept.is_set()

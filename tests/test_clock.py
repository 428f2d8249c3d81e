"""The periodic process does all its work at its first tick, and stops when it is told to."""

import os
import signal
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

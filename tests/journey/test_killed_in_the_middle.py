"""Every process and the database are killed while complaints arrive: nothing is lost, nothing is done twice."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.live import Live, live

pytestmark = [pytest.mark.services, pytest.mark.slow]

COMPLAINTS = 60
CREATED = 201


def submit(running: Live, number: int) -> None:
    """Send one complaint as an extranet does: again with the same key until it is accepted."""
    member = (running.world.first, running.world.second)[number % 2]
    body = {
        "text": f"Plus de chauffage dans la chambre depuis lundi, message {number}",
        "dwelling": {"reference": member.collective},
        "tenant": {"email": f"locataire{number}@poste.example"},
    }
    headers = {**member.bearer, "Idempotency-Key": f"envoi-{number}"}
    for _ in range(300):
        if running.post("/api/v1/complaints", body, headers)[0] == CREATED:
            return
        time.sleep(0.2)
    raise AssertionError(f"complaint {number} was never accepted")


def kill(running: Live, name: str) -> None:
    program = next(one for one in running.programs if one.name == name)
    if program.process:
        os.killpg(program.process.pid, signal.SIGKILL)


def test_nothing_is_lost_done_twice_or_stuck(tmp_path: Path, trained_model: Path) -> None:
    with live(tmp_path, trained_model) as running, ThreadPoolExecutor(4) as pool:
        sending = [pool.submit(submit, running, number) for number in range(COMPLAINTS)]
        stored = "select count(*) from complaints"
        running.wait_for(lambda: running.numbers(stored)[0] >= COMPLAINTS // 3, 60)
        for name in [program.name for program in running.programs]:
            kill(running, name)
        os.kill(running.postgres.pid, signal.SIGKILL)
        running.redis.stop()
        running.wait_for(lambda: not running.postgres.is_running, 10)
        running.postgres.start()
        running.redis.start()
        running.wait_for(lambda: all(one.done() for one in sending), 120)
        for one in sending:
            one.result()
        running.wait_for(lambda: running.numbers("select count(*) from outbox where done_at is null") == (0,), 150)

        assert running.numbers(stored) == (COMPLAINTS,)
        for kind in ("submitted", "classified", "routed", "delivered"):
            counted = f"select count(*) n from events where kind = '{kind}' group by complaint_id"
            assert running.numbers(f"select count(*), max(n) from ({counted}) each_one") == (COMPLAINTS, 1), kind
        (sent,) = running.numbers("select count(*) from deliveries where status = 'sent'")
        # From eight o'clock on, a digest with nothing to say is written down as not sent.
        assert running.numbers("select count(*) from deliveries where complaint_id is not null or status = 'sent'") == (
            sent,
        )
        assert len(list((tmp_path / "mail").glob("*.eml"))) == sent
        once = "select count(distinct (event_id, purpose, recipient)) from deliveries where status = 'sent'"
        assert running.numbers(once) == (sent,)

"""The periodic process: wakes steps that stayed, publishes closed months, sums up weeks, forgets what is long done.

Harmless when two run.
"""

import logging
import signal
import threading
from collections.abc import Callable

from flask import Flask, current_app

from service.app import create_app
from service.journey import pruning, steps
from service.journey.administration import retention
from service.journey.classification import quality
from service.journey.clocks import clocks, digest
from service.journey.delivery import civic_status, reminders
from service.journey.feedback import surveys
from service.journey.incidents import incidents
from service.journey.news import grouping, links, replies
from service.journey.people import departures, network_letters
from service.journey.ports import Ports
from service.journey.steering import exports
from service.journey.submission import drafts, introductions, uploads
from service.journey.submission.submission import PARIS
from service.journey.trends import own_words, trends
from service.logs import configure_logging
from service.press import make_press

TICK = 2.0  # seconds
MINUTELY = 30  # ticks
HOURLY = 1800
log = logging.getLogger(__name__)


def _send_digests(ports: Ports) -> None:
    for member_id in steps.member_ids():
        digest.send_due(member_id, ports)


def _every_hour(ports: Ports) -> None:
    pruning.prune(ports)
    for member_id in steps.member_ids():
        clocks.resume_due(member_id, ports)
        introductions.prune(member_id, ports)
        drafts.prune(member_id, ports)
        links.prune(member_id, ports)
        uploads.prune(member_id, ports)
    weeks = quality.sum_up_due(ports.clock.now().astimezone(PARIS).date())
    log.info("model_weeks_summed_up %d", len(weeks))


def _publish(ports: Ports) -> None:
    seve = current_app.extensions["seve"]
    for month in trends.release_due(ports, make_press(seve.settings)):
        log.info("trends_published %s", month.isoformat())


Work = tuple[tuple[int, Callable[[Ports], object]], ...]
# Every so many ticks -> what is done then. One that fails is logged, and keeps none of the others from their turn.
# The sweep has a thread of its own: it wakes the next call to those on duty, and waits for nothing that takes long.
SWEEP: Work = ((1, steps.sweep),)
WORK: Work = (
    (MINUTELY, reminders.remind_due),
    (MINUTELY, incidents.tick),
    (MINUTELY, _send_digests),
    (MINUTELY, surveys.ask_due),
    (MINUTELY, grouping.send_due),
    (MINUTELY, departures.hand_over_due),
    (1, replies.collect),
    (1, links.answer_due),
    (1, network_letters.send_due),
    (5, exports.wake_waiting),
    (10 * MINUTELY, civic_status.poll_due),
    (HOURLY, _every_hour),
    (HOURLY, retention.run_due),
    (HOURLY, own_words.count_due),
    (HOURLY, _publish),
)


def main() -> None:
    """Tick until told to stop."""
    configure_logging()
    app, stop = create_app(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    beside = threading.Thread(target=_tick, args=(app, WORK, stop), name="work")
    beside.start()
    _tick(app, SWEEP, stop)
    beside.join()


def _tick(app: Flask, turns: Work, stop: threading.Event) -> None:
    ports, tick = app.extensions["seve"].ports, 0
    try:
        while not stop.wait(TICK if tick else 0):
            for every, work in turns:
                if tick % every == 0 and not stop.is_set():
                    with app.app_context():
                        _do(work, ports)
            tick += 1
    finally:
        stop.set()  # One thread never goes on alone: the process ends, and is started again.


def _do(work: Callable[[Ports], object], ports: Ports) -> None:
    try:
        work(ports)
    except Exception:
        log.exception("tick_failed %s", work.__name__)


if __name__ == "__main__":
    main()

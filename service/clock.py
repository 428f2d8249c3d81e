"""The periodic process: wakes steps that stayed, publishes closed months, sums up weeks, forgets what is long done.

Harmless when two run.
"""

import logging
import signal
import threading

from service.app import create_app
from service.journey import quality, steps, trends
from service.journey.submission import PARIS
from service.logs import configure_logging

SWEEP_EVERY = 2.0  # seconds
HOURLY = 1800  # sweeps
log = logging.getLogger(__name__)


def main() -> None:
    """Tick until told to stop; a tick that fails is logged and the next one comes."""
    configure_logging()
    app = create_app()
    ports = app.extensions["seve"].ports
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tick = 0
    while not stop.wait(SWEEP_EVERY if tick else 0):
        with app.app_context():
            try:
                steps.sweep(ports)
                if tick % HOURLY == 0:
                    steps.prune(ports)
                    for month in trends.publish_due(ports):
                        log.info("trends_published %s", month.isoformat())
                    weeks = quality.sum_up_due(ports.clock.now().astimezone(PARIS).date())
                    log.info("model_weeks_summed_up %d", len(weeks))
            except Exception:
                log.exception("tick_failed")
        tick += 1


if __name__ == "__main__":
    main()

"""What a request of the staff face stands on: everything outside, and the day it is in Paris."""

from datetime import date, datetime

from flask import current_app

from service.journey.ports import Ports
from service.journey.submission.submission import PARIS


def ports() -> Ports:
    """Return everything outside."""
    found: Ports = current_app.extensions["seve"].ports
    return found


def now() -> datetime:
    """Return the instant at which a deadline is judged."""
    return ports().clock.now()


def today() -> date:
    """Return the day on which a deadline is judged."""
    return now().astimezone(PARIS).date()

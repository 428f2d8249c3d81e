"""A figure of the steering pages opened as a list: the very conditions by which it was counted, and its words."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.steering import Period, read_narrowing
from service.journey.dates import in_words as day_in_words
from service.journey.steering.steering_measures import MEASURES, Frame, Measure
from service.journey.steering.steering_narrowing import in_words, narrow
from service.journey.submission.submission import PARIS


def frame_of(since: date | None, until: date | None, now: datetime) -> Frame:
    """Return the instants between two days of Paris, the last one included."""
    first = datetime.combine(since, time(), PARIS) if since else None
    after = datetime.combine(until + timedelta(days=1), time(), PARIS) if until else None
    return Frame(first, after, now)


def frame(period: Period, now: datetime) -> Frame:
    """Return the instants of a period."""
    return frame_of(period.since, period.until, now)


def conditions(
    session: Session, cut: str, key: str | None, since: date | None, until: date | None, now: datetime
) -> list[ColumnElement[bool]]:
    """Return what a complaint must fulfil to be counted in a figure.

    `cut` is a key of MEASURES, `key` what it is narrowed to; the days bound the instant that the figure is about, which
    is not always that of the message. BadInput when the address was tampered with.
    """
    narrowing = read_narrowing(key)
    in_words(session, narrowing)  # refuses what nothing may be narrowed to
    return [*_measure(cut)[1](frame_of(since, until, now), narrowing), *narrow(narrowing)]


def words(session: Session, cut: str, key: str | None, since: date | None = None, until: date | None = None) -> str:
    """Return the figure in words, as the chip above its list says it; with its days, when they are given."""
    parts = [_measure(cut)[0], *in_words(session, read_narrowing(key))]
    if since:
        parts.append(f"du {day_in_words(since)}")
    if until:
        parts.append(f"au {day_in_words(until)}")
    return ", ".join(parts)


def _measure(cut: str) -> tuple[str, Measure]:
    if cut not in MEASURES:
        raise BadInput("unknown_value", "chiffre")
    return MEASURES[cut]

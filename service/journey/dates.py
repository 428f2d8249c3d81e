"""Dates and hours in French words, on the clocks of France."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

PARIS = ZoneInfo("Europe/Paris")


def in_words(day: object) -> str:
    """Return a date as people say it, for example « mardi 1 décembre 2026 »."""
    return format_date(day, "EEEE d MMMM y", locale="fr").replace(" 1 ", " 1er ")  # type: ignore[arg-type]


def moment_in_words(at: datetime) -> str:
    """Return an instant as people in France say it, for example « mardi 1er décembre 2026 à 9 h 05 »."""
    there = at.astimezone(PARIS)
    return f"{in_words(there.date())} à {there.hour} h {there.minute:02d}"

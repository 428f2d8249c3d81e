"""Days, hours, months and quarters in French words, on the clocks of France."""

from datetime import date, datetime
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


def day_in_words(day: date) -> str:
    """Return a day without its name, for example « 5 octobre 2026 »."""
    return str(format_date(day, "d MMMM y" if day.day > 1 else "d'er' MMMM y", locale="fr"))


def month_in_words(month: date) -> str:
    """Return a month as people say it, for example « octobre 2026 »."""
    return str(format_date(month, "MMMM y", locale="fr"))


def in_month(month: date) -> str:
    """Return a month after « de », for example « d'octobre 2026 »."""
    said = month_in_words(month)
    return f"d'{said}" if said[0] in "ao" else f"de {said}"


def quarter_in_words(quarter: date) -> str:
    """Return a quarter as people say it, for example « 3e trimestre 2026 »."""
    number = (quarter.month + 2) // 3
    return f"{number}{'er' if number == 1 else 'e'} trimestre {quarter.year}"

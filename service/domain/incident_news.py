"""News to every household of an incident: one text, each with its own dwelling in it, and when the next is due."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from service.domain.errors import BadInput
from service.domain.submission import check_text

BLANKS = ("logement", "reference")  # what may stand in braces
SHOWN_FROM = 3  # households: below, a number would point at somebody
SOON = timedelta(hours=4)
NOON = time(12)
_SATURDAY = 5
_BLANK = re.compile(r"\{([^{}]*)\}")


def check_news(text: str, field: str = "text") -> str:
    """Return the text as typed.

    Raises
    ------
    BadInput
        `blank`, `too_long`, `unstorable`, or `unknown_blank` when something else than BLANKS stands in braces.

    """
    check_text(text, field)
    if any(name.strip() not in BLANKS for name in _BLANK.findall(text)) or re.search(r"[{}]", _BLANK.sub("", text)):
        raise BadInput("unknown_blank", field)
    return text


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text of one household. What stands in a value is never filled in turn."""
    return _BLANK.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def dwelling_in_words(reference: str | None, line: str | None) -> str:
    """Return a dwelling as its tenant gave it, to be read after « pour » or « dans »."""
    if reference and reference.strip():
        return f"le logement {reference.strip()}"
    return f"le logement situé {line.strip()}" if line and line.strip() else "votre logement"


def first_news_at(now: datetime, *, is_soon: bool, is_off: Callable[[date], bool]) -> datetime:
    """Return when neighbours are promised the first news: in four hours, or the next working day at noon.

    `now` stands in the zone in which people read it; `is_off` says which days are public holidays.
    """
    if is_soon:
        return now + SOON
    day = now.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY or is_off(day):
        day += timedelta(days=1)
    return datetime.combine(day, NOON, now.tzinfo)

"""Open311 GeoReport v2: the services we offer, and what its words mean for a complaint."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.domain.errors import BadInput, NotFound
from service.domain.status import Status
from service.domain.submission import is_storable
from service.domain.taxonomy import FAMILIES, Category, categories

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-26 00:00"  # when the services last changed: clients then refresh what they keep
SPAN = timedelta(days=90)  # the longest time one list covers
MAX_REQUESTS = 1000  # in one list
MAX_PAGE = 1_000_000
MAX_FIELD = 300  # characters of a name, a reference, an address
OPEN, CLOSED = "open", "closed"
SISTER = "Seve"  # how our own client calls itself

# What is said of an open request; a closed one has its own sentence.
NOTES: dict[str, str] = {
    Status.SUBMITTED: "Demande reçue.",
    Status.CLASSIFIED: "Demande reçue et lue.",
    Status.ROUTED: "Demande orientée vers une équipe.",
    Status.DELIVERED: "Demande arrivée à l'équipe.",
    Status.HANDLED: "Une personne s'en occupe.",
}


@dataclass(frozen=True)
class Attribute:
    """One question asked besides the description. None is compulsory."""

    code: str
    datatype: str
    question: str
    hint: str


ATTRIBUTES = (
    Attribute("depuis", "string", "Depuis quand ?", "Par exemple : depuis dimanche soir."),
    Attribute("acces", "text", "Quand et comment peut-on venir ?", "Jours, heures, digicode à demander, animal."),
)
_QUESTIONS = {attribute.code: attribute.question for attribute in ATTRIBUTES}


def service(category: Category) -> dict[str, object]:
    """Return one category as the standard describes a service."""
    return {
        "service_code": category.code,
        "service_name": category.label,
        "description": category.definition,
        "metadata": True,
        "type": "realtime",
        "keywords": ", ".join((category.label, FAMILIES[category.family])).lower(),
        "group": FAMILIES[category.family],
    }


def definition(code: str) -> dict[str, object]:
    """Return what is asked for one service; NotFound when there is no such service."""
    if code not in categories():
        raise NotFound("service", "service_code")
    return {
        "service_code": code,
        "attributes": [
            {
                "variable": True,
                "code": attribute.code,
                "datatype": attribute.datatype,
                "required": False,
                "datatype_description": attribute.hint,
                "order": order,
                "description": attribute.question,
            }
            for order, attribute in enumerate(ATTRIBUTES, start=1)
        ],
    }


def state(status: str) -> str:
    """Return the standard's word, which knows two states, for where a complaint stands."""
    return CLOSED if status == Status.CLOSED else OPEN


def instant_in_words(at: datetime) -> str:
    """Return an instant as the standard writes it, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")


def read_instant(typed: str, field: str) -> datetime:
    """Return the instant of a writing with a time zone.

    Raises
    ------
    BadInput
        `not_an_instant`, on the field.

    """
    try:
        # A plus sign that nobody encoded arrives as a space.
        at = datetime.fromisoformat(_LOST_PLUS.sub("+", typed.strip()))
        if at.tzinfo is None:
            raise BadInput("not_an_instant", field)
        at = at.astimezone(UTC)
        _ = at - SPAN, at + SPAN
    except (ValueError, OverflowError) as error:
        raise BadInput("not_an_instant", field) from error
    return at


def window(start: str, end: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the first and the last instant a list covers; blank ends leave the latest 90 days, or 90 from the other.

    Raises
    ------
    BadInput
        `not_an_instant`, or `too_wide` when they are more than 90 days apart or the wrong way round.

    """
    first = read_instant(start, "start_date") if start else None
    last = read_instant(end, "end_date") if end else None
    if first is None:
        last = last or now
        first = last - SPAN
    elif last is None:
        last = first + SPAN
    if not timedelta() <= last - first <= SPAN:
        raise BadInput("too_wide", "start_date")
    return first, last


def listed(typed: str) -> list[str]:
    """Return the parts of a list with commas."""
    return [part.strip() for part in typed.split(",") if part.strip()]


def read_states(typed: str) -> set[str]:
    """Return the states asked for; none means both. BadInput on any other word."""
    states = {part.lower() for part in listed(typed)}
    if not states <= {OPEN, CLOSED}:
        raise BadInput("unknown_value", "status")
    return states


def read_codes(typed: str) -> list[str]:
    """Return the services asked for; NotFound when one of them does not exist."""
    codes = listed(typed)
    if not all(code in categories() for code in codes):
        raise NotFound("service", "service_code")
    return codes


def read_code(fields: Mapping[str, str]) -> str | None:
    """Return the service asked for, None when blank; NotFound when it does not exist."""
    code = fields.get("service_code", "").strip()
    if code and code not in categories():
        raise NotFound("service", "service_code")
    return code or None


def read_number(typed: str, field: str, otherwise: int, most: int) -> int:
    """Return a whole number from 1 to `most`; BadInput on anything else."""
    if not typed:
        return otherwise
    # Digits of other scripts are digits too for isdigit, and too many of them are no number.
    if not re.fullmatch(r"[0-9]{1,9}", typed) or not 1 <= int(typed) <= most:
        raise BadInput("not_a_number", field)
    return int(typed)


def read_short(fields: Mapping[str, str], name: str) -> str | None:
    """Return a short field, None when blank. BadInput when it is too long or cannot be kept."""
    value = fields.get(name, "").strip()
    if not is_storable(value):
        raise BadInput("unstorable", name)
    if len(value) > MAX_FIELD:
        raise BadInput("too_long", name)
    return value or None


def read_email(fields: Mapping[str, str]) -> str | None:
    """Return the e-mail address, None when blank; BadInput when it cannot be one."""
    value = read_short(fields, "email")
    if value and not re.fullmatch(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+\.[^@\s<>,;:\".]+", value):
        raise BadInput("not_an_email", "email")
    return value


def read_position(fields: Mapping[str, str]) -> str | None:
    """Return a position in one line, None when there is none. BadInput when it is half of one, or nowhere."""
    typed = fields.get("lat", "").strip(), fields.get("long", "").strip()
    if not any(typed):
        return None
    for value, field, most in zip(typed, ("lat", "long"), (90, 180), strict=True):
        if not re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{1,20})?", value) or abs(float(value)) > most:
            raise BadInput("not_a_position", field)
    return f"Position donnée : latitude {typed[0]}, longitude {typed[1]}"


_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,80})\](?:\[\])?")


def attribute_lines(fields: Iterable[tuple[str, list[str]]]) -> list[str]:
    """Return one line for each answer to a question, ours or one we do not know: nothing that was said is lost."""
    lines = []
    for name, values in fields:
        found = _ATTRIBUTE.fullmatch(name)
        said = ", ".join(value.strip() for value in values if value.strip())
        if found and said:
            lines.append(f"{_QUESTIONS.get(found[1], f'{found[1]} :')} {said}")
    return lines


# What the standard lets a client send, and what pages it. Anything else is named in the notice, and otherwise ignored.
KNOWN = frozenset(
    ("api_key", "jurisdiction_id", "service_code", "description", "lat", "long", "address_string", "address_id",
     "email", "device_id", "account_id", "first_name", "last_name", "phone", "locale", "extensions")
)  # fmt: skip


def ignored(names: Iterable[str]) -> list[str]:
    """Return the fields that will not be used, each cut short."""
    return [name[:40] for name in names if name not in KNOWN and not _ATTRIBUTE.fullmatch(name)]

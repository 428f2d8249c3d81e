"""A person and a period asked for in an address, as the pages of what is written down read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from service.domain.reference import read_reference
from service.journey.inbox.views import Asked
from service.staff import refusals

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Period:
    """What was asked; `errors` names the fields that could not be read, which narrow nothing."""

    asked: Asked
    errors: Mapping[str, str]


def read_period(args: Mapping[str, str]) -> Period:
    """Return the person, the complaint and the days of an address."""
    errors: dict[str, str] = {}

    def day(name: str) -> date | None:
        typed = args.get(name, "").strip()
        if not typed:
            return None
        try:
            found = date.fromisoformat(typed)
        except ValueError:
            found = date.min
        if _FIRST_YEAR <= found.year <= _LAST_YEAR:
            return found
        errors[name] = refusals.SENTENCES["not_a_day"]
        return None

    asked = Asked(
        reference=_reference(args.get("reference", "").strip(), errors), staff_id=_person(args.get("personne", "")),
        since=day("du"), until=day("au"),
    )  # fmt: skip
    return Period(asked, errors)


def _reference(typed: str, errors: dict[str, str]) -> str:
    found = read_reference(typed) if typed else ""
    if found is None:
        errors["reference"] = refusals.SENTENCES["not_a_reference"]
    return found or ""


def _person(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None

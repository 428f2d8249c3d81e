"""What a member sets for itself: each field, how what was typed is read, and its name as people read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from service.domain.contrast import read_colour
from service.domain.errors import BadInput
from service.domain.submission import check_text, is_storable

ZONES = {"metropole": "France métropolitaine", "alsace_moselle": "Alsace et Moselle (deux jours fériés de plus)"}
SECOND_FACTOR = {"optional": "conseillé", "required": "obligatoire"}
LONGEST_LINE = 500  # characters
LONGEST_PHONE = 40
_FEWEST_DIGITS = 4  # a short number of a switchboard


@dataclass(frozen=True)
class Field:
    """One setting: what people call it, and how what was typed becomes what is kept."""

    name: str
    read: Callable[[str], Any]
    choices: Mapping[str, str] | None = None

    def in_words(self, kept: Any) -> str:
        """Return a kept value as people read it in the audit log."""
        if self.choices:
            return self.choices[kept]
        return kept.strftime("%H:%M") if isinstance(kept, time) else str(kept)


def _line(typed: str) -> str:
    written = " ".join(typed.split())
    if written:
        check_text(written, longest=LONGEST_LINE)
    return written


def _phone(typed: str) -> str:
    written = " ".join(typed.split())
    digits = sum(sign.isdigit() for sign in written)
    if digits < _FEWEST_DIGITS or len(written) > LONGEST_PHONE or not is_storable(written):
        raise BadInput("not_a_phone")
    return written


def _time(typed: str) -> time:
    try:
        return time.fromisoformat(typed.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise BadInput("not_a_time") from error


def _colour(typed: str) -> str:
    found = read_colour(typed)
    if found is None:
        raise BadInput("not_a_colour")
    return found


def _minutes(least: int, most: int) -> Callable[[str], int]:
    def read(typed: str) -> int:
        if not typed.strip().isascii() or not typed.strip().isdigit() or not least <= int(typed) <= most:
            raise BadInput("not_minutes")
        return int(typed)

    return read


def _one_of(choices: Mapping[str, str]) -> Callable[[str], str]:
    def read(typed: str) -> str:
        if typed not in choices:
            raise BadInput("unknown_value")
        return typed

    return read


# column of members -> the field
FIELDS: Mapping[str, Field] = {
    "phone": Field("Téléphone", _phone),
    "colour": Field("Couleur", _colour),
    "mediator": Field("Médiateur", _line),
    "privacy_contact": Field("Contact pour les données personnelles", _line),
    "opens_at": Field("Ouverture", _time),
    "closes_at": Field("Fermeture", _time),
    "holiday_zone": Field("Jours fériés", _one_of(ZONES), ZONES),
    "minutes_to_mend": Field("Minutes avant le départ d'une réponse", _minutes(0, 120)),
    "second_factor": Field("Second facteur avec un mot de passe", _one_of(SECOND_FACTOR), SECOND_FACTOR),
    "idle_minutes": Field("Minutes sans activité avant la déconnexion", _minutes(5, 720)),
}


class Unreadable(BadInput):
    """Some fields cannot be kept as typed; `faults` gives the code for each."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("settings", next(iter(faults)))
        self.faults = faults


def read(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what is kept of the fields that were sent; fields of others are not looked at.

    Raises
    ------
    Unreadable
        When one of them cannot be kept; nothing is then.

    """
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for column, field in FIELDS.items():
        if column in typed:
            try:
                found[column] = field.read(typed[column])
            except BadInput as refusal:
                faults[column] = refusal.code
    if not faults and found.get("opens_at") and found.get("closes_at") and found["opens_at"] >= found["closes_at"]:
        faults["closes_at"] = "closes_before_opening"
    if faults:
        raise Unreadable(faults)
    return found

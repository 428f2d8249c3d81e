"""What is said to a person who may be in danger, whatever the text model says or fails to say."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
# Whoever says that they are locked in at home is not in a lift, though the same words are heard.
_SAID_BETTER = {"locked_in": "trapped"}
DANGER_LEVELS = ("none", "check", "danger")  # the least first


@dataclass(frozen=True)
class EmergencyNumber:
    """A number shown to people, with the day it was last checked and where."""

    code: str
    phone: str
    label: str
    always: bool
    verified_on: date
    source: str

    @property
    def dialled(self) -> str:
        """The number as a telephone link wants it."""
        return self.phone.replace(" ", "")


@dataclass(frozen=True)
class SafetyAdvice:
    """What to do at once, and whom to call."""

    title: str
    text: str
    phone: str


@cache
def emergency_numbers() -> tuple[EmergencyNumber, ...]:
    """Return every number of the data file, in the order in which they are shown."""
    with (_DATA / "emergency_numbers.toml").open("rb") as file:
        return tuple(EmergencyNumber(**line) for line in tomllib.load(file)["number"])


def numbers_always_shown() -> tuple[EmergencyNumber, ...]:
    """Return the numbers that stand on every form and every acknowledgement."""
    return tuple(number for number in emergency_numbers() if number.always)


@cache
def _advice() -> dict[str, SafetyAdvice]:
    phones = {number.code: number.phone for number in emergency_numbers()}
    with (_DATA / "safety_advice.toml").open("rb") as file:
        lines = tomllib.load(file)
    return {code: SafetyAdvice(line["title"], line["text"], phones[line["number"]]) for code, line in lines.items()}


def advice_for(danger_types: Iterable[str]) -> list[SafetyAdvice]:
    """Return the advice for the types of danger seen, then the general one, which is never left out."""
    known, seen = _advice(), list(danger_types)
    left_out = {"general", *(_SAID_BETTER[code] for code in seen if code in _SAID_BETTER)}
    return [known[code] for code in seen if code in known and code not in left_out] + [known["general"]]

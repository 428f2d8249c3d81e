"""How a person of the staff is told of their work: what they chose, or what their role begins with."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from service.domain.permissions import LEADERS

CHOICE = "told"  # its name among what people prefer


class Told(StrEnum):
    """When a mail leaves for them."""

    AT_ONCE = "at_once"  # each time a complaint is given to them
    DAILY = "daily"  # one mail in the morning
    NEVER = "never"


def told(role: str, choices: Mapping[str, Any]) -> Told:
    """Return how somebody is told: leaders once a day, others never, unless they chose."""
    chosen = choices.get(CHOICE)
    if chosen in set(Told):
        return Told(chosen)
    return Told.DAILY if role in LEADERS else Told.NEVER

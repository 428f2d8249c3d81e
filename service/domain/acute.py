"""What cannot wait for a third household: gas, fire, a person trapped in a lift, water cut off."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Acute:
    """One such trouble: its category, what tenants read of it, and whether one message with a danger is enough."""

    category: str
    title: str
    opens_alone: bool


# In the order in which they are named when a message tells of several.
ACUTE = {
    "fire": Acute("securite_incendie", "Incendie ou fumée", opens_alone=True),
    "gas": Acute("gaz_co", "Odeur de gaz ou alarme de monoxyde", opens_alone=True),
    "trapped": Acute("ascenseur", "Personne bloquée dans l'ascenseur", opens_alone=True),
    "water": Acute("plomberie", "Coupure d'eau", opens_alone=False),
}
_BY_DANGER = {"gas": "gas", "co": "gas", "fire": "fire"}  # type of danger -> kind
_LIFT = "ascenseur"
_WATER_CUT = re.compile(
    r"\bcoup(?:ures?|ee?)\b(?:[ '\n]+\w+){0,2}?[ '\n]+eau\b(?![ \n]+chaude)"
    r"|\b(?:plus|pas|sans|manque)\b(?:[ '\n]+(?:du|de|tout|d|une|goutte|aucune)){0,4}?[ '\n]+eau\b(?![ \n]+chaude)"
    r"|\beau\b(?:[ '\n]+(?!chaude)\w+){0,2}?[ '\n]+coupee?\b"
)


def acute_kinds(category: str | None, danger_types: Iterable[str], text: str) -> frozenset[str]:
    """Return the acute troubles a message tells of, by the types of danger heard in it and by its words.

    A type heard is not yet a danger: the level says that. `trapped` needs the lift to be the subject, or named.
    """
    types, words = set(danger_types), _folded(text)
    kinds = {_BY_DANGER[one] for one in types if one in _BY_DANGER}
    if "trapped" in types and (category == _LIFT or _LIFT in words):
        kinds.add("trapped")
    if category == "plomberie" and _WATER_CUT.search(words):
        kinds.add("water")
    return frozenset(kinds)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("\u2019", "'").casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))

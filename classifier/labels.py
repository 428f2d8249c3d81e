"""The closed lists of labels; the categories, their families and subjects are in categories.toml."""

import tomllib
from functools import cache
from pathlib import Path

NATURES = ("demande", "relance", "contestation", "question", "remerciement_suggestion")
URGENCIES = ("danger", "urgent", "normal", "faible")
DANGER_LEVELS = ("none", "check", "danger")
DANGER_TYPES = (
    "gas",
    "co",
    "trapped",
    "fire",
    "electric",
    "flood",
    "structure",
    "aggression",
    "distress",
    "child",
    "weapon",
    "health",
)
WRITTEN_DANGERS = (*DANGER_TYPES, "fall", "lift")  # Of the corpus; the lexicon files these two under "structure".
# Why a message that uses the words of danger tells of none.
CALM_REASONS = ("negated", "past", "hypothetical", "figurative", "administrative", "solved", "mild")
STYLES = (
    "courteous",
    "dry",
    "angry",
    "ironic",
    "pleading",
    "legal",
    "sms",
    "dictation",
    "capitals",
    "allophone",
    "elderly",
    "teen",
    "third_party",
)
LENGTHS = {"short": 60, "medium": 200, "long": 501, "very_long": 10_001}  # Characters, the end of each band excluded.

_CATEGORIES = Path(__file__).with_name("categories.toml")


@cache
def _categories() -> dict[str, dict[str, object]]:
    return tomllib.loads(_CATEGORIES.read_text(encoding="utf-8"))


def family_of(category: str) -> str:
    """Return the family of a category; a category that is not listed is a family of its own."""
    return str(_categories().get(category, {}).get("family", category))


@cache
def subjects_of(category: str) -> frozenset[str]:
    """Return the subjects an example of a category may be written on; none for a category that is not listed."""
    listed = _categories().get(category, {}).get("subjects", [])
    return frozenset(str(subject) for subject in listed) if isinstance(listed, list) else frozenset()


def length_of(text: str) -> str:
    """Return the band of length of a text."""
    return next((name for name, end in LENGTHS.items() if len(text) < end), list(LENGTHS)[-1])

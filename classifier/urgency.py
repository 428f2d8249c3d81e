"""How urgent: the answer with the smallest expected cost, so that a doubt leans towards care, never under a floor."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from classifier.calibration import Array
from classifier.context import Context
from classifier.labels import URGENCIES
from classifier.lexicon import Finder, finder

_FLOORS = Path(__file__).with_name("urgency_floors.toml")


class Floor(NamedTuple):
    """The least urgency of messages of some categories that say some words, when some circumstances hold."""

    categories: frozenset[str]
    words: Finder  # Of the names "said", "and_said" and "unless".
    needs: frozenset[str]
    when: tuple[str, ...]
    level: str

    def holds(self, category: str, tokens: list[str], context: Context, told: frozenset[str]) -> bool:
        """Say whether the floor applies."""
        if category not in self.categories:
            return False
        known = all(getattr(context, name) or (getattr(context, name) is None and name in told) for name in self.when)
        found = self.words.find(tokens) if known else {}
        return self.needs <= set(found) and "unless" not in found


class Floors(NamedTuple):
    """Every floor, and the words by which a message tells its own circumstances."""

    told: Finder
    floors: tuple[Floor, ...]


@cache
def floors() -> Floors:
    """Return the floors, read and compiled once."""
    data = tomllib.loads(_FLOORS.read_text(encoding="utf-8"))
    parts = ("said", "and_said", "unless")
    return Floors(
        finder(data["told"]),
        tuple(
            Floor(
                frozenset(row["categories"]),
                finder({name: row[name] for name in parts if name in row}),
                frozenset(name for name in parts[:2] if name in row),
                tuple(row["when"]),
                row["level"],
            )
            for row in data["floor"]
        ),
    )


def floor_of(category: str, tokens: list[str], context: Context) -> str:
    """Return the least urgency of a message of a category, given as tokens."""
    book = floors()
    told = frozenset(book.told.find(tokens))
    levels = [floor.level for floor in book.floors if floor.holds(category, tokens, context, told)]
    return min(levels, key=URGENCIES.index, default=URGENCIES[-1])


def decide(probability: Array, threshold: float, *, is_danger: bool, least: str = URGENCIES[-1]) -> str:
    """Return the urgency for probabilities of shape (4,), `least` at least.

    "danger" is said by the danger level alone; the chance of danger then speaks for "urgent". Expected cost decides: to
    take a grave message for a light one costs (1 - threshold) / threshold times as much as the reverse, so it is grave
    as soon as the chance that it is reaches `threshold`.
    """
    if is_danger:
        return URGENCIES[0]
    is_grave = probability[0] + probability[1] >= threshold
    best = 1 if is_grave else 2 + int(np.argmax(probability[2:]))
    return URGENCIES[min(best, URGENCIES.index(least))]

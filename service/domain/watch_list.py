"""The public list of words that are watched, and finding them in a message.

A term is one word or two that follow each other, in lower case, without accents, without the mark of the plural, and
without the small words between the two: « Punaises de lit » is `punaise lit`, and so is « punaise de lit ».
"""

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from service.domain.addresses import fold

# Themes of the list: they order what people read, and are no categories.
THEMES: Mapping[str, str] = {
    "nuisibles": "Animaux et nuisibles",
    "sante": "Santé",
    "eau": "Eau",
    "air": "Air et odeurs",
    "energie": "Énergie",
    "batiment": "Bâtiment et feu",
    "equipement": "Équipements",
    "securite": "Sécurité",
    "charges": "Loyer et charges",
    "numerique": "Numérique",
    "meteo": "Météo",
    "travaux": "Travaux",
    "vie": "Vie de la résidence",
}
WORD = re.compile(r"[^\W_]+")
# Between two words that go together, and so common that alone they say nothing.
_SMALL = frozenset(("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "un", "une"))
_SHORTEST_PLURAL = 4  # letters: « bus » and « gaz » stay as they are


@dataclass(frozen=True)
class Listed:
    """A term while it is in force: from a month on, until a month that it no longer counts in."""

    term: str
    label: str
    from_month: date
    until_month: date | None = None
    theme: str = ""  # a key of THEMES; empty for what the working group added

    def counts_in(self, month: date) -> bool:
        """Say whether the term is on the list of a month."""
        return self.from_month <= month and (self.until_month is None or month < self.until_month)


def words_of(message: str) -> list[str]:
    """Return the words of a message in order, folded, in the singular, without the small ones."""
    words = (plain_word(word) for word in WORD.findall(unicodedata.normalize("NFC", message)))
    return [word for word in words if word]


@lru_cache(maxsize=100_000)  # a month has far fewer words than signs
def plain_word(word: str) -> str:
    """Return a word folded and in the singular; empty when it is a small one."""
    word = fold(word)
    if not word or word in _SMALL:
        return ""
    return word[:-1] if word[-1] in "sx" and len(word) >= _SHORTEST_PLURAL else word


def term_of(label: str) -> str:
    """Return the term under which a word, or two, are looked for."""
    return " ".join(words_of(label))


def phrases_of(message: str) -> set[str]:
    """Return every term that a message holds, listed or not: its words and its pairs of words."""
    return phrases(words_of(message))


def phrases(words: Sequence[str]) -> set[str]:
    """Return the words and the pairs of words that follow each other."""
    return {*words, *(f"{one} {other}" for one, other in pairwise(words))}


def find_terms(message: str, terms: AbstractSet[str]) -> AbstractSet[str]:
    """Return the listed terms that a message holds."""
    return phrases_of(message) & terms


@cache
def watched_words() -> tuple[Listed, ...]:
    """Return the terms that come with Sève, in the order of the file."""
    with (Path(__file__).parent / "data" / "watch_terms.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        return tuple(
            Listed(row["term"], row["label"], date.fromisoformat(f"{row['from']}-01"), theme=row["theme"])
            for row in rows
        )


def in_force(month: date, changes: Mapping[tuple[str, date], Listed]) -> dict[str, Listed]:
    """Return the list of a month by term, in order: the file's, and what the working group added or took off.

    A change has the term and the first month of what it replaces.
    """
    every = {(one.term, one.from_month): one for one in watched_words()} | dict(changes)
    found = {one.term: one for one in every.values() if one.counts_in(month)}
    return {term: found[term] for term in sorted(found)}

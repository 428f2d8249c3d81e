"""Terms of the danger lexicons, French and foreign, compiled once, found in a clause by their first word."""

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from classifier.cleaning import strip_accents

_LEXICON = Path(__file__).with_name("danger_lexicon.toml")
_FOREIGN = Path(__file__).with_name("danger_foreign.toml")
_ANY_DISTANCE = 60  # Tokens: a clause dictated without punctuation is still not one thought.
_GAP = ".."
_LONGEST_GAP = 3  # Tokens that may stand where a term has two dots.
MASK = "-"


class Span(NamedTuple):
    """Tokens from `start` to `end` (excluded) in a clause."""

    start: int
    end: int


class Rule(NamedTuple):
    """A rule of the lexicon: the concepts that must meet within `window` tokens, and those that forbid it.

    No qualifier lowers a firm rule. A doubtful rule fires on too many harmless messages to be believed: when there
    is a model, it speaks through it. A foreign rule is in another language than French.
    """

    type: str
    all: tuple[str, ...]
    unless: tuple[str, ...]
    window: int
    level: str
    firm: bool
    doubtful: bool = False
    foreign: bool = False


class Term(NamedTuple):
    """A term: the name it speaks for and its words, each whole or ending in * as a prefix."""

    name: str
    words: tuple[str, ...]


def _fits(word: str, token: str) -> bool:
    return token.startswith(word[:-1]) if word.endswith("*") else token == word


def _end(words: tuple[str, ...], tokens: list[str], position: int) -> int | None:
    """Return where a term that starts at `position` ends, or None when it does not stand there."""
    for number, word in enumerate(words):
        if word == _GAP:
            reach = range(position, min(position + _LONGEST_GAP, len(tokens)) + 1)
            ends = (_end(words[number + 1 :], tokens, start) for start in reach if "," not in tokens[position:start])
            return next((end for end in ends if end is not None), None)
        if position >= len(tokens) or not _fits(word, tokens[position]):
            return None
        position += 1
    return position


class Finder:
    """Many terms, found together: a token is looked up once whole and once per prefix length in use."""

    def __init__(self, terms: list[Term]) -> None:
        self._whole: dict[str, list[Term]] = defaultdict(list)
        self._prefix: dict[str, list[Term]] = defaultdict(list)
        for term in terms:
            first = term.words[0]
            if first.endswith("*"):
                self._prefix[first[:-1]].append(term)
            else:
                self._whole[first].append(term)
        self._lengths = sorted({len(prefix) for prefix in self._prefix})

    def _starting(self, token: str) -> list[Term]:
        found = list(self._whole.get(token, ()))
        for length in self._lengths:
            if length > len(token):
                break
            found.extend(self._prefix.get(token[:length], ()))
        return found

    def find(self, tokens: list[str]) -> dict[str, list[Span]]:
        """Return the spans of every name that stands in a clause, in order; only the longest at each start."""
        places: dict[str, dict[int, Span]] = defaultdict(dict)
        for start, token in enumerate(tokens):
            for term in self._starting(token):
                end = _end(term.words, tokens, start)
                known = places[term.name].get(start)
                if end is not None and (known is None or end > known.end):
                    places[term.name][start] = Span(start, end)
        return {name: list(spans.values()) for name, spans in places.items() if spans}


class Lexicon(NamedTuple):
    """The lexicon, its terms ready to be found."""

    masks: Finder
    concepts: Finder
    qualifiers: Finder
    rules: tuple[Rule, ...]


def _terms(name: str, texts: list[str]) -> list[Term]:
    return [Term(name, tuple(text.split())) for text in texts]


def finder(groups: dict[str, list[str]]) -> Finder:
    """Return the finder of the terms of each name."""
    return Finder([term for name, texts in groups.items() for term in _terms(name, texts)])


def _rule(row: dict[str, Any]) -> Rule:
    return Rule(
        row["type"],
        tuple(row["all"]),
        tuple(row.get("unless", ())),
        row.get("window", _ANY_DISTANCE),
        row["level"],
        row.get("firm", False),
        row.get("doubtful", False),
    )


def _foreign() -> tuple[dict[str, list[str]], list[Rule]]:
    """Return the concepts and the rules of the other languages: one of each per level and type."""
    concepts: dict[str, list[str]] = {}
    rules = []
    for level, types in tomllib.loads(strip_accents(_FOREIGN.read_text(encoding="utf-8"))).items():
        for kind, terms in types.items():
            name = f"foreign {level} {kind}"
            concepts[name] = terms
            rules.append(Rule(kind, (name,), (), _ANY_DISTANCE, level, firm=True, foreign=True))
    return concepts, rules


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, read and compiled once."""
    data = tomllib.loads(_LEXICON.read_text(encoding="utf-8"))
    concepts, rules = _foreign()
    return Lexicon(
        finder({MASK: data["masks"]}),
        finder(data["concepts"] | concepts),
        finder(data["qualifiers"]),
        (*map(_rule, data["rule"]), *rules),
    )


def unmasked(tokens: list[str], masks: Finder) -> list[str]:
    """Return the tokens with those of every masked phrase replaced by a sign no term knows."""
    clear = list(tokens)
    for span in masks.find(tokens).get(MASK, ()):
        clear[span.start : span.end] = [MASK] * (span.end - span.start)
    return clear

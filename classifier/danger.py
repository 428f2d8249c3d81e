"""Words that say people are at risk, read with the standard library alone: it works when no model does.

The concepts, rules and qualifiers are data (danger_lexicon.toml). A qualifier lowers "danger" to "check";
nothing lowers a rule that fired to "none".
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from classifier.cleaning import words
from classifier.labels import DANGER_LEVELS

_LEXICON = Path(__file__).with_name("danger_lexicon.toml")
_CLAUSE_END = re.compile(r"(?<=[.!?;:…])\s+|\n+|\b(?:mais|par contre|en revanche|cependant)\b", re.IGNORECASE)
_ANY_DISTANCE = 60  # Tokens: a clause dictated without punctuation is still not one thought.
_NEGATION_REACH = 3  # Tokens before the first word of a rule in which a negation denies it.
_MASK = "-"
_MOST_WORDS = 6


@dataclass(frozen=True)
class DangerFinding:
    """What the lexicon says of a message: level none, check or danger; types; the words that told, as spelled."""

    level: str
    types: tuple[str, ...]
    words: tuple[str, ...]


class Rule(NamedTuple):
    """A rule of the lexicon: the concepts that must meet within `window` tokens, and those that forbid it."""

    type: str
    all: tuple[str, ...]
    unless: tuple[str, ...]
    window: int
    level: str


class Lexicon(NamedTuple):
    """The lexicon, its terms compiled."""

    masks: re.Pattern[str]
    concepts: dict[str, re.Pattern[str]]
    qualifiers: dict[str, re.Pattern[str]]
    rules: tuple[Rule, ...]


class Clause(NamedTuple):
    """A part of a message: its tokens (a comma is one), and the spelling each token came from."""

    tokens: list[str]
    spellings: list[str]


class Span(NamedTuple):
    """Tokens from `start` to `end` (excluded) in a clause."""

    start: int
    end: int


class Hit(NamedTuple):
    """A rule that fired on a clause, with the spans of its concepts and what qualifies it."""

    rule: Rule
    spans: tuple[Span, ...]
    qualified: bool


def _pattern(terms: list[str]) -> re.Pattern[str]:
    def term(text: str) -> str:
        plain = re.escape(text).replace(r"\ ", " ").replace(r"\*", r"\S*")
        return plain.replace(r" \.\. ", r"(?: (?!,)\S+){0,3} ")

    ordered = sorted(terms, key=lambda text: (-len(text), text))
    return re.compile(rf"(?<!\S)(?:{'|'.join(term(text) for text in ordered)})(?!\S)")


@cache
def lexicon() -> Lexicon:
    """Return the lexicon, read and compiled once."""
    data = tomllib.loads(_LEXICON.read_text(encoding="utf-8"))
    rules = tuple(
        Rule(
            row["type"], tuple(row["all"]), tuple(row.get("unless", ())), row.get("window", _ANY_DISTANCE), row["level"]
        )
        for row in data["rule"]
    )
    return Lexicon(
        _pattern(data["masks"]),
        {name: _pattern(terms) for name, terms in data["concepts"].items()},
        {name: _pattern(terms) for name, terms in data["qualifiers"].items()},
        rules,
    )


def _clause(text: str) -> Clause:
    tokens: list[str] = []
    spellings: list[str] = []
    for number, part in enumerate(text.split(",")):
        if number:
            tokens.append(",")
            spellings.append(",")
        for word in words(part):
            tokens.extend(word.tokens)
            spellings.extend([word.spelling] * len(word.tokens))
    return Clause(tokens, spellings)


def _spans(pattern: re.Pattern[str], line: str) -> list[Span]:
    found = []
    for match in pattern.finditer(line):
        start = line.count(" ", 0, match.start())
        found.append(Span(start, start + match.group().count(" ") + 1))
    return found


def _masked(line: str, masks: re.Pattern[str]) -> str:
    return masks.sub(lambda match: " ".join(_MASK for _ in match.group().split(" ")), line)


def _meeting(places: list[list[Span]], window: int) -> tuple[Span, ...] | None:
    """Return one span per concept, all within `window` tokens around one of the first concept's, or None."""
    for anchor in places[0]:
        chosen = [anchor]
        for spans in places[1:]:
            near = [span for span in spans if abs(span.start - anchor.start) <= window and span not in chosen]
            if not near:
                break
            chosen.append(min(near, key=lambda span: abs(span.start - anchor.start)))
        else:
            return tuple(sorted(chosen))
    return None


def _is_denied(spans: tuple[Span, ...], denials: list[Span], tokens: list[str]) -> bool:
    """Say whether a negation stands just before or between the words of a rule, with no comma in between."""
    inside = {position for span in spans for position in range(span.start, span.end)}
    first, last = spans[0].start, spans[-1].end
    for denial in denials:
        if denial.start in inside or not first - _NEGATION_REACH <= denial.start < last:
            continue
        if "," not in tokens[denial.start : first]:
            return True
    return False


def _hits(clause: Clause, book: Lexicon) -> list[Hit]:
    line = _masked(" ".join(clause.tokens), book.masks)
    places = {name: _spans(pattern, line) for name, pattern in book.concepts.items()}
    denials = _spans(book.qualifiers["negated"], line)
    softened = any(pattern.search(line) for name, pattern in book.qualifiers.items() if name != "negated")
    hits = []
    for rule in book.rules:
        if any(places[name] for name in rule.unless) or not all(places[name] for name in rule.all):
            continue
        spans = _meeting([places[name] for name in rule.all], rule.window)
        if spans is not None:
            hits.append(Hit(rule, spans, softened or _is_denied(spans, denials, clause.tokens)))
    return hits


def _level(hit: Hit) -> int:
    return min(DANGER_LEVELS.index(hit.rule.level), 1) if hit.qualified else DANGER_LEVELS.index(hit.rule.level)


def read(text: str) -> list[tuple[Clause, Hit]]:
    """Return every rule that fires in a message, with the clause it fires in."""
    book = lexicon()
    parts = (_clause(part) for part in _CLAUSE_END.split(text) if part and part.strip())
    return [(clause, hit) for clause in parts for hit in _hits(clause, book)]


def finding(fired: list[tuple[Clause, Hit]]) -> DangerFinding:
    """Return the level, the types and the telling words of rules that fired, those of the highest level only."""
    if not fired:
        return DangerFinding("none", (), ())
    highest = max(_level(hit) for _, hit in fired)
    telling = [(clause, hit) for clause, hit in fired if _level(hit) == highest]
    types = dict.fromkeys(hit.rule.type for _, hit in telling)
    said = dict.fromkeys(
        clause.spellings[position] for clause, hit in telling for span in hit.spans for position in range(*span)
    )
    return DangerFinding(DANGER_LEVELS[highest], tuple(types), tuple(said)[:_MOST_WORDS])


def scan(text: str) -> DangerFinding:
    """Return what the lexicon says of a message."""
    return finding(read(text))


def signals(fired: list[tuple[Clause, Hit]]) -> frozenset[str]:
    """Return the names the danger model learns from: each type at its level, qualified or not."""
    return frozenset(
        f"{hit.rule.type}:{hit.rule.level}:{'qualified' if hit.qualified else 'plain'}" for _, hit in fired
    )


def signal_names() -> tuple[str, ...]:
    """Return every name `signals` can give, in order."""
    pairs = sorted({(rule.type, rule.level) for rule in lexicon().rules})
    return tuple(f"{kind}:{level}:{how}" for kind, level in pairs for how in ("plain", "qualified"))

"""Words that say people are at risk, read with the standard library alone: it works when no model does.

The concepts, rules and qualifiers are data (danger_lexicon.toml; danger_foreign.toml for other languages). A qualifier
lowers "danger" to "check", unless the rule is firm; nothing here lowers a rule that fired to "none".
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from classifier.cleaning import words
from classifier.labels import DANGER_LEVELS
from classifier.language import is_foreign
from classifier.lexicon import Lexicon, Rule, Span, lexicon, unmasked

_CLAUSE_END = re.compile(r"(?<=[.!?;:…])\s+|\n+|\b(?:mais|par contre|en revanche|cependant)\b", re.IGNORECASE)
_NEGATION_REACH = 3  # Tokens before the first word of a rule in which a negation denies it.
_MOST_WORDS = 6


@dataclass(frozen=True)
class DangerFinding:
    """What the lexicon says of a message: level none, check or danger; types; the words that told, as spelled.

    A weak finding rests on no rule that may be believed alone: it is enough when there is no model to ask. Nothing the
    model says lowers a firm one.
    """

    level: str
    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    is_weak: bool = False
    is_firm: bool = False


class Clause(NamedTuple):
    """A part of a message: its tokens (a comma is one), and the spelling each token came from."""

    tokens: list[str]
    spellings: list[str]


class Hit(NamedTuple):
    """A rule that fired on a clause, with the spans of its concepts and what qualifies it."""

    rule: Rule
    spans: tuple[Span, ...]
    qualified: bool


Fired = list[tuple[Clause, Hit]]


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
    tokens = unmasked(clause.tokens, book.masks)
    places = book.concepts.find(tokens)
    if not places:
        return []
    qualifiers = book.qualifiers.find(tokens)
    denials = qualifiers.pop("negated", [])
    hits = []
    for rule in book.rules:
        if any(name in places for name in rule.unless) or not all(name in places for name in rule.all):
            continue
        spans = _meeting([places[name] for name in rule.all], rule.window)
        if spans is not None:
            doubted = bool(qualifiers) or _is_denied(spans, denials, tokens)
            hits.append(Hit(rule, spans, doubted and not rule.firm))
    return hits


def _level(hit: Hit) -> int:
    return min(DANGER_LEVELS.index(hit.rule.level), 1) if hit.qualified else DANGER_LEVELS.index(hit.rule.level)


def read(text: str) -> Fired:
    """Return every rule that fires in a message, with the clause it fires in."""
    book = lexicon()
    parts = (_clause(part) for part in _CLAUSE_END.split(text) if part and part.strip())
    return [(clause, hit) for clause in parts for hit in _hits(clause, book)]


def finding(fired: Fired) -> DangerFinding:
    """Return the level, the types and the telling words of rules that fired, those of the highest level only."""
    if not fired:
        return DangerFinding("none")
    highest = max(_level(hit) for _, hit in fired)
    telling = [(clause, hit) for clause, hit in fired if _level(hit) == highest]
    types = dict.fromkeys(hit.rule.type for _, hit in telling)
    said = dict.fromkeys(
        clause.spellings[position] for clause, hit in telling for span in hit.spans for position in range(*span)
    )
    strong = [hit for _, hit in fired if hit.rule.level == DANGER_LEVELS[-1] and not hit.rule.doubtful]
    return DangerFinding(
        DANGER_LEVELS[highest],
        tuple(types),
        tuple(said)[:_MOST_WORDS],
        is_weak=not strong,
        is_firm=any(hit.rule.firm for hit in strong),
    )


def scan(text: str) -> DangerFinding:
    """Return what the lexicon says of a message."""
    return finding(read(text))


def is_understood(text: str, fired: Fired) -> bool:
    """Say whether a message is in the only language we know, by its words and by the rules that fired in it."""
    return not is_foreign(text) and not any(hit.rule.foreign for _, hit in fired)


def heard(level: str, *, understood: bool) -> str:
    """Return the level to act on: what the lexicon says, at least "check" when nobody has understood the message."""
    return DANGER_LEVELS[max(DANGER_LEVELS.index(level), int(not understood))]


def signals(fired: Fired) -> frozenset[str]:
    """Return the names the danger model learns from: each type at its level, qualified or not."""
    return frozenset(
        f"{hit.rule.type}:{hit.rule.level}:{'qualified' if hit.qualified else 'plain'}" for _, hit in fired
    )


def signal_names() -> tuple[str, ...]:
    """Return every name `signals` can give, in order."""
    pairs = sorted({(rule.type, rule.level) for rule in lexicon().rules})
    return tuple(f"{kind}:{level}:{how}" for kind, level in pairs for how in ("plain", "qualified"))

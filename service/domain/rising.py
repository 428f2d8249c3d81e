"""Words that rise in one member's own messages: counted exactly, for its own staff, and what is never counted.

Names are not wanted here: what holds a digit, what a register of the member knows, what a title announces, what is
mostly written with a capital, and what is said in fewer than three residences is left out before anything is kept.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import sqrt
from typing import Any
from uuid import UUID

from service.domain.grammar import GRAMMAR
from service.domain.names import hide
from service.domain.watch_list import WORD, phrases, plain_word

LEAST_HOUSEHOLDS = 5
LEAST_RESIDENCES = 3
LEAST_MONTHS = 3
SHOWN = 40
_LEAST_DEVIATIONS = 4.0
_LEAST_RATIO = 2.0
_UNSEEN = 3  # households, about, of a word that was too rare to be kept
_SHORTEST, _LONGEST = 3, 25  # letters
_MOST_WORDS = 2
_HIDDEN = "0"  # in the place of a name: what holds a digit is not kept
_ENDS = re.compile(r"[.!?:;\n]\s*$")


@dataclass(frozen=True)
class Month:
    """What one month of a member holds: households that wrote, and term -> households and spelling."""

    households: int
    words: Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class RisingWord:
    """One word that rises: households of the latest month, and those it would have as in the months before."""

    term: str
    label: str
    households: int
    usual: int
    z: float


@dataclass
class _Spelled:
    """How one word is written: its spellings, and how often it stands with a capital where none is due."""

    spellings: Counter[str] = field(default_factory=Counter)
    capitals: int = 0

    @property
    def is_name(self) -> bool:
        return 2 * self.capitals >= self.spellings.total()


def is_public_word(term: str) -> bool:
    """Say whether a term is one word or two, of letters only, none of them very short or very long."""
    words = term.split(" ")
    return len(words) <= _MOST_WORDS and all(
        word.isascii() and word.isalpha() and word.islower() and _SHORTEST <= len(word) <= _LONGEST for word in words
    )


def count_words(messages: Iterable[tuple[UUID, UUID, str]], known: AbstractSet[str]) -> Month:
    """Count the households behind each word of a month's messages: dwelling, residence and text of each.

    `known` holds the plain words of the member's registers: people, streets, residences, towns, organisations.
    """
    spelled: dict[str, _Spelled] = defaultdict(_Spelled)
    read = [
        (dwelling, residence, phrases(_read(hide(unicodedata.normalize("NFC", text), (), _HIDDEN), spelled)))
        for dwelling, residence, text in messages
    ]
    often = Counter(term for _, _, terms in read for term in terms)
    wanted = {
        term for term, count in often.items()
        if count >= LEAST_HOUSEHOLDS and is_public_word(term)
        and not any(word in known or word in GRAMMAR or spelled[word].is_name for word in term.split(" "))
    }  # fmt: skip
    households, residences = defaultdict[str, set[UUID]](set), defaultdict[str, set[UUID]](set)
    for dwelling, residence, terms in read:
        for term in terms & wanted:
            households[term].add(dwelling)
            residences[term].add(residence)
    kept = {
        term: (len(households[term]), _spelling(term, spelled))
        for term in sorted(wanted)
        if len(households[term]) >= LEAST_HOUSEHOLDS and len(residences[term]) >= LEAST_RESIDENCES
    }
    return Month(len({dwelling for dwelling, _, _ in read}), kept)


def _read(text: str, spelled: dict[str, _Spelled]) -> list[str]:
    """Return the plain words of a message in order, and remember how they were written."""
    words, has_capitals, end = [], not text.isupper(), 0
    for match in WORD.finditer(text):
        written = match[0]
        word = plain_word(written)
        if word:
            words.append(word)
            how = spelled[word]
            how.spellings[written.lower()] += 1
            if has_capitals and written[0].isupper() and not _begins(text[end : match.start()], end):
                how.capitals += 1
        end = match.end()
    return words


def _begins(between: str, end: int) -> bool:
    """Say whether what lies between the word before and a word makes it the first of its sentence."""
    return end == 0 or _ENDS.search(between) is not None


def _spelling(term: str, spelled: Mapping[str, _Spelled]) -> str:
    return " ".join(spelled[word].spellings.most_common(1)[0][0] for word in term.split(" "))


def rising(latest: Month, past: Sequence[Month], listed: Collection[str]) -> list[RisingWord]:
    """Return the words that rise against the months before and are not on the public list, the clearest first.

    What is usual follows the number of households that wrote. A pair and its words are all shown: which of them says
    the thing is for a person to judge.
    """
    told = [month for month in past if month.households]
    if len(told) < LEAST_MONTHS:
        return []
    part = latest.households / sum(month.households for month in told)
    found = [
        _compare(term, seen, sum(month.words.get(term, (_UNSEEN, ""))[0] for month in told), part)
        for term, seen in latest.words.items()
        if term not in listed
    ]
    clear = (one for one in found if one.z > _LEAST_DEVIATIONS and one.households >= _LEAST_RATIO * one.usual)
    return sorted(clear, key=lambda one: (-one.z, -one.households, one.term))[:SHOWN]


def _compare(term: str, seen: Sequence[Any], before: int, part: float) -> RisingWord:
    expected = before * part
    z = (seen[0] - expected) / sqrt(max(expected, 1.0) * (1 + part))
    return RisingWord(term, seen[1], seen[0], round(expected), z)

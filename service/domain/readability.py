"""How easy a French text is to read: Flesch's figure with the weights of Kandel and Moles (1958) for French.

    score = 207 - 1.015 x (words / sentences) - 73.6 x (syllables / words)

100 is very easy, 60 plain, 30 hard. Syllables are counted as they are said: groups of vowels, without a mute ending.
That is right for about nineteen words in twenty, which is enough for a mean; no figure replaces reading aloud.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

FEWEST = 4  # words: shorter pieces are labels and names of buttons, not sentences
LONG = 4  # syllables from which a word is called long

_VOWELS = re.compile(r"[éèêë]|eau|[aeiouyàâäîïôöùûüœæ]+", re.IGNORECASE)
_SILENT_U = re.compile(r"(?<=[qg])u(?=[eéèêiîy])|(?<=q)u")
_MUTE = re.compile(r"(?<=[^aeoyàâäèêëîïôöùûü])(?:es?|ent)$")
# The ending of these is heard, unlike that of "arrivent": moment, récent, présent, accident, urgent, souvent, client.
_HEARD = re.compile(r"(?:m|[oéi]c|rés|[ci]d|[aru]g|souv|cli|pati|par)ents?$|^(?:v|d|c|l)ents?$")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[\s\u00a0.,]\d+)*")
_PART = re.compile(r"[^\W\d_]{2,}|[aày]\b", re.IGNORECASE)  # what an elision leaves is not said alone: "l", "d", "qu"
_END = re.compile(r"(?<=[.!?…])[\s\u00a0»]+|\n+")
_VALUE = re.compile(r"%\(\w+\)[sd]")
_MARKUP = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Readability:
    """What was measured in a text: figures are means over its sentences and words."""

    score: float
    words_per_sentence: float
    long_words: float  # share, 0 to 1
    sentences: int


def syllables(word: str) -> int:
    """Return how many syllables a word has when it is said: one at the least, one for a number."""
    return max(1, sum(_heard(part) for part in _PART.findall(word.lower())))


def _heard(part: str) -> int:
    said = _SILENT_U.sub("", part)
    if not _HEARD.search(said):
        said = _MUTE.sub("", said)
    return len(_VOWELS.findall(said))


def words_of(sentence: str) -> list[str]:
    """Return the words of a sentence; a number written in groups is one word, and so is "l'eau"."""
    return _WORD.findall(sentence)


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text. Markup is left out; a value to be filled in counts as one word."""
    plain = _VALUE.sub("nom", _MARKUP.sub(" ", text)).replace("%%", "%")
    pieces = (" ".join(piece.split()) for piece in _END.split(plain))
    return [piece for piece in pieces if len(words_of(piece)) >= FEWEST]


def measure(sentences: Iterable[str]) -> Readability | None:
    """Measure sentences together; None when there is none."""
    counted = [[syllables(word) for word in words_of(sentence)] for sentence in sentences]
    flat = [count for line in counted for count in line]
    if not flat:
        return None
    length = len(flat) / len(counted)
    return Readability(
        score=round(207 - 1.015 * length - 73.6 * sum(flat) / len(flat), 1),
        words_per_sentence=round(length, 1),
        long_words=round(sum(count >= LONG for count in flat) / len(flat), 3),
        sentences=len(counted),
    )


def score_of(sentence: str) -> float:
    """Return the figure of one sentence alone."""
    found = measure([sentence])
    return found.score if found else 207.0


def hardest(sentences: Iterable[str], most: int = 10) -> list[str]:
    """Return the hardest sentences, the worst first, each once."""
    return sorted(dict.fromkeys(sentences), key=score_of)[:most]

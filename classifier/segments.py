"""The parts of a long message that are scored on their own, so that a subject said once is not drowned."""

import itertools
import re

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_LONG_SENTENCE = 25  # Words; beyond, windows are taken inside.
_WINDOW = 14
_STRIDE = 7
_AT_MOST = 48  # Segments per message, evenly spread, so that 10,000 characters stay cheap.


def _windows(sentence: str) -> list[str]:
    parts = sentence.split()
    if len(parts) <= _LONG_SENTENCE:
        return [sentence]
    return [" ".join(parts[start : start + _WINDOW]) for start in range(0, len(parts) - _WINDOW + _STRIDE, _STRIDE)]


def segments(text: str) -> list[str]:
    """Return sentences, pairs of neighbouring sentences and windows of long ones; nothing for a single short one."""
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
    if len(sentences) == 1 and len(sentences[0].split()) <= _LONG_SENTENCE:
        return []
    found = [window for sentence in sentences for window in _windows(sentence)]
    found += [f"{one} {two}" for one, two in itertools.pairwise(sentences) if len(sentences) > 2]  # noqa: PLR2004
    if len(found) > _AT_MOST:
        step = len(found) / _AT_MOST
        found = [found[int(number * step)] for number in range(_AT_MOST)]
    return found

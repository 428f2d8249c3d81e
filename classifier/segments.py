"""The parts of a long message, so that a subject said once is not drowned by all that is said around it."""

import re

import numpy as np

from classifier.calibration import Array

# An end of sentence is a full stop or its like, a new line, or a capital after a small letter: many forget the stop.
_SENTENCE_END = re.compile(r"(?<=[.!?…;])\s+|\n+|(?<=[a-zéèàêç0-9)»]) +(?=[A-ZÉÈÀ][a-zéèàêç']+\s)")
_WORDS = 14  # Of a part cut out of a sentence without punctuation.
_LONG_SENTENCE = 21
_FEWEST_PARTS = 5  # A message of fewer parts is short enough to be read whole.
_AT_MOST = 48  # Parts per message, evenly spread, so that 10,000 characters stay cheap.
_ASIDE = 0.0  # Score over the best category's, from which a part is taken to say nothing.
_MOST_SUBJECT = 0.6  # Share of parts with a subject over which a message is read whole.
_SHARPNESS = 5.0


def sentences(text: str) -> list[str]:
    """Return the sentences of a message, without blank ones."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def _cut(sentence: str) -> list[str]:
    words = sentence.split()
    if len(words) <= _LONG_SENTENCE:
        return [sentence]
    return [" ".join(words[start : start + _WORDS]) for start in range(0, len(words), _WORDS)]


def segments(text: str) -> list[str]:
    """Return the parts of a message of many parts: its sentences, long ones cut; nothing for a shorter message."""
    found = [part for sentence in sentences(text) for part in _cut(sentence)]
    if len(found) < _FEWEST_PARTS:
        return []
    if len(found) > _AT_MOST:
        step = len(found) / _AT_MOST
        found = [found[int(number * step)] for number in range(_AT_MOST)]
    return found


def pooled(whole: Array, parts: Array, aside: Array) -> Array:
    """Return the scores of a message from those of the whole (categories,) and of its parts (parts, categories).

    `aside` (parts,) is the score of saying nothing. When at most six parts in ten have a subject, a message is a mean
    of the whole and of those parts, each weighing what it is sure of, and all of them the more the fewer they are; else
    it is the whole.
    """
    over = aside - parts.max(axis=1)
    kept = over < _ASIDE
    if kept.mean() > _MOST_SUBJECT:
        return whole
    kept[over.argmin()] = True
    scores = np.concatenate([parts, aside[:, None]], axis=1) * _SHARPNESS
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    best = np.sort(chances[:, :-1], axis=1)
    sure = (best[:, -1] - best[:, -2]) * (1 - chances[:, -1])
    weights = kept * sure**2 + 1e-9
    said = (weights[:, None] * parts).sum(axis=0) / weights.sum()
    share = 0.8 - 0.6 * kept.mean()
    return np.asarray((1 - share) * whole + share * said, dtype=np.float64)

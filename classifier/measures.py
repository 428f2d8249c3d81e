"""Measures of agreement and of trust; every one is between 0 and 1, kappa may be under 0."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

_BINS = 15
_SURENESS = 0.95  # Of the one-sided bound on a share.


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """Return the mean F1 over every label that is true or said somewhere."""
    return float(np.mean([f1 for _, _, f1 in per_label(truth, said).values()]))


def per_label(truth: Sequence[str], said: Sequence[str]) -> dict[str, tuple[float, float, float]]:
    """Return precision, recall and F1 of every label that is true or said somewhere."""
    hits = Counter(one for true, one in zip(truth, said, strict=True) if true == one)
    true, named = Counter(truth), Counter(said)
    return {
        label: (
            share(hits[label], named[label]),
            share(hits[label], true[label]),
            share(2 * hits[label], true[label] + named[label]),
        )
        for label in sorted({*true, *named})
    }


def quadratic_kappa(truth: Sequence[str], said: Sequence[str], scale: Sequence[str]) -> float:
    """Return Cohen's kappa with quadratic weights on an ordered scale; 0.0 when agreement is only chance."""
    size = len(scale)
    table = np.zeros((size, size))
    for true, one in zip(truth, said, strict=True):
        table[scale.index(true), scale.index(one)] += 1
    weights = (np.arange(size)[:, None] - np.arange(size)[None, :]) ** 2
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(table.sum(), 1)
    expected = float((weights * chance).sum())
    return 1 - float((weights * table).sum()) / expected if expected else 0.0


def calibration_error(confidence: Sequence[float], correct: Sequence[bool], bins: int = _BINS) -> float:
    """Return the expected calibration error over bins that hold as many answers each."""
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, min(bins, len(order)) or 1)
    sure, right = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=float)
    return float(sum(abs(sure[part].mean() - right[part].mean()) * len(part) for part in parts if len(part))) / max(
        len(order), 1
    )


def cuts(ordered: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return where ordered confidences may be cut: answers as sure as one another go together."""
    return np.append(ordered[1:] != ordered[:-1], True)[: len(ordered)]


def coverage_at(confidence: Sequence[float], correct: Sequence[bool], precision: float) -> float:
    """Return the largest share of answers, surest first, of which `precision` are right."""
    order = np.argsort(-np.asarray(confidence), kind="stable")
    ranks = np.arange(1, len(order) + 1)
    good = np.flatnonzero(
        (np.cumsum(np.asarray(correct)[order]) / ranks >= precision) & cuts(np.asarray(confidence)[order])
    )
    return share(int(good[-1]) + 1 if len(good) else 0, len(order))


def lower_bound(hits: int, total: int) -> float:
    """Return the exact (Clopper-Pearson) lower bound of a share that is surpassed with 95 % sureness."""
    return float(beta.ppf(1 - _SURENESS, hits, total - hits + 1)) if hits else 0.0


def share(part: float, whole: float) -> float:
    """Return a part of a whole, 0.0 of nothing."""
    return part / whole if whole else 0.0

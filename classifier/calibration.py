"""Scores become probabilities (one temperature per head), and thresholds say when they are enough."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from classifier.measures import cuts

Array = NDArray[np.float64]
_SHARPEST, _FLATTEST = -4.0, 2.0  # Bounds of the logarithm of the temperature.
_FEWEST = 20  # A precision read on fewer examples is not one.
_BORROWED = 20
_CATEGORY_VOICE = 2.0  # How loud the category speaks to the urgency head, the nature speaking at 1.


@dataclass(frozen=True)
class Calibration:
    """What turns scores into decisions; temperatures have no unit, thresholds are probabilities."""

    category_temperature: float
    nature_temperature: float
    urgency_temperature: float
    thresholds: tuple[float, ...]  # Per category: under it the model abstains.
    family_threshold: float  # Of the summed probability of a family, when the category is not sure.
    urgent: float  # Of the chances of danger and urgent together: from it on, a message is urgent.
    danger_check: float
    danger_alert: float
    danger_agree: float  # Under it, a rule that says danger only asks for a check.
    priors: tuple[float, ...]  # Per category: how much commoner it is in use than in the corpus; 1.0 unless told.


def fit_temperature(scores: Array, truth: NDArray[np.int64]) -> float:
    """Return the temperature that makes softmax(scores / T) likeliest; scores (n, classes), truth (n,) columns."""
    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        return -float(log_softmax(scores / np.exp(log_temperature), axis=1)[rows, truth].mean())

    best = minimize_scalar(loss, bounds=(_SHARPEST, _FLATTEST), method="bounded")
    return round(float(np.exp(best.x)), 6)


def probabilities(scores: Array, temperature: float) -> Array:
    """Return calibrated probabilities along the last axis."""
    result: Array = softmax(np.asarray(scores, dtype=np.float64) / temperature, axis=-1)
    return result


def beliefs(category: Array, nature: Array, category_temperature: float, nature_temperature: float) -> Array:
    """Return what the urgency head is told of the others' scores: their probabilities, along the last axis."""
    return np.concatenate(
        [_CATEGORY_VOICE * probabilities(category, category_temperature), probabilities(nature, nature_temperature)],
        axis=-1,
    )


def precision_threshold(confidence: Array, correct: NDArray[np.bool_], target: float) -> float:
    """Return the lowest confidence above which `target` of the answers are right; 1.0 when none is enough."""
    order = np.argsort(-confidence, kind="stable")
    ranks = np.arange(1, len(order) + 1)
    good = np.flatnonzero((np.cumsum(correct[order]) / ranks >= target) & (ranks >= _FEWEST) & cuts(confidence[order]))
    return round(float(confidence[order][good[-1]]), 6) if len(good) else 1.0


def category_thresholds(
    confidence: Array, winner: NDArray[np.int64], correct: NDArray[np.bool_], target: float, categories: int
) -> tuple[float, ...]:
    """Return, per category, the lowest confidence above which `target` of the answers that name it are right.

    A category seldom named borrows `_BORROWED` answers from all categories taken together, at the same confidence.
    """
    order = np.argsort(-confidence, kind="stable")
    overall = np.cumsum(correct[order]) / np.arange(1, len(order) + 1)
    marks = []
    for category in range(categories):
        places = np.flatnonzero(winner[order] == category)
        hits = np.cumsum(correct[order][places]) + _BORROWED * overall[places]
        good = np.flatnonzero(
            (hits / (np.arange(1, len(places) + 1) + _BORROWED) >= target) & cuts(confidence[order][places])
        )
        marks.append(round(float(confidence[order][places][good[-1]]), 6) if len(good) else 1.0)
    return tuple(marks)


def estimate_priors(chances: Array, learnt: Array, smoothing: float = 0.5, steps: int = 100) -> Array:
    """Return how common each category is among unlabelled messages, shape (categories,), summing to 1.

    `chances` (messages, categories) are probabilities for a corpus with the shares `learnt` (categories,). Expectation
    maximisation of Saerens, Latinne and Decaestecker (Neural Computation 14, 2002), smoothed so that a category nobody
    wrote about this time is not forgotten.
    """
    messages, categories = chances.shape
    shares = learnt
    for _ in range(steps):
        weighed = chances * (shares / learnt)
        counts = (weighed / weighed.sum(axis=1, keepdims=True)).sum(axis=0)
        shares = (counts + smoothing) / (messages + smoothing * categories)
    return shares


def with_priors(chances: Array, priors: Sequence[float]) -> Array:
    """Return probabilities corrected for how common each category is in use, along the last axis."""
    weighed = chances * np.asarray(priors)
    result: Array = weighed / weighed.sum(axis=-1, keepdims=True)
    return result


def load_threshold(probability: Array, already: NDArray[np.bool_], load: float) -> float:
    """Return the lowest threshold that, with the rows flagged `already`, flags at most `load` of all rows."""
    room = int(np.floor(load * len(probability))) - int(already.sum())
    rest = np.sort(probability[~already])[::-1]
    if room <= 0 or not len(rest):
        return 1.0
    return round(float(rest[min(room, len(rest)) - 1]), 6)


def recall_threshold(probability: Array, truth: NDArray[np.bool_], target: float) -> float:
    """Return the highest threshold that keeps `target` of the true cases; 0.5 without any."""
    cases = np.sort(probability[truth])
    if not len(cases):
        return 0.5
    return round(float(cases[int(np.floor((1 - target) * len(cases)))]), 6)

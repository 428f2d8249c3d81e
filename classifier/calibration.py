"""Scores become probabilities (one temperature per head), and thresholds say when they are enough."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

Array = NDArray[np.float64]
_SHARPEST, _FLATTEST = -4.0, 2.0  # Bounds of the logarithm of the temperature.
_FEWEST = 20  # A precision read on fewer examples is not one.


@dataclass(frozen=True)
class Calibration:
    """What turns scores into decisions; temperatures have no unit, thresholds are probabilities."""

    category_temperature: float
    nature_temperature: float
    urgency_temperature: float
    threshold: float
    secondary_threshold: float
    danger_check: float
    danger_alert: float


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


def precision_threshold(confidence: Array, correct: NDArray[np.bool_], target: float) -> float:
    """Return the lowest confidence above which `target` of the answers are right; 1.0 when none is enough."""
    order = np.argsort(-confidence, kind="stable")
    ranks = np.arange(1, len(order) + 1)
    good = np.flatnonzero((np.cumsum(correct[order]) / ranks >= target) & (ranks >= _FEWEST))
    return round(float(confidence[order][good[-1]]), 6) if len(good) else 1.0


def recall_threshold(probability: Array, truth: NDArray[np.bool_], target: float) -> float:
    """Return the highest threshold that keeps `target` of the true cases; 0.5 without any."""
    cases = np.sort(probability[truth])
    if not len(cases):
        return 0.5
    return round(float(cases[int(np.floor((1 - target) * len(cases)))]), 6)

"""What a membership attack tells: bounds that hold 999 times in 1,000, and the exact noise that is expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

DOUBT = 0.001  # how often a bound may be wrong
Numbers = NDArray[np.float64]
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Told:
    """How well a household is told from its absence: mu of Gaussian differential privacy, between two bounds."""

    low: float
    high: float
    accuracy: float
    hits: int  # with the household, above the threshold
    false: int  # without it, above
    runs: int


def tell(without: Numbers, having: Numbers) -> Told:
    """Return how well a statistic tells both worlds apart.

    The threshold is chosen on one half of the runs and judged on the other, with exact bounds for a proportion.
    """
    half = len(without) // 2
    threshold = _best_threshold(without[:half], having[:half])
    false, hits = int((without[half:] > threshold).sum()), int((having[half:] > threshold).sum())
    runs = len(without) - half
    accuracy = (runs - false + hits) / (2 * runs)
    (false_low, false_high), (hits_low, hits_high) = bounds(false, runs), bounds(hits, runs)
    return Told(
        low=_quantile(hits_low) - _quantile(false_high), high=_quantile(hits_high) - _quantile(false_low),
        accuracy=accuracy, hits=hits, false=false, runs=runs,
    )  # fmt: skip


def bounds(found: int, runs: int) -> tuple[float, float]:
    """Return the exact bounds (Clopper and Pearson 1934) of a proportion."""
    low = float(beta.ppf(DOUBT / 2, found, runs - found + 1)) if found else 0.0
    high = float(beta.ppf(1 - DOUBT / 2, found + 1, runs - found)) if found < runs else 1.0
    return low, high


def _quantile(share: float) -> float:
    return _NORMAL.inv_cdf(min(max(share, 1e-12), 1 - 1e-12))


def _best_threshold(without: Numbers, having: Numbers) -> float:
    """Return the threshold that tells the first halves apart best."""
    values = np.concatenate([without, having])
    order = np.argsort(values, kind="stable")
    is_having = np.concatenate([np.zeros(len(without)), np.ones(len(having))])[order]
    right = np.cumsum(1 - is_having) + is_having.sum() - np.cumsum(is_having)
    # Equal values stay on one side: only the last of each may be a threshold.
    ends = np.append(np.diff(values[order]) > 0, True)
    best = np.argmax(np.where(ends, right, -1))
    return float(values[order][best])


def masses(sigma: float, reach: int) -> Sequence[float]:
    """Return the exact masses of the discrete Gaussian from -reach to reach."""
    weights = [exp(-(value**2) / (2 * sigma**2)) for value in range(-reach, reach + 1)]
    total = sum(exp(-(value**2) / (2 * sigma**2)) for value in range(-40 * int(sigma + 1), 40 * int(sigma + 1) + 1))
    return [weight / total for weight in weights]

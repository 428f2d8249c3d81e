"""What the series of one table have in common: how widely their counts spread, and how far they drift in a year.

One series of two years says little of either. Forty say it well, so that each is judged with what all of them show, and
with its own wherever it stands clearly apart (the moderated variance of Smyth 2004, with robust estimates).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, median

from service.domain.regression import DRIFT, Fit, fit_counts

_ENOUGH = 8  # series: fewer have nothing in common that is known
_WEIGHT = 40.0  # degrees of freedom that the table stands for, beside those of a series
_APART = NormalDist().inv_cdf(0.99)
_TURNS = 4
_DRIFTS = (0.005, 0.02, 0.05, DRIFT)

History = tuple[float | None, ...]  # the oldest first; None: not published


@dataclass(frozen=True)
class Usual:
    """The dispersion and the yearly trend that are usual in a table, and how many degrees of freedom say so."""

    spread: float = 1.0
    drift: float = DRIFT
    weight: float = 0.0


ALONE = Usual()  # of a series that has no others beside it


def learn(table: Iterable[History], sigma: float, season: float) -> Usual:
    """Return what is usual among the series of a table, each long enough to be fitted."""
    fits = [fit_counts(series, sigma, season) for series in table]
    if len(fits) < _ENOUGH:
        return ALONE
    return Usual(_spread(fits, sigma), _drift(fits), _WEIGHT)


def fit_usual(series: History, sigma: float, season: float, usual: Usual) -> Fit:
    """Return the fit of a series, its dispersion drawn towards what is usual unless it clearly stands above."""
    fit = fit_counts(series, sigma, season, usual.drift)
    if _is_apart(fit, usual.spread, sigma):
        return fit
    noise = sigma**2 / fit.mean
    own = fit.freedom * (usual.spread / (usual.spread + noise)) ** 2  # What noise hides of a spread, chance cannot say.
    spread = (usual.weight * usual.spread + own * fit.spread) / (usual.weight + own)
    return fit.respread(max(1.0, spread), fit.freedom + usual.weight)


def _spread(fits: Sequence[Fit], sigma: float) -> float:
    """Return the dispersion in the middle of the series that do not stand apart from it."""
    kept, spread = fits, 1.0
    for _ in range(_TURNS):
        spread = max(1.0, median(fit.spread / _chi(0, fit.freedom) for fit in kept))
        kept = [fit for fit in fits if not _is_apart(fit, spread, sigma)]
    return spread


def _is_apart(fit: Fit, spread: float, sigma: float) -> bool:
    """Whether a series spreads so widely that chance would not do it: outages, or a season that is no wave."""
    noise = sigma**2 / fit.mean
    return fit.spread + noise > (spread + noise) * _chi(_APART, fit.freedom)


def _drift(fits: Iterable[Fit]) -> float:
    """Return the least of a few drifts that holds what is seen of the trends beyond their own uncertainty."""
    beyond = known = 0.0
    for fit in fits:
        sure = max(1e-9, 1 / fit.covariance[1][1] - 1 / DRIFT**2)  # what the counts alone know of the trend
        trend = fit.coefficients[1] / (fit.covariance[1][1] * sure)
        beyond += trend**2 * sure - 1
        known += sure
    seen = sqrt(max(0.0, beyond / known))
    return next((one for one in _DRIFTS if seen <= one), DRIFT)


def _chi(normal: float, freedom: float) -> float:
    """Return the quantile of chi-squared over its freedom that is as rare as one of the normal law (Wilson's)."""
    part = 2 / (9 * freedom)
    return max(0.05, 1 - part + normal * sqrt(part)) ** 3

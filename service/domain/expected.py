"""What was to be expected of a count, from its own past, and which counts stand above it.

From a year of history on: a quasi-Poisson regression with one yearly wave and a trend that is held back, past peaks
weighing less, and a bound on the 2/3-power scale (Farrington et al. 1996; Noufaily et al. 2013). The variance of the
published noise is added to that of chance. Before, for weeks alone: the mean and deviation of seven, two left out
between, twice in a row (EARS C2, Hutwagner et al. 2003). Over many series, Benjamini and
Hochberg keep false alarms rare.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, log, sqrt
from statistics import NormalDist, fmean, stdev

from service.domain.regression import DEGREES, Fit, fit_counts

ALPHA = 0.001  # of one series alone, one side
FALSE_AMONG = 0.05  # of what is called above, how much may be false
LEAST_COUNT = 5
YEARLY = {"month": 12.0, "week": 365.25 / 7}  # periods of a year
_BASELINE, _GAP = 7, 2  # periods, of EARS C2
_FAR = 3.0  # deviations, of EARS C2
_LONGEST = 12  # periods looked back on for the beginning of a rise
_BOUND = NormalDist().inv_cdf(1 - ALPHA)

History = tuple[float | None, ...]  # the oldest first; None: not published


@dataclass(frozen=True)
class Judgement:
    """One count beside what was expected: the band it was to lie in, and how likely one as high was by chance."""

    value: float
    expected: float
    least: float
    most: float
    chance: float

    @property
    def is_above(self) -> bool:
        """Whether it stands above the band and is no handful."""
        return self.value > self.most and self.value >= LEAST_COUNT


@dataclass(frozen=True)
class Spike:
    """A series whose latest count is above what was expected, for how many periods in a row already."""

    name: str
    judgement: Judgement
    periods: int


@lru_cache(maxsize=4096)
def judge(series: History, sigma: float, season: float) -> Judgement | None:
    """Return the last count of a series beside what those before it let expect; None without enough of them.

    `sigma` is the deviation of the published noise, `season` the number of periods in a year.
    """
    *past, value = series
    if value is None:
        return None
    if sum(one is not None for one in past) >= ceil(season):
        return _by_regression(tuple(past), value, sigma, season)
    return _by_baseline(past, value, sigma) if season == YEARLY["week"] else None  # Months carry too much of a season.


def find_spikes(series: Mapping[str, History], sigma: float, season: float) -> list[Spike]:
    """Return the series that stand above what was expected, the least likely first."""
    judged = {name: judge(one, sigma, season) for name, one in series.items()}
    known = {name: one for name, one in judged.items() if one}
    worst = _worst_kept([one.chance for one in known.values()])
    above = [
        Spike(name, one, _since(series[name], sigma, season))
        for name, one in known.items()
        if one.is_above and one.chance <= worst and _is_held(series[name], sigma, season)
    ]
    return sorted(above, key=lambda spike: spike.judgement.chance)


def band(series: History, sigma: float, season: float) -> list[tuple[float, float] | None]:
    """Return the band of what was expected all along a series, seen from its last period; None where it is unknown."""
    past = series[:-1]
    if sum(one is not None for one in past) < ceil(season):
        return [None] * len(series)
    fit = fit_counts(past, sigma, season)
    return [_bounds(fit, place) for place in range(len(series))]


def dispersion(series: History, sigma: float, season: float) -> float:
    """Return how much more than pure chance the counts of a series move; 1 without enough of them to say."""
    if sum(one is not None for one in series) < ceil(season) + DEGREES:
        return 1.0
    return fit_counts(series, sigma, season).dispersion


def _by_regression(past: History, value: float, sigma: float, season: float) -> Judgement:
    fit = fit_counts(past, sigma, season)
    expected, deviation = fit.expect(len(past))
    least, most = _bounds(fit, len(past))
    far = (max(value, 0.0) ** (2 / 3) - expected ** (2 / 3)) / (2 / 3 * expected ** (-1 / 3) * deviation)
    return Judgement(
        value,
        expected,
        least,
        most,
        1 - NormalDist().cdf(_normal(far, fit)),
    )


def _bounds(fit: Fit, place: int) -> tuple[float, float]:
    """Return the least and the most that was expected: one count in a thousand is above."""
    expected, deviation = fit.expect(place)
    reach = 2 / 3 * _student(_BOUND, fit.freedom) * deviation / expected
    return expected * max(0.0, 1 - reach) ** 1.5, expected * (1 + reach) ** 1.5


def _by_baseline(past: Sequence[float | None], value: float, sigma: float) -> Judgement | None:
    before = [one for one in past[: len(past) - _GAP][-_BASELINE:] if one is not None]
    if len(before) < _BASELINE:
        return None
    middle = max(0.0, fmean(before))
    deviation = max(stdev(before), sqrt(middle + sigma**2))
    chance = 1 - NormalDist().cdf((value - middle) / deviation)
    return Judgement(value, middle, max(0.0, middle - _FAR * deviation), middle + _FAR * deviation, chance)


def _is_held(series: History, sigma: float, season: float) -> bool:
    """Whether a rise may be spoken of at once, or has been there twice in a row where the past is short."""
    if sum(one is not None for one in series[:-1]) >= ceil(season):
        return True
    before = judge(series[:-1], sigma, season)
    return before is not None and before.is_above


def _since(series: History, sigma: float, season: float) -> int:
    periods = 1
    while periods < min(_LONGEST, len(series) - 1):
        before = judge(series[:-periods], sigma, season)
        if before is None or not before.is_above:
            break
        periods += 1
    return periods


def _worst_kept(chances: Sequence[float]) -> float:
    """Return the largest chance that Benjamini and Hochberg keep; below zero when they keep none."""
    kept = [one for rank, one in enumerate(sorted(chances), start=1) if one <= FALSE_AMONG * rank / len(chances)]
    return max(kept, default=-1.0)


def _student(normal: float, freedom: int) -> float:
    """Return the deviation of Student's law that is as rare as one of the normal law (after Wallace 1959)."""
    scaled = normal * (8 * freedom + 3) / (8 * freedom + 1)
    return sqrt(freedom * (exp(scaled**2 / freedom) - 1))


def _normal(far: float, fit: Fit) -> float:
    """Return the deviation of the normal law that is as rare as one of Student's."""
    scaled = sqrt(fit.freedom * log(1 + far**2 / fit.freedom)) * (8 * fit.freedom + 1) / (8 * fit.freedom + 3)
    return scaled if far > 0 else -scaled

"""What was to be expected of a count, from its own past, and which counts stand above it.

From a year of history on: a quasi-Poisson regression with one yearly wave and a trend that is held back, past peaks
weighing less, and a bound on the 2/3-power scale (Farrington et al. 1996; Noufaily et al. 2013). The variance of the
published noise is added to that of chance, and what all series of a table show is used for each (usual.py). A rise is
told alone or with the period before it, that both be left out of the past; a count no higher than in the same season
of the years before is none. Before a year, for weeks alone: the mean and deviation of seven, two left out between,
twice in a row (EARS C2, Hutwagner et al. 2003). Over many series, Benjamini and Hochberg keep false alarms rare.

What that is worth, after two years of history, on imagined tables of forty subjects with the noise of the product C1
(tests/domain/test_detection.py, 200 tables a figure), by how widely counts spread (variance over mean, without noise):
    a rise that is told                     1.0    1.3    1.6
    200, +40 %, within two months          98 %   94 %   90 %
    600, +20 %, in its first month         74 %   67 %   54 %
    800, +20 %, in its first month         93 %   85 %   73 %
    1,000, +20 %, in its first month       98 %   95 %   87 %
False alarms: 0.5 in 1,000 months of a subject (19,200). Nine in ten at 600 cannot be had with so few: 0.9 in 1,000
(FALSE_AMONG = 0.04) give 78 %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, log, sqrt
from statistics import NormalDist, fmean, stdev

from service.domain.regression import DEGREES, Fit, fit_counts
from service.domain.usual import ALONE, History, Usual, fit_usual, learn

ALPHA = 0.01  # of one series alone, one side: what the band leaves out
FALSE_AMONG = 0.03  # of what is called above, how much may be false
LEAST_COUNT = 5
YEARLY = {"month": 12.0, "week": 365.25 / 7}  # periods of a year
_BASELINE, _GAP = 7, 2  # periods, of EARS C2
_FAR = 3.0  # deviations, of EARS C2
_IN_SEASON = 1.0  # deviations above the same season of the years before
_LONGEST = 12  # periods looked back on for the beginning of a rise
_BOUND = NormalDist().inv_cdf(1 - ALPHA)


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
    left_out: int  # periods, the latest: what was expected does not come from them
    usual: Usual


@lru_cache(maxsize=4096)
def judge(series: History, sigma: float, season: float, usual: Usual = ALONE) -> Judgement | None:
    """Return the last count of a series beside what those before it let expect; None without enough of them.

    `sigma` is the deviation of the published noise, `season` the number of periods in a year.
    """
    *past, value = series
    if value is None:
        return None
    if _is_long(past, season):
        fit = fit_usual(tuple(past), sigma, season, usual)
        return _judgement(fit, value, len(past), _far(fit, value, len(past)))
    return _by_baseline(past, value, sigma) if season == YEARLY["week"] else None  # Months carry too much of a season.


def find_spikes(series: Mapping[str, History], sigma: float, season: float) -> list[Spike]:
    """Return the series that stand above what was expected, the least likely first."""
    usual = learn((one[:-1] for one in series.values() if _is_long(one[:-1], season)), sigma, season)
    judged = {name: _likeliest(one, sigma, season, usual) for name, one in series.items()}
    known = {name: one for name, one in judged.items() if one}
    worst = _worst_kept([one.chance for one, _ in known.values()])
    above = [
        Spike(name, one, _since(series[name], left_out, (sigma, season, usual)), left_out, usual)
        for name, (one, left_out) in known.items()
        if one.is_above and one.chance <= worst and _is_told(series[name], sigma, season, usual)
    ]
    return sorted(above, key=lambda spike: spike.judgement.chance)


def band(
    series: History, sigma: float, season: float, usual: Usual = ALONE, left_out: int = 1
) -> list[tuple[float, float] | None]:
    """Return the band of what was expected all along a series, seen from its last period; None where it is unknown."""
    past = series[:-left_out]
    if not _is_long(past, season):
        return [None] * len(series)
    fit = fit_usual(past, sigma, season, usual)
    return [_bounds(fit, place) for place in range(len(series))]


def dispersion(series: History, sigma: float, season: float) -> float:
    """Return how much more than pure chance the counts of a series move; 1 without enough of them to say."""
    if sum(one is not None for one in series) < ceil(season) + DEGREES:
        return 1.0
    return fit_counts(series, sigma, season).dispersion


def _is_long(past: Sequence[float | None], season: float) -> bool:
    return sum(one is not None for one in past) >= ceil(season)


def _likeliest(series: History, sigma: float, season: float, usual: Usual) -> tuple[Judgement, int] | None:
    """Return the last count judged alone, or with the one before if that tells more, and how many were left out."""
    alone = judge(series, sigma, season, usual)
    if alone is None:
        return None
    if alone.value <= alone.expected:
        return alone, 1
    together = _with_the_one_before(series, sigma, season, usual)
    if together and together.is_above and not (alone.is_above and alone.chance <= together.chance):
        return together, 2
    return alone, 1


def _with_the_one_before(series: History, sigma: float, season: float, usual: Usual) -> Judgement | None:
    """Return the last count judged by a past that the one before it is no part of; None unless both are above."""
    *_, before, value = series if len(series) > 1 else (None, None)
    past = series[:-2]
    if before is None or value is None or not _is_long(past, season):
        return None
    fit = fit_usual(past, sigma, season, usual)
    if before <= _bounds(fit, len(past))[1]:
        return None
    shared, whole = 1.0, 1.0
    for place in (len(past), len(past) + 1):
        _, variance, unsure = fit.parts(place)
        shared, whole = shared * unsure, whole * (variance + unsure)
    both = _far(fit, before, len(past)) + _far(fit, value, len(past) + 1)
    return _judgement(fit, value, len(past) + 1, both / sqrt(2 + 2 * sqrt(shared / whole)))


def _far(fit: Fit, value: float, place: int) -> float:
    """Return how many deviations of the normal law a count is above what was expected."""
    expected, deviation = fit.expect(place)
    return _normal((max(value, 0.0) ** (2 / 3) - expected ** (2 / 3)) / (2 / 3 * expected ** (-1 / 3) * deviation), fit)


def _judgement(fit: Fit, value: float, place: int, far: float) -> Judgement:
    expected, _ = fit.expect(place)
    return Judgement(value, expected, *_bounds(fit, place), 1 - NormalDist().cdf(far))


def _bounds(fit: Fit, place: int) -> tuple[float, float]:
    """Return the least and the most that was expected: one count in a hundred is above."""
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


def _is_told(series: History, sigma: float, season: float, usual: Usual) -> bool:
    """Whether a rise may be spoken of: it is not the season's, and where the past is short it is there for two periods.

    One wave does not draw every season: rents are written about twice a year.
    """
    if _is_long(series[:-1], season):
        year = round(season)
        seasons = [one for one in series[-1 - year :: -year] if one is not None]
        return not seasons or _rose((series[-1] or 0.0), min(seasons), sigma, usual.spread)
    before = judge(series[:-1], sigma, season)
    return before is not None and before.is_above


def _rose(value: float, before: float, sigma: float, spread: float) -> bool:
    return value - before > _IN_SEASON * sqrt(spread * max(0.0, value + before) + 2 * sigma**2)


def _since(series: History, left_out: int, known: tuple[float, float, Usual]) -> int:
    periods = left_out
    while periods < min(_LONGEST, len(series) - 1):
        before = judge(series[:-periods], *known)
        if before is None or not before.is_above:
            break
        periods += 1
    return periods


def _worst_kept(chances: Sequence[float]) -> float:
    """Return the largest chance that Benjamini and Hochberg keep; below zero when they keep none."""
    kept = [one for rank, one in enumerate(sorted(chances), start=1) if one <= FALSE_AMONG * rank / len(chances)]
    return max(kept, default=-1.0)


def _student(normal: float, freedom: float) -> float:
    """Return the deviation of Student's law that is as rare as one of the normal law (after Wallace 1959)."""
    scaled = normal * (8 * freedom + 3) / (8 * freedom + 1)
    return sqrt(freedom * (exp(scaled**2 / freedom) - 1))


def _normal(far: float, fit: Fit) -> float:
    """Return the deviation of the normal law that is as rare as one of Student's."""
    scaled = sqrt(fit.freedom * log(1 + far**2 / fit.freedom)) * (8 * fit.freedom + 1) / (8 * fit.freedom + 3)
    return scaled if far > 0 else -scaled

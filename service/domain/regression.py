"""A quasi-Poisson regression of counts with published noise: a level, a trend that is held back, one yearly wave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, exp, log, pi, sin, sqrt
from statistics import median

DEGREES = 4  # level, trend, and the two parts of the wave
DRIFT = 0.15  # a trend of some 15 % a year is usual where nothing is known
_WAVE = 0.5  # so is a wave
_ROUNDS, _TURNS = 3, 3  # of weighing past peaks less, and of steps within each
_PEAK = 2.58  # deviations from which a past count weighs less
_MIDDLE = 0.4549  # of a squared deviation of the normal law: half of them are below
_LEAST = 0.5  # households: no expected count is below

Row = tuple[float, float, float, float]
Matrix = list[list[float]]


@dataclass(frozen=True)
class Fit:
    """What was learnt of a series: its coefficients, how sure they are, and how widely counts spread."""

    coefficients: Row
    covariance: Matrix
    spread: float  # variance of a count without its noise, over its mean, as it was seen: chance may make it small
    dispersion: float  # the same, as it is reckoned with; 1 or more
    freedom: float
    sigma: float
    mean: float
    length: int
    season: float

    def expect(self, place: int) -> tuple[float, float]:
        """Return the count expected at a place of the series, and the deviation of one that is counted there."""
        expected, variance, unsure = self.parts(place)
        return expected, sqrt(variance + unsure)

    def parts(self, place: int) -> tuple[float, float, float]:
        """Return the count expected at a place, the variance of chance and noise there, and that of the estimate."""
        row = _row(place, self.length, self.season)
        expected = max(_LEAST, exp(_dot(row, self.coefficients)))
        unsure = sum(one * _dot(row, line) for one, line in zip(row, self.covariance, strict=True))
        return expected, self.dispersion * expected + self.sigma**2, expected**2 * unsure

    def respread(self, dispersion: float, freedom: float) -> "Fit":
        """Return the same fit reckoned with another dispersion, which other series helped to know."""
        scale = (dispersion * self.mean + self.sigma**2) / (self.dispersion * self.mean + self.sigma**2)
        covariance = [[scale * one for one in line] for line in self.covariance]
        return replace(self, covariance=covariance, dispersion=dispersion, freedom=freedom)


@lru_cache(maxsize=8192)
def fit_counts(series: tuple[float | None, ...], sigma: float, season: float, drift: float = DRIFT) -> Fit:
    """Return the regression of a series, the oldest count first; what was not published is None and left out.

    `drift` is the trend of a year that is usual: how far the trend is held back.
    """
    rows, counts = [], []
    for place, count in enumerate(series):
        if count is not None:
            rows.append(_row(place, len(series), season))
            counts.append(count)
    level = log(max(_LEAST, sum(counts) / len(counts)))
    found: Row = (level, 0.0, 0.0, 0.0)
    held = (0.0, 1 / drift**2, 1 / _WAVE**2, 1 / _WAVE**2)
    weights, spread = [1.0] * len(rows), 1.0
    covariance: Matrix = []
    for _ in range(_ROUNDS):
        for _ in range(_TURNS):
            expected = [exp(min(20.0, max(log(_LEAST), _dot(row, found)))) for row in rows]
            spread = _spread(counts, expected, weights, sigma)
            found, covariance = _step(rows, counts, expected, [
                weight * mu**2 / (max(1.0, spread) * mu + sigma**2)
                for weight, mu in zip(weights, expected, strict=True)
            ], held)  # fmt: skip
        weights = _weigh(counts, expected, sigma)
    mean = max(_LEAST, exp(level))
    return Fit(found, covariance, spread, max(1.0, spread), len(rows) - DEGREES, sigma, mean, len(series), season)


def _row(place: int, length: int, season: float) -> Row:
    turn = 2 * pi * place / season
    return 1.0, (place - length) / season, cos(turn), sin(turn)


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2] + one[3] * other[3]


def _spread(counts: Sequence[float], expected: Sequence[float], weights: Sequence[float], sigma: float) -> float:
    """Return the dispersion that is left once the noise, whose deviation is known, is taken off."""
    total = sum(weights)
    seen = sum(weight * (count - mu) ** 2 / mu for count, mu, weight in zip(counts, expected, weights, strict=True))
    noise = sigma**2 * sum(weight / mu for mu, weight in zip(expected, weights, strict=True))
    return seen / max(1.0, total - DEGREES) - noise / total


def _weigh(counts: Sequence[float], expected: Sequence[float], sigma: float) -> list[float]:
    """Let a past peak weigh less, so that it does not raise what is expected next.

    What is usual is taken at the middle of what is seen: a peak does not hide itself.
    """
    usual = [((count - mu) ** 2 / _MIDDLE - sigma**2) / mu for count, mu in zip(counts, expected, strict=True)]
    spread = max(1.0, median(usual))
    far = [(count - mu) / sqrt(spread * mu + sigma**2) for count, mu in zip(counts, expected, strict=True)]
    return [1.0 if one <= _PEAK else (_PEAK / one) ** 2 for one in far]


def _step(
    rows: Sequence[Row], counts: Sequence[float], expected: Sequence[float], weights: Sequence[float], held: Row
) -> tuple[Row, Matrix]:
    """Return the coefficients one step nearer, and their covariance."""
    normal = [[0.0] * DEGREES for _ in range(DEGREES)]
    aim = [0.0] * DEGREES
    for row, count, mu, weight in zip(rows, counts, expected, weights, strict=True):
        work = weight * (log(mu) + (count - mu) / mu)
        for i in range(DEGREES):
            aim[i] += row[i] * work
            weighted = weight * row[i]
            for j in range(i + 1):
                normal[i][j] += weighted * row[j]
    for i in range(DEGREES):
        for j in range(i):
            normal[j][i] = normal[i][j]
        normal[i][i] += held[i]
    covariance = _inverse(normal)
    return (
        _dot(covariance[0], aim),
        _dot(covariance[1], aim),
        _dot(covariance[2], aim),
        _dot(covariance[3], aim),
    ), covariance


def _inverse(matrix: Matrix) -> Matrix:
    """Return the inverse of a symmetric matrix, by elimination."""
    size = len(matrix)
    wide = [[*line, *(1.0 if i == j else 0.0 for j in range(size))] for i, line in enumerate(matrix)]
    for i in range(size):
        pivot = wide[i][i]
        wide[i] = [one / pivot for one in wide[i]]
        for k in range(size):
            if k != i:
                by = wide[k][i]
                wide[k] = [one - by * other for one, other in zip(wide[k], wide[i], strict=True)]
    return [line[size:] for line in wide]

"""Counts of subjects that were imagined: chance, households that write together, a season, and the published noise."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, log, pi, sqrt
from random import Random

from service.domain.products import PRODUCTS
from service.domain.usual import History

SIGMA = PRODUCTS["C1"].sigma
SPREADS = (1.0, 1.3, 1.6)


@dataclass(frozen=True)
class Made:
    """What a series is made of: `base` is expected of its last month."""

    base: float
    spread: float = 1.3
    wave: float = 0.15
    rise: float = 1.0
    risen: int = 0  # months, the latest, of the rise


def make(chance: Random, made: Made, length: int) -> History:
    """Return counts month after month; `base` is expected where the rise begins, or at the end where there is none."""
    turn, begin = chance.uniform(0, 2 * pi), length - max(1, made.risen)
    level = made.base / exp(made.wave * cos(2 * pi * begin / 12 + turn))
    series = []
    for place in range(length):
        expected = level * exp(made.wave * cos(2 * pi * place / 12 + turn))
        if made.risen and place >= begin:
            expected *= made.rise
        series.append(float(_count(chance, expected, made.spread) + round(chance.gauss(0, SIGMA))))
    return tuple(series)


def calm(chance: Random, length: int, count: int, spread: float | None = None) -> dict[str, History]:
    """Return subjects in which nothing rises, from some twenty households to some seven hundred."""
    return {
        f"calm-{place}": make(
            chance,
            Made(exp(chance.uniform(3, 6.6)), spread or chance.choice(SPREADS), chance.uniform(0, 0.3)),
            length,
        )
        for place in range(count)
    }


def _count(chance: Random, expected: float, spread: float) -> int:
    """Return a count of that mean: a Poisson law whose mean is drawn itself, so that its variance is `spread` wider."""
    mean = expected if spread <= 1 else chance.gammavariate(expected / (spread - 1), spread - 1)
    if mean > _LARGE:
        return max(0, round(chance.gauss(mean, sqrt(mean))))
    return _small(mean, chance.random)


_LARGE = 100


def _small(mean: float, draw: Callable[[], float]) -> int:
    """Return a Poisson count: how many waits of an exponential law fit."""
    waited, count = 0.0, -1
    while waited < mean:
        waited -= log(1 - draw())
        count += 1
    return max(0, count)

"""Words of the public list that rise: told from the noise by the past releases, where the noise is counted too.

A word rises when its latest figure is clear of three things at once: of small numbers, of what it usually is, and, once
there is a year to look back on, of what the same season was. With fewer than three past months nothing is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from service.domain.figures import Figure

LEAST_MONTHS = 3  # past releases below which there is no usual value
LEAST_HOUSEHOLDS = 30
LEAST_DEVIATIONS = 3.0
LEAST_RATIO = 1.5  # times the usual value: what spreads does more than drift
_PAST = 11  # months
_SEASON = slice(-14, -11)  # the same month last year, and its two neighbours
_LEAST_IN_SEASON = 1.0  # deviations above the same season


@dataclass(frozen=True)
class Rise:
    """One word that rises; `usual` is what it was in the months before, in households."""

    term: str
    value: int
    margin: int  # at 95 %, in households
    z: float
    usual: int


def emerging(history: Sequence[Mapping[str, Figure]]) -> list[Rise]:
    """Return the words that rise in the latest month, the clearest first.

    `history` has one table a month, oldest first, the latest last; the table of a month that is not shown is empty. A
    word that joined the list later is judged on its own months.
    """
    if not history:
        return []
    rises = (_rise(term, figure, history) for term, figure in history[-1].items())
    return sorted((rise for rise in rises if rise), key=lambda rise: (-rise.z, rise.term))


def _rise(term: str, latest: Figure, history: Sequence[Mapping[str, Figure]]) -> Rise | None:
    past = [month[term] for month in history[-1 - _PAST : -1] if term in month]
    if len(past) < LEAST_MONTHS or latest.noisy < LEAST_HOUSEHOLDS:
        return None
    usual, z = _compare(latest, past)
    season = [month[term] for month in history[_SEASON] if term in month]
    if z <= LEAST_DEVIATIONS or latest.noisy < LEAST_RATIO * usual:
        return None
    if season and _compare(latest, season)[1] <= _LEAST_IN_SEASON:
        return None
    return Rise(term, round(latest.noisy), latest.margin, z, max(0, round(usual)))


def _compare(latest: Figure, past: Sequence[Figure]) -> tuple[float, float]:
    """Return the mean of past figures, and how many deviations the latest one stands above it.

    Households vary as a Poisson count does, and each figure has its noise; the mean has a part of both.
    """
    count = len(past)
    usual = sum(figure.noisy for figure in past) / count
    chance = max(usual, 0.0)
    of_mean = (chance + sum(figure.sigma**2 for figure in past) / count) / count
    return usual, (latest.noisy - usual) / sqrt(chance + latest.sigma**2 + of_mean)

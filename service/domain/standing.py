"""Where one member stands beside the network: the median and the middle of the members, never whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from service.domain.figures import MARGIN, Figure

FEWEST_FOR_MEDIAN = 5  # below, a median would tell one of them apart
FEWEST_FOR_LIMITS = 6  # below, the network minus one's own, the median and both limits is the one that is left


class Place(StrEnum):
    """On which side of the middle a member stands, beyond what the noise can explain."""

    BELOW = "below"
    WITHIN = "within"
    NEAR = "near"  # outside, by no more than the margin
    ABOVE = "above"


@dataclass(frozen=True)
class Middle:
    """The members without the lowest and the highest, per 1,000 dwellings; None where it is not significant.

    `margin` is the largest of any member: one of its own would tell by its size which member a limit comes from.
    """

    low: float | None
    median: float | None
    high: float | None
    margin: float


def per_thousand(households: float, dwellings: int) -> float | None:
    """Return a rate per 1,000 dwellings; None where there is no dwelling."""
    return households * 1000 / dwellings if dwellings > 0 else None


def middle_of(figures: Mapping[str, Figure], dwellings: Mapping[str, int]) -> Middle | None:
    """Return the middle of the members of a network, by slug; None when they are too few."""
    known = [(figure, dwellings[slug]) for slug, figure in figures.items() if dwellings.get(slug, 0) > 0]
    if len(known) < FEWEST_FOR_MEDIAN:
        return None
    has_limits = len(known) >= FEWEST_FOR_LIMITS
    ranked = sorted((figure.noisy * 1000 / stock, figure.is_shown) for figure, stock in known)
    half = len(ranked) // 2
    central = ranked[half - 1 + len(ranked) % 2 : half + 1]
    return Middle(
        _if_shown(*ranked[1]) if has_limits else None,
        median(rate for rate, _ in central) if all(is_shown for _, is_shown in central) else None,
        _if_shown(*ranked[-2]) if has_limits else None,
        max(MARGIN * figure.sigma * 1000 / stock for figure, stock in known),
    )


def _if_shown(rate: float, is_shown: bool) -> float | None:
    return rate if is_shown else None


def place_of(rate: float, middle: Middle) -> Place | None:
    """Say on which side of the middle an exact rate stands; None when what is shown cannot tell."""
    low, high = middle.low, middle.high
    if high is not None and rate > high + middle.margin:
        return Place.ABOVE
    if low is not None and rate < low - middle.margin:
        return Place.BELOW
    if low is None or high is None:
        return None
    return Place.WITHIN if low <= rate <= high else Place.NEAR

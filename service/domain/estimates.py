"""What is worked out from published figures: sums, shares, rates, means, quantiles, each with the margin of its noise.

Nothing but published values enters, so that none of it costs privacy. Two deviations are kept apart: that of the noise,
which the margin says, and that of chance (who writes in one month and not in another), which counts when two periods
are compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, sqrt

from service.domain.figures import MARGIN, Figure

CLEAR = 3.0  # deviations from which a gap is spoken of
_PER = 1000
_MEAN_WITHIN = 1.0  # of a scale: a mean whose margin is larger says nothing


@dataclass(frozen=True)
class Estimate:
    """A value, the deviation of its noise, and that of chance, all in its own unit."""

    value: float
    deviation: float
    chance: float = 0.0

    @property
    def margin(self) -> float:
        """The margin at 95 %, of the noise alone."""
        return MARGIN * self.deviation


@dataclass(frozen=True)
class Span:
    """A value between two bounds at 95 %; infinite where the last bin, which has no end, is reached."""

    value: float
    least: float
    most: float


def total(figures: Iterable[Figure]) -> Figure:
    """Return the sum of independent figures."""
    parts = list(figures)
    return Figure(sum(one.noisy for one in parts), sqrt(sum(one.sigma**2 for one in parts)))


def rate(figure: Figure, stock: int) -> Estimate | None:
    """Return the households of 1,000 dwellings; None when the figure is not shown or there is no dwelling."""
    if not figure.is_shown or stock <= 0:
        return None
    by = _PER / stock
    return Estimate(figure.noisy * by, figure.sigma * by, sqrt(figure.noisy) * by)


def share(part: Figure, rest: Figure) -> Estimate | None:
    """Return `part` over `part` and `rest` together, from 0 to 1; None when either of the two it says is not shown."""
    whole = total((part, rest))
    if not (part.is_shown and whole.is_shown):
        return None
    value = min(1.0, part.noisy / whole.noisy)
    noise = sqrt(((1 - value) * part.sigma) ** 2 + (value * rest.sigma) ** 2) / whole.noisy
    return Estimate(value, noise, sqrt(value * (1 - value) / whole.noisy))


def part_of(part: Figure, whole: Figure) -> Estimate | None:
    """Return `part` over a `whole` that was drawn apart, 1 at most.

    None when either is not shown, and when the margin is larger than what it is the margin of.
    """
    if not (part.is_shown and whole.is_shown):
        return None
    value = min(1.0, part.noisy / whole.noisy)
    noise = sqrt(part.sigma**2 + (value * whole.sigma) ** 2) / whole.noisy
    found = Estimate(value, noise, sqrt(value * (1 - value) / whole.noisy))
    return found if found.margin <= value else None


def mean(places: Sequence[int], figures: Sequence[Figure]) -> Estimate | None:
    """Return the mean of a scale over households, each at one of its places; None when too few are known.

    It is within the scale, and None too when its margin is more than one place.
    """
    whole = total(figures)
    if not whole.is_shown:
        return None
    value = sum(place * one.noisy for place, one in zip(places, figures, strict=True)) / whole.noisy
    far = [(place - value) ** 2 for place in places]
    noise = sum(one * figure.sigma**2 for one, figure in zip(far, figures, strict=True))
    chance = sum(one * max(0.0, figure.noisy) for one, figure in zip(far, figures, strict=True))
    found = Estimate(min(max(value, min(places)), max(places)), sqrt(noise) / whole.noisy, sqrt(chance) / whole.noisy)
    return found if found.margin <= _MEAN_WITHIN else None


def quantile(starts: Sequence[int], figures: Sequence[Figure], part: float) -> Span | None:
    """Return the number of days that `part` of the households reach, from bins that begin at `starts`.

    None when the noise is too large to place it: when one of its bounds falls outside of what was counted.
    """
    whole, reached, heights = total(figures), 0.0, [0.0]
    for one in figures:
        reached += one.noisy
        heights.append(max(heights[-1], reached))  # Noise may make a bin negative; what was reached never goes down.
    target = part * whole.noisy
    below = sum(height < target for height in heights[1:])
    variance = sum((part if place >= below else 1 - part) ** 2 * one.sigma**2 for place, one in enumerate(figures))
    least, most = target - MARGIN * sqrt(variance), target + MARGIN * sqrt(variance)
    if not whole.is_shown or least <= 0 or most >= heights[-1]:
        return None
    return Span(_day(starts, heights, target), _day(starts, heights, least), _day(starts, heights, most))


def clearness(now: Estimate, before: Estimate, dispersion: float = 1.0) -> float:
    """Return how many deviations apart two estimates are, noise and chance together; above zero when it rose.

    `dispersion` says how much more than pure chance the counts move from one period to another (neighbours write of
    the same outage).
    """
    chance = dispersion * (now.chance**2 + before.chance**2)
    return (now.value - before.value) / sqrt(now.deviation**2 + before.deviation**2 + chance)


def _day(starts: Sequence[int], heights: Sequence[float], target: float) -> float:
    """Return the day at which a height is reached, whole days being spread over their own length."""
    place = next(place for place, height in enumerate(heights[1:]) if height >= target)
    if place == len(starts) - 1:
        return inf
    low, high = heights[place], heights[place + 1]
    inside = (target - low) / (high - low) if high > low else 0.0
    return max(0.0, starts[place] + inside * (starts[place + 1] - starts[place]) - 0.5)

"""Whether a figure stands clear of the same one a year before, noise and chance together, and the words for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from service.domain.estimates import CLEAR, Estimate, clearness, total
from service.domain.expected import YEARLY, dispersion
from service.domain.figures import Figure
from service.domain.periods import previous_month
from service.domain.usual import History
from service.journey.trends.published import Published
from service.network.timeline import calendar, same_last_year

MORE, LESS, SAME, UNKNOWN = "en hausse", "en baisse", "pas d'écart net", "non comparable"


@dataclass(frozen=True)
class Gap:
    """Two figures of households that may be compared, and how many deviations apart they are."""

    name: str
    now: Figure
    before: Figure
    z: float

    @property
    def is_clear(self) -> bool:
        """Whether it may be spoken of."""
        return abs(self.z) > CLEAR

    @property
    def way(self) -> str:
        """The words for it."""
        return SAME if not self.is_clear else MORE if self.z > 0 else LESS


def reference_of(published: Published, product: str, month: date) -> date | None:
    """Return the month that a month is compared with: the same a year before, or else the one before."""
    before = previous_month(month)
    return same_last_year(published, product, month) or (before if before in published.periods(product) else None)


def compare(name: str, now: Figure, before: Figure, spread: float = 1.0) -> Gap | None:
    """Return the gap between two figures; None unless both are shown. `spread` is their dispersion."""
    if not (now.is_shown and before.is_shown):
        return None
    return Gap(name, now, before, clearness(as_estimate(now), as_estimate(before), spread))


def as_estimate(figure: Figure) -> Estimate:
    """Return a count of households with its noise and its chance."""
    return Estimate(figure.noisy, figure.sigma, sqrt(max(0.0, figure.noisy)))


def way_of(now: Estimate | None, before: Estimate | None) -> str:
    """Return how two estimates compare, in words."""
    if now is None or before is None:
        return UNKNOWN
    z = clearness(now, before)
    return SAME if abs(z) <= CLEAR else MORE if z > 0 else LESS


def subject_gaps(published: Published, month: date) -> list[Gap]:
    """Return the gaps of all subjects of a month that may be compared, in the order of the agreed list."""
    then = reference_of(published, "C1", month)
    now, before = published.table("C1", month), published.table("C1", then) if then else {}
    histories = histories_of(published, "C1", calendar(published, "C1"))
    found = []
    for subject, figure in now.items():
        if subject in before and subject in histories:
            spread = dispersion(histories[subject], figure.sigma, YEARLY["month"])
            found.append(compare(subject, figure, before[subject], spread))
    return [one for one in found if one]


def histories_of(published: Published, product: str, periods: Sequence[date]) -> dict[str, History]:
    """Return each key of a product over some periods, as it was drawn; None where there is no table."""
    tables = [published.drawn(product, period) for period in periods]
    keys = next((list(table) for table in reversed(tables) if table), [])
    return {key: tuple(table[key].noisy if key in table else None for table in tables) for key in keys}


def writers(published: Published, month: date) -> Figure | None:
    """Return the distinct households that wrote in a month: each is counted once by the product MODEL."""
    table = published.table("MODEL", month)
    return total(table.values()) if table else None

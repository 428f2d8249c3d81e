"""A published figure: households with noise, its margin, and whether it may be shown. And making two tables agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt

LEAST_SHOWN = 10  # households
LEAST_DEVIATIONS = 2.5  # of the noise
MARGIN = 1.96  # deviations: 95 times in 100 the truth is within


@dataclass(frozen=True)
class Figure:
    """A noisy count of distinct households and the deviation of its noise, both in households."""

    noisy: float
    sigma: float

    @property
    def is_shown(self) -> bool:
        """Whether it stands clear of the noise and of small numbers; decided on the noisy value alone."""
        return self.noisy >= max(LEAST_SHOWN, LEAST_DEVIATIONS * self.sigma)

    @property
    def value(self) -> int | None:
        """The whole number to show; None: not significant."""
        return round(self.noisy) if self.is_shown else None

    @property
    def margin(self) -> int:
        """The margin at 95 %, in households, the same for every cell of a table."""
        return ceil(MARGIN * self.sigma)


Rows = Mapping[str, Mapping[str, Figure]]  # member or area -> key -> figure


def reconcile(members: Rows, areas: Rows) -> tuple[Rows, Rows, dict[str, Figure]]:
    """Return both tables and their common total by key, made to agree by weighted least squares.

    Both count the same households, split in two ways. The sums of both are weighed by the inverse of their variance;
    what is missing is spread evenly over the rows. Nothing but published values enters: it costs no privacy.
    """
    keys = list(next(iter(members.values())))
    totals: dict[str, Figure] = {}
    for key in keys:
        (one, one_variance), (other, other_variance) = _sum(members, key), _sum(areas, key)
        variance = 1 / (1 / one_variance + 1 / other_variance)
        totals[key] = Figure(variance * (one / one_variance + other / other_variance), sqrt(variance))
    return _spread(members, totals), _spread(areas, totals), totals


def _sum(rows: Rows, key: str) -> tuple[float, float]:
    cells = [row[key] for row in rows.values()]
    return sum(cell.noisy for cell in cells), sum(cell.sigma**2 for cell in cells)


def _spread(rows: Rows, totals: Mapping[str, Figure]) -> Rows:
    count = len(rows)
    made: dict[str, dict[str, Figure]] = {name: {} for name in rows}
    for key, total in totals.items():
        missing = (total.noisy - _sum(rows, key)[0]) / count
        for name, row in rows.items():
            variance = row[key].sigma ** 2 * (1 - 1 / count) + (total.sigma / count) ** 2
            made[name][key] = Figure(row[key].noisy + missing, sqrt(variance))
    return made

"""The ledger of privacy: what any twelve months may cost one household, over all products.

Losses add up in zero-concentrated differential privacy (rho). The conversion to epsilon is that of Canonne, Kamath and
Steinke (2020), proposition 12.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import erf, log, sqrt

from service.domain.periods import year_before
from service.domain.products import DELTA, PRODUCTS, RHO_YEAR

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Charge:
    """What one table spent: how it was bounded and how noisy it is."""

    product: str
    period: date
    sigma: float
    most: int  # cells of a household in the period
    cap: int  # cells of a household in the twelve months that end with it


class BudgetSpent(Exception):
    """Twelve months would cost a household more than was promised; the message says how much."""


def worst_of_year(charges: Iterable[Charge], end: date) -> float:
    """Return the rho of the household that weighs most in the twelve months that end with a period, in one product."""
    length = PRODUCTS[(charges := list(charges))[0].product].length if charges else "month"
    start = year_before(end, length)
    within = sorted((one for one in charges if start < one.period <= end), key=lambda one: one.sigma)
    room, rho = max((one.cap for one in within), default=0), 0.0
    for one in within:  # Where the noise is smallest a cell costs most.
        cells = min(one.most, room)
        room -= cells
        rho += cells / (2 * one.sigma**2)
    return rho


def loss_by_product(charges: Sequence[Charge], end: date) -> dict[str, float]:
    """Return the rho of each product over the twelve months that end on a day."""
    return {
        code: worst_of_year([one for one in charges if one.product == code], end)
        for code in sorted({one.product for one in charges})
    }


def worst_loss(charges: Sequence[Charge]) -> float:
    """Return the largest rho of all products together over any twelve months."""
    return max((sum(loss_by_product(charges, end).values()) for end in {one.period for one in charges}), default=0.0)


def refuse_beyond(charges: Sequence[Charge], most: float = RHO_YEAR) -> None:
    """Raise BudgetSpent where any twelve months cost more than `most`."""
    spent = worst_loss(charges)
    if spent > most * (1 + _ROUNDING):
        raise BudgetSpent(f"Douze mois coûteraient {spent:.4f} de rho, pour {most:.2f} au plus.")


def epsilon(rho: float, delta: float = DELTA) -> float:
    """Return the epsilon of (epsilon, delta)-differential privacy that rho-zCDP implies."""
    if rho <= 0:
        return 0.0
    low, high = 1.0 + 1e-9, 1e6
    for _ in range(200):  # the bound has one minimum in alpha
        one, two = low + (high - low) / 3, high - (high - low) / 3
        if _at(one, rho, delta) < _at(two, rho, delta):
            high = two
        else:
            low = one
    return max(_at((low + high) / 2, rho, delta), 0.0)


def _at(alpha: float, rho: float, delta: float) -> float:
    return rho * alpha + log(1 / (alpha * delta)) / (alpha - 1) + log(1 - 1 / alpha)


def best_guess(rho: float) -> float:
    """Return how often the best possible attacker tells right whether a household is in, 0.5 being a coin's."""
    return 0.5 * (1 + erf(sqrt(rho) / 2))

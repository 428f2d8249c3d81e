"""The ledger of privacy: what any twelve months may cost one household, over all products.

Losses add up in zero-concentrated differential privacy (rho). The conversion to epsilon is that of Canonne, Kamath and
Steinke (2020), proposition 12.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import erf, log, sqrt

from service.domain.periods import closing_month, month_start, months_before
from service.domain.products import DELTA, PRODUCTS, RHO_YEAR, Product
from service.domain.snapshots import Snapshot

_ROUNDING = 1e-9
_LENGTHS = ("month", "quarter", "week")


@dataclass(frozen=True)
class Charge:
    """What one table spent: how it was bounded and how noisy it is."""

    product: str
    period: date
    sigma: float
    most: int  # cells of a household in the period
    cap: int  # cells of a household in the twelve months that end with it


class BudgetSpent(Exception):
    """Twelve months would cost a household more than was promised; the message says how much, and how to mend it."""


def worst_of_year(charges: Iterable[Charge], end: date) -> float:
    """Return the rho, in one product, of the household that weighs most in what twelve months published.

    They are the month of `end` and the eleven before: a quarter and a week count with the month they end in.
    """
    last = month_start(end)
    first = months_before(last, 11)
    within = sorted(
        (one for one in charges if any(first <= month <= last for month in _published(one))), key=lambda one: one.sigma
    )
    room, rho = max((one.cap for one in within), default=0), 0.0
    for one in within:  # Where the noise is smallest a cell costs most.
        cells = min(one.most, room)
        room -= cells
        rho += cells / (2 * one.sigma**2)
    return rho


def loss_by_product(charges: Sequence[Charge], end: date) -> dict[str, float]:
    """Return the rho of each product over the twelve months that end with the month of a day."""
    return {
        code: worst_of_year([one for one in charges if one.product == code], end)
        for code in sorted({one.product for one in charges})
    }


def worst_loss(charges: Sequence[Charge]) -> float:
    """Return the largest rho of all products together over any twelve months."""
    ends = {month for one in charges for month in _published(one)}
    return max((sum(loss_by_product(charges, end).values()) for end in ends), default=0.0)


def refuse_beyond(charges: Sequence[Charge], most: float = RHO_YEAR) -> None:
    """Raise BudgetSpent where any twelve months cost more than `most`."""
    spent = worst_loss(charges)
    if spent > most * (1 + _ROUNDING):
        raise BudgetSpent(
            f"Douze mois coûteraient {spent:.4f} de rho, pour {most:.2f} au plus. Une part, une borne ou un bruit a "
            "changé en cours d'année : remettez les valeurs d'avant dans service/domain/products.py, ou attendez que "
            "les anciens tableaux aient plus de douze mois."
        )


def refuse_products(products: Iterable[Product], most: float = RHO_YEAR) -> None:
    """Raise BudgetSpent where the products as they are written would cost more than `most` in any year."""
    spent = sum(one.cap / (2 * one.sigma**2) for one in products)
    if spent > most * (1 + _ROUNDING):
        raise BudgetSpent(
            f"Les produits coûteraient {spent:.4f} de rho par an, pour {most:.2f} au plus : la somme des parts de "
            "service/domain/products.py ne peut pas dépasser 1."
        )


def faults_of_ledger(snapshots: Sequence[Snapshot], charges: Sequence[Charge]) -> list[str]:
    """Return where the ledger is not the account of what was drawn: one charge a table, the same noise and bounds.

    Where it passes what was promised too.
    """
    drawn = {(one.product, one.period): one for one in snapshots}
    charged = {(one.product, one.period): one for one in charges}
    faults = [f"{_name(one)} : tiré sans être inscrit au registre." for one in sorted(drawn.keys() - charged.keys())]
    faults += [f"{_name(one)} : inscrit au registre sans être tiré." for one in sorted(charged.keys() - drawn.keys())]
    for key in sorted(drawn.keys() & charged.keys()):
        table, charge = drawn[key], charged[key]
        if (table.sigma, table.most, table.cap) != (charge.sigma, charge.most, charge.cap):
            faults.append(f"{_name(key)} : le registre ne dit pas le même bruit ou les mêmes bornes que le tableau.")
        if table.rho < table.most / (2 * table.sigma**2) * (1 - _ROUNDING):
            faults.append(f"{_name(key)} : le tableau dit une perte plus petite que celle de son bruit.")
    try:
        refuse_beyond(charges)
    except BudgetSpent as error:
        faults.append(str(error))
    return faults


def _name(key: tuple[str, date]) -> str:
    return f"{key[0]} {key[1]:%Y-%m-%d}"


def _published(charge: Charge) -> set[date]:
    """Return the month a table was published with; each month it may have been, of a product that is no more."""
    known = PRODUCTS.get(charge.product)
    return {closing_month(charge.period, length) for length in ([known.length] if known else _LENGTHS)}


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

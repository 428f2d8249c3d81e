"""What a household risks by the published figures, as somebody who knows all the others could guess at best."""

from math import ceil, sqrt

from service.domain.figures import MARGIN
from service.domain.loss import best_guess
from service.domain.products import PRODUCTS, RHO_YEAR, Product

_PERIODS = {"month": 1, "quarter": 1, "week": 5}  # that one month publishes at most
_AREAS = 4


def of_one_complaint() -> float:
    """Return the rho of one complaint: a cell in every table that may count it."""
    return sum(1 / (2 * one.sigma**2) for one in PRODUCTS.values())


def of_one_month() -> float:
    """Return the rho of the month that publishes most, for a household that weighs all it may."""
    return sum(min(one.most * _PERIODS[one.length], one.cap) / (2 * one.sigma**2) for one in PRODUCTS.values())


def of_one_year() -> float:
    """Return the rho of twelve months for a household that weighs all it may: what is promised."""
    return RHO_YEAR


def in_a_hundred(rho: float) -> int:
    """Return how often in a hundred the best possible guess is right; a coin's is fifty."""
    return round(100 * best_guess(rho))


def margin_of(product: Product) -> int:
    """Return how many households a figure of a table may be wrong by, 95 times in 100."""
    return ceil(MARGIN * product.sigma)


def margin_of_the_last(members: int) -> int:
    """Return within how many households all members but one, together, know a subject of the last one in a quarter."""
    by_member, by_area = members * PRODUCTS["Q2"].sigma ** 2, _AREAS * PRODUCTS["Q3"].sigma ** 2
    return ceil(MARGIN * sqrt(1 / (1 / by_member + 1 / by_area)))

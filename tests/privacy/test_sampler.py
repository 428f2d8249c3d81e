"""A13: the noise is the discrete Gaussian, exactly: against its masses and against a sampler of exact fractions.

The reference is algorithm 3 of Canonne, Kamath and Steinke (2020), written here and used nowhere else.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from scipy.stats import chi2

from service.adapters.noise import OpenDpNoise
from service.domain.products import PRODUCTS
from tests.privacy.conftest import Report
from tests.privacy.measures import masses

pytestmark = pytest.mark.privacy

SIGMAS = sorted({product.sigma for product in PRODUCTS.values()})
RUNS = 20_000
LEAST = 1e-4
FEWEST = 10  # expected in a bin, for the law of chi-square to hold


def bernoulli(chance: Fraction) -> bool:
    return secrets.randbelow(chance.denominator) < chance.numerator


def bernoulli_exp(exponent: Fraction) -> bool:
    """True with probability exp(-exponent)."""
    while exponent > 1:
        if not bernoulli_exp(Fraction(1)):
            return False
        exponent -= 1
    count = 1
    while bernoulli(exponent / count):
        count += 1
    return count % 2 == 1


def discrete_laplace(scale: int) -> int:
    while True:
        rest = secrets.randbelow(scale)
        if not bernoulli_exp(Fraction(rest, scale)):
            continue
        turns = 0
        while bernoulli_exp(Fraction(1)):
            turns += 1
        value, is_negative = rest + scale * turns, bool(secrets.randbelow(2))
        if not (is_negative and value == 0):
            return -value if is_negative else value


def discrete_gaussian(variance: Fraction) -> int:
    scale = floor(float(variance) ** 0.5) + 1
    while True:
        value = discrete_laplace(scale)
        if bernoulli_exp((abs(value) - variance / scale) ** 2 / (2 * variance)):
            return value


def drawn(sigma: float, count: int) -> list[int]:
    return OpenDpNoise().draw([0] * count, sigma, 1, 1 / (2 * sigma**2))


def widths(sigma: float) -> tuple[int, int]:
    """Return the width of a bin and how many lie on each side: few, so that a small fault is seen."""
    width = max(1, round(sigma / 4))
    return width, round(2.5 * sigma / width)


def binned(values: Sequence[int], sigma: float) -> list[int]:
    width, side = widths(sigma)
    counts = Counter(max(-side - 1, min(side + 1, (value + width // 2) // width)) for value in values)
    return [counts[place] for place in range(-side - 1, side + 2)]


def expected(sigma: float) -> list[float]:
    """Return the share of each bin: the exact masses, added up."""
    reach = 12 * int(sigma + 1)
    width, side = widths(sigma)
    shares: dict[int, float] = Counter()
    for value, mass in zip(range(-reach, reach + 1), masses(sigma, reach), strict=True):
        shares[max(-side - 1, min(side + 1, (value + width // 2) // width))] += mass
    return [shares[place] for place in range(-side - 1, side + 2)]


def fit(values: Sequence[int], sigma: float) -> float:
    """Return the p of chi-square of draws against the exact masses."""
    shares, runs = expected(sigma), len(values)
    assert min(shares) * runs >= FEWEST
    distance = sum(
        (found - share * runs) ** 2 / (share * runs) for found, share in zip(binned(values, sigma), shares, strict=True)
    )
    return float(chi2.sf(distance, len(shares) - 1))


def agree(one: Sequence[int], other: Sequence[int], sigma: float) -> float:
    """Return the p of chi-square of two samples of equal size being of one law."""
    pairs = list(zip(binned(one, sigma), binned(other, sigma), strict=True))
    return float(chi2.sf(sum((a - b) ** 2 / (a + b) for a, b in pairs), len(pairs) - 1))


Draw = Callable[[float, int], list[int]]


def is_as_promised(draw: Draw, sigma: float) -> bool:
    """Say whether a way of drawing has the right law, and draws anew each time."""
    return draw(sigma, 200) != draw(sigma, 200) and fit(draw(sigma, 3 * RUNS), sigma) > LEAST


FAULTS: dict[str, Draw] = {
    "bruit semé d'avance": lambda sigma, count: np.random.default_rng(7)
    .normal(0, sigma, count).round().astype(int).tolist(),
    "gaussienne arrondie, 5 % trop petite": lambda sigma, count: np.random.default_rng()
    .normal(0, 0.95 * sigma, count).round().astype(int).tolist(),
    "bruit de 5 % trop petit": lambda sigma, count: drawn(0.95 * sigma, count),
}  # fmt: skip


@pytest.mark.parametrize("sigma", SIGMAS, ids=lambda sigma: f"{sigma:.2f}")
def test_the_noise_is_the_discrete_gaussian(sigma: float) -> None:
    assert fit(drawn(sigma, RUNS), sigma) > LEAST


def test_the_noise_is_that_of_the_exact_sampler_and_a_wrong_one_is_found(report: Report, full: bool) -> None:
    smallest, sigmas = 1.0, SIGMAS if full else [SIGMAS[0], SIGMAS[-1]]
    for sigma in sigmas:
        variance = Fraction(sigma) ** 2
        reference = [discrete_gaussian(variance) for _ in range(RUNS if full else RUNS // 2)]
        assert fit(reference, sigma) > LEAST
        smallest = min(smallest, agree(drawn(sigma, len(reference)), reference, sigma))
        assert smallest > LEAST
        for name, draw in FAULTS.items():
            assert not is_as_promised(draw, sigma), (name, sigma)
    assert is_as_promised(drawn, SIGMAS[0])
    report(
        "A13", f"p au-dessus de {LEAST:.4f} pour chacun des {len(SIGMAS)} bruits".replace(".", ","),
        f"p de {smallest:.3f} au moins contre un tirage exact".replace(".", ","), caught=", ".join(FAULTS),
        detail=f"{RUNS} tirages par bruit",
    )  # fmt: skip

"""The noise of published figures: OpenDP's discrete Gaussian on a vector of whole numbers, and nothing else of it."""

import math
from collections.abc import Sequence
from importlib.metadata import version

import opendp.prelude as dp
from flask import has_request_context

dp.enable_features("contrib")
_ROUNDING = 1e-9
_DOMAIN = dp.vector_domain(dp.atom_domain(T=dp.i64))
_METRIC = dp.l2_distance(T=dp.f64)


class OpenDpNoise:
    """Draws from the operating system's randomness; what is drawn cannot be drawn again."""

    version = f"opendp {version('opendp')}"

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        """Return the counts with noise, negatives kept.

        `sigma` is the scale, in households; one household moves `cells` counts by one at most; `rho` is what the ledger
        was charged. Raises RuntimeError when OpenDP itself claims a larger loss, or when a web request asks.
        """
        if has_request_context():
            raise RuntimeError("noise is never drawn for a web request")
        measurement = dp.m.make_gaussian(_DOMAIN, _METRIC, scale=sigma)
        claimed = float(measurement.map(math.sqrt(cells)))  # type: ignore[no-untyped-call]
        if claimed > rho * (1 + _ROUNDING):
            raise RuntimeError(f"OpenDP claims a loss of {claimed}, the ledger was charged {rho}")
        return [int(value) for value in measurement([int(count) for count in counts])]

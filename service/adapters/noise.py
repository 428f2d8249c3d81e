"""The noise of published figures: OpenDP's discrete Gaussian on a vector of whole numbers, and nothing else of it."""

import math
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from flask import has_request_context

_ROUNDING = 1e-9


class OpenDpNoise:
    """Draws from the operating system's randomness; what is drawn cannot be drawn again."""

    version = f"opendp {version('opendp')}"

    def __init__(self) -> None:
        # Two seconds and many megabytes: a process that never publishes, such as the web, does not load it.
        self._dp = dp = import_module("opendp.prelude")
        dp.enable_features("contrib")
        self._space = dp.vector_domain(dp.atom_domain(T=dp.i64)), dp.l2_distance(T=dp.f64)

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        """Return the counts with noise, negatives kept.

        `sigma` is the scale, in households; one household moves `cells` counts by one at most; `rho` is what the ledger
        was charged. Raises RuntimeError when OpenDP itself claims a larger loss, or when a web request asks.
        """
        if has_request_context():
            raise RuntimeError("noise is never drawn for a web request")
        measurement = self._dp.m.make_gaussian(*self._space, scale=sigma)
        claimed = float(measurement.map(math.sqrt(cells)))
        if claimed > rho * (1 + _ROUNDING):
            raise RuntimeError(f"OpenDP claims a loss of {claimed}, the ledger was charged {rho}")
        return [int(value) for value in measurement([int(count) for count in counts])]

"""How urgent: the answer with the smallest expected cost, so that a doubt leans towards care."""

import numpy as np

from classifier.calibration import Array
from classifier.labels import URGENCIES

# Cost of answering a column when a row is true, in the order of URGENCIES: missing a danger costs most.
COST: Array = np.array(
    [
        [0.0, 5.0, 50.0, 80.0],
        [1.0, 0.0, 6.0, 12.0],
        [2.0, 1.0, 0.0, 1.0],
        [3.0, 2.0, 0.5, 0.0],
    ]
)


def decide(probability: Array, *, is_danger: bool) -> str:
    """Return the urgency for probabilities of shape (4,).

    "danger" is said by the danger level alone; without it the chance of danger is left out, because a message to be
    checked is read by a person within minutes whatever its urgency.
    """
    if is_danger:
        return URGENCIES[0]
    return URGENCIES[1 + int(np.argmin(probability[1:] @ COST[1:, 1:]))]

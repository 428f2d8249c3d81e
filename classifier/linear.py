"""The linear heads over the features, as the prediction side sees them."""

from dataclasses import dataclass

import numpy as np

from classifier.calibration import Array
from classifier.features import Floats, Row

HEADS = ("category", "aside", "nature", "urgency", "danger")


@dataclass(frozen=True)
class Head:
    """One linear head: scores = row @ coef + intercept; coef (columns, classes), intercept (classes,)."""

    coef: Floats
    intercept: Floats

    def scores(self, row: Row) -> Array:
        """Return the scores of one sparse row, shape (classes,)."""
        return np.asarray(row.weights @ self.coef[row.columns] + self.intercept, dtype=np.float64)

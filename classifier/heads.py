"""How the linear heads are fitted: category, nature, urgency and danger."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from classifier.calibration import Array
from classifier.config import Configuration
from classifier.features import Floats
from classifier.labels import NATURES, URGENCIES
from classifier.linear import Head
from classifier.matrix import Matrix

Columns = NDArray[np.int64]
_TOLERANCE = 0.01  # Of the solver: finer costs half as much time again and answers no better.
_MOST_STEPS = 400  # Of the solver; it stops by itself well before.


@dataclass(frozen=True)
class Labels:
    """The true columns of each head, aligned on rows, -1 where unknown; `danger` is 0 or 1."""

    category: Columns
    nature: Columns
    urgency: Columns
    danger: Columns

    def take(self, rows: Columns) -> "Labels":
        """Return the labels of some rows."""
        return Labels(self.category[rows], self.nature[rows], self.urgency[rows], self.danger[rows])

    def then(self, more: "Labels") -> "Labels":
        """Return these labels followed by others."""
        return Labels(
            np.concatenate([self.category, more.category]),
            np.concatenate([self.nature, more.nature]),
            np.concatenate([self.urgency, more.urgency]),
            np.concatenate([self.danger, more.danger]),
        )


def score_all(head: Head, matrix: Matrix) -> Array:
    """Return the scores of many rows, shape (rows, classes)."""
    return np.asarray(matrix @ head.coef, dtype=np.float64) + head.intercept


def _spread(coef: Floats, intercept: Floats, classes: Sequence[int], total: int) -> Head:
    """Lay the fitted classes on all `total` columns; a class without example scores as low as can be."""
    if len(classes) == 2 and coef.shape[0] == 1:  # noqa: PLR2004 - Two classes share one hyperplane in scikit-learn.
        coef, intercept = np.vstack([-coef, coef]), np.concatenate([-intercept, intercept])
    wide = np.zeros((coef.shape[1], total), dtype=np.float32)
    bias = np.full(total, -9.0, dtype=np.float32)
    wide[:, list(classes)] = coef.T
    bias[list(classes)] = intercept
    return _rounded(wide, bias)


def _rounded(coef: Floats, intercept: Floats) -> Head:
    """Return a head as it will be stored, so that what is measured is what will be used."""
    return Head(coef.astype(np.float16).astype(np.float32), intercept.astype(np.float32))


@dataclass(frozen=True)
class Rows:
    """Training rows: features, the lexicon's signals, labels, and how much each row weighs, also for its category."""

    matrix: Matrix
    signals: Matrix
    labels: Labels
    weights: Array
    for_category: Array

    def wide(self) -> Matrix:
        """Return features and signals side by side."""
        return sparse.hstack([self.matrix, self.signals], format="csr")


def _fit_svc(
    matrix: Matrix, truth: Columns, weights: Array, head: tuple[int, float, int], class_weight: str | None = None
) -> Head:
    total, penalty, seed = head
    told = np.flatnonzero(truth >= 0)
    model = LinearSVC(C=penalty, tol=_TOLERANCE, class_weight=class_weight, random_state=seed)
    model.fit(matrix[told], truth[told], sample_weight=weights[told])
    return _spread(model.coef_, model.intercept_, model.classes_.tolist(), total)


def _fit_danger(matrix: Matrix, truth: Columns, weights: Array, configuration: Configuration) -> Head:
    told = np.flatnonzero(truth >= 0)
    if len(set(truth[told].tolist())) == 1:
        return Head(np.zeros((matrix.shape[1], 1), dtype=np.float32), np.full(1, -9.0, dtype=np.float32))
    model = LinearSVC(
        C=configuration.danger_penalty, class_weight="balanced", tol=_TOLERANCE, random_state=configuration.seed
    ).fit(matrix[told], truth[told], sample_weight=weights[told])
    return _rounded(model.coef_.T, model.intercept_)


def fit_heads(rows: Rows, categories: int, configuration: Configuration) -> dict[str, Head]:
    """Fit the heads that need no other; danger also reads the lexicon's signals.

    A row whose category is `categories` has no subject: that class, learned with the others, makes the head "aside".
    """
    labels, weights, seed = rows.labels, rows.weights, configuration.seed
    subject = _fit_svc(rows.matrix, labels.category, rows.for_category, (categories + 1, configuration.penalty, seed))
    nature = (len(NATURES), configuration.nature_penalty, seed)
    return {
        "category": Head(np.ascontiguousarray(subject.coef[:, :-1]), subject.intercept[:-1]),
        "aside": Head(np.ascontiguousarray(subject.coef[:, -1:]), subject.intercept[-1:]),
        "nature": _fit_svc(rows.matrix, labels.nature, weights, nature, "balanced"),
        "danger": _fit_danger(rows.wide(), labels.danger, weights, configuration),
    }


def fit_urgency_head(matrix: Matrix, truth: Columns, configuration: Configuration) -> Head:
    """Fit the urgency head on what it reads: text, signals, and what is believed of category and nature."""
    model = LogisticRegression(
        C=configuration.urgency_penalty, class_weight="balanced", random_state=configuration.seed, max_iter=_MOST_STEPS
    ).fit(matrix, truth)
    return _spread(model.coef_, model.intercept_, model.classes_.tolist(), len(URGENCIES))

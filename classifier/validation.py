"""Scores of examples the fitted heads have never seen: what calibration and every honest figure rest on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse

from classifier.calibration import Array
from classifier.config import Configuration
from classifier.dataset import Dataset, Texts, stack
from classifier.heads import Columns, Rows, fit_heads, score_all
from classifier.labels import NATURES, URGENCIES
from classifier.linear import Head
from classifier.matrix import Weighting, fit_weighting


@dataclass(frozen=True)
class HeldOut:
    """Uncalibrated scores per head, one row per example; danger is a probability of shape (examples,)."""

    category: Array
    nature: Array
    urgency: Array
    danger: Array


def fit(dataset: Dataset, owners: Columns, configuration: Configuration) -> tuple[Weighting, dict[str, Head]]:
    """Fit idf and heads on some examples and their copies."""
    examples = dataset.training.of(owners)
    texts = stack([examples, dataset.phrases])
    weighting = fit_weighting(texts.counts, dataset.counter.char_weight)
    weights = np.ones(len(texts.owner))
    weights[len(examples.owner) :] = dataset.phrase_weights
    labels = dataset.labels.take(examples.owner).then(dataset.phrase_labels)
    rows = Rows(weighting.apply(texts.counts), texts.signals, labels, weights)
    return weighting, fit_heads(rows, len(dataset.categories), configuration)


def _with_pieces(whole: Array, owners: Columns, pieces: Texts, piece_scores: Array) -> Array:
    """Return the mean of the whole text's scores and the best of its segments, where it has any."""
    best = np.full_like(whole, -np.inf)
    place = {int(owner): number for number, owner in enumerate(owners)}
    np.maximum.at(best, [place[int(owner)] for owner in pieces.owner], piece_scores)
    return np.where(np.isfinite(best), (whole + best) / 2, whole)


def score(
    dataset: Dataset, owners: Columns, weighting: Weighting, heads: dict[str, Head], *, segments: bool
) -> HeldOut:
    """Score some examples as a prediction would."""
    texts = dataset.originals.take(owners)
    matrix = weighting.apply(texts.counts)
    wide = sparse.hstack([matrix, texts.signals], format="csr")
    category = score_all(heads["category"], matrix)
    pieces = dataset.pieces.of(owners)
    if segments and len(pieces.owner):
        category = _with_pieces(category, owners, pieces, score_all(heads["category"], weighting.apply(pieces.counts)))
    return HeldOut(
        category,
        score_all(heads["nature"], matrix),
        score_all(heads["urgency"], wide),
        1 / (1 + np.exp(-score_all(heads["danger"], wide)[:, 0])),
    )


def _fold(dataset: Dataset, inside: Columns, outside: Columns, configuration: Configuration) -> HeldOut:
    return score(dataset, inside, *fit(dataset, outside, configuration), segments=configuration.segments)


def held_out(
    dataset: Dataset, folds: Columns, configuration: Configuration, report: Callable[[str], None], jobs: int = 1
) -> HeldOut:
    """Score every example by heads fitted without its fold, in `jobs` processes; report one line per fold.

    The number of processes changes the time it takes and nothing else.
    """
    total = len(dataset.examples)
    found = HeldOut(
        np.zeros((total, len(dataset.categories))),
        np.zeros((total, len(NATURES))),
        np.zeros((total, len(URGENCIES))),
        np.zeros(total),
    )
    numbers = sorted(set(folds.tolist()))
    insides = [np.flatnonzero(folds == number) for number in numbers]
    outsides = [np.flatnonzero(folds != number) for number in numbers]
    parts = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_fold)(dataset, inside, outside, configuration)
        for inside, outside in zip(insides, outsides, strict=True)
    )
    report(f"held-out scores 0/{len(numbers)}")
    for place, (inside, part) in enumerate(zip(insides, parts, strict=True), start=1):
        found.category[inside], found.nature[inside] = part.category, part.nature
        found.urgency[inside], found.danger[inside] = part.urgency, part.danger
        report(f"held-out scores {place}/{len(numbers)}")
    return found

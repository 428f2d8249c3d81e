"""Scores of examples the fitted heads have never seen: what calibration and every honest figure rest on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse

from classifier.calibration import Array, beliefs, fit_temperature
from classifier.config import Configuration
from classifier.dataset import Dataset, Texts, stack
from classifier.heads import Columns, Rows, fit_heads, fit_urgency_head, score_all
from classifier.labels import NATURES, URGENCIES
from classifier.linear import Head
from classifier.matrix import Matrix, Weighting, fit_weighting
from classifier.segments import pooled


@dataclass(frozen=True)
class HeldOut:
    """Uncalibrated scores per head, one row per example; danger is a probability of shape (examples,)."""

    category: Array
    nature: Array
    urgency: Array
    danger: Array


@dataclass(frozen=True)
class Fitted:
    """What is fitted on some examples: the idf, and the heads that need no other head."""

    weighting: Weighting
    heads: dict[str, Head]


def fit(dataset: Dataset, owners: Columns, configuration: Configuration) -> Fitted:
    """Fit idf, category, nature and danger on some examples, their copies and the phrases."""
    examples = dataset.training.of(owners)
    texts = stack([examples, dataset.phrases])
    weighting = fit_weighting(texts.counts, dataset.counter.char_weight)
    weights = np.ones(len(texts.owner))
    weights[len(examples.owner) :] = dataset.phrase_weights
    for_category = np.concatenate([dataset.weights[examples.owner], dataset.phrase_weights])
    labels = dataset.labels.take(examples.owner).then(dataset.phrase_labels)
    rows = Rows(weighting.apply(texts.counts), texts.signals, labels, weights, for_category)
    return Fitted(weighting, fit_heads(rows, len(dataset.categories), configuration))


def _told(dataset: Dataset, owners: Columns, weighting: Weighting, believed: Array) -> Matrix:
    """Return what the urgency head reads of some examples: text, signals, and what is believed of the rest."""
    texts = dataset.originals.take(owners)
    told = sparse.csr_matrix(believed[owners], dtype=np.float32)
    return sparse.hstack([weighting.apply(texts.counts), texts.signals, told], format="csr")


def fit_urgency(
    dataset: Dataset, owners: Columns, weighting: Weighting, believed: Array, configuration: Configuration
) -> Head:
    """Fit the urgency head on some examples; `believed` (examples, categories + natures) must be held out itself."""
    told = _told(dataset, owners, weighting, believed)
    return fit_urgency_head(told, dataset.labels.urgency[owners], configuration)


def _with_pieces(whole: Array, owners: Columns, pieces: Texts, fitted: Fitted) -> Array:
    """Return the scores of messages, those of many segments read as a prediction would."""
    if not len(pieces.owner):
        return whole
    matrix = fitted.weighting.apply(pieces.counts)
    parts, aside = score_all(fitted.heads["category"], matrix), score_all(fitted.heads["aside"], matrix)[:, 0]
    found = whole.copy()
    for place, owner in enumerate(owners):
        mine = pieces.owner == owner
        if mine.any():
            found[place] = pooled(whole[place], parts[mine], aside[mine])
    return found


def score(dataset: Dataset, owners: Columns, fitted: Fitted) -> HeldOut:
    """Score some examples as a prediction would, urgency left at nothing."""
    texts, heads = dataset.originals.take(owners), fitted.heads
    matrix = fitted.weighting.apply(texts.counts)
    wide = sparse.hstack([matrix, texts.signals], format="csr")
    category = _with_pieces(score_all(heads["category"], matrix), owners, dataset.pieces.of(owners), fitted)
    return HeldOut(
        category,
        score_all(heads["nature"], matrix),
        np.zeros((len(owners), len(URGENCIES))),
        1 / (1 + np.exp(-score_all(heads["danger"], wide)[:, 0])),
    )


def _fold(dataset: Dataset, inside: Columns, outside: Columns, configuration: Configuration) -> tuple[Fitted, HeldOut]:
    fitted = fit(dataset, outside, configuration)
    return fitted, score(dataset, inside, fitted)


def _urgency_fold(
    dataset: Dataset,
    inside: Columns,
    outside: Columns,
    weighting: Weighting,
    believed: Array,
    configuration: Configuration,
) -> Array:
    head = fit_urgency(dataset, outside, weighting, believed, configuration)
    return score_all(head, _told(dataset, inside, weighting, believed))


def _believed(dataset: Dataset, category: Array, nature: Array) -> Array:
    """Return what held-out scores make one believe of category and nature, one row per example."""
    labels = dataset.labels
    temperatures = fit_temperature(category, labels.category), fit_temperature(nature, labels.nature)
    return beliefs(category, nature, *temperatures)


def _parallel(jobs: int) -> Parallel:
    # Arrays are handed over whole: joblib's shared ones outlive a generator, and it complains of it at the end.
    return Parallel(n_jobs=jobs, return_as="generator", max_nbytes=None)


def held_out(
    dataset: Dataset, folds: Columns, configuration: Configuration, report: Callable[[str], None], jobs: int = 1
) -> tuple[HeldOut, Fitted]:
    """Score every example by heads fitted without its fold; return the scores, and what was fitted on everything.

    The work is done in `jobs` processes, whose number changes the time it takes and nothing else; each part is reported
    in a line. Urgency comes second, for it reads what the other heads believe.
    """
    total = len(dataset.examples)
    found = HeldOut(
        np.zeros((total, len(dataset.categories))),
        np.zeros((total, len(NATURES))),
        np.zeros((total, len(URGENCIES))),
        np.zeros(total),
    )
    everyone, nobody = np.arange(total), np.arange(0)
    divided = [
        (np.flatnonzero(folds == number), np.flatnonzero(folds != number)) for number in sorted(set(folds.tolist()))
    ]
    first = [(nobody, everyone), *divided]  # The whole, which takes longest, goes first.
    stages = len(first) + len(divided)
    report(f"learned 0/{stages}")
    fitted: list[Fitted] = []
    parts = _parallel(jobs)(delayed(_fold)(dataset, inside, outside, configuration) for inside, outside in first)
    for (inside, _), (one, part) in zip(first, parts, strict=True):
        found.category[inside], found.nature[inside], found.danger[inside] = part.category, part.nature, part.danger
        fitted.append(one)
        report(f"learned {len(fitted)}/{stages}")
    whole, *others = fitted
    believed = _believed(dataset, found.category, found.nature)
    second = _parallel(jobs)(
        delayed(_urgency_fold)(dataset, inside, outside, one.weighting, believed, configuration)
        for (inside, outside), one in zip(divided, others, strict=True)
    )
    for place, ((inside, _), scores) in enumerate(zip(divided, second, strict=True), start=len(first) + 1):
        found.urgency[inside] = scores
        report(f"learned {place}/{stages}")
    return found, whole

"""How the temperatures and thresholds of a model are fitted, on scores of examples its heads had not seen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import (
    Array,
    Calibration,
    category_thresholds,
    fit_temperature,
    load_threshold,
    precision_threshold,
    probabilities,
    recall_threshold,
)
from classifier.config import Configuration
from classifier.corpus import Example
from classifier.danger import DangerFinding
from classifier.dataset import Dataset
from classifier.labels import DANGER_LEVELS, family_of
from classifier.validation import HeldOut

Bools = NDArray[np.bool_]


def _danger_marks(
    examples: Sequence[Example], chance: Array, findings: Sequence[DangerFinding], configuration: Configuration
) -> tuple[float, float, float]:
    """Return the thresholds of check, alert and agreement; the load of checks is that of ordinary messages."""
    is_danger = np.array([one.danger is not None for one in examples])
    ordinary = np.array([one.danger is None and one.calm is None for one in examples])
    strong = np.array([one.level == DANGER_LEVELS[-1] for one in findings])
    lowered = np.array([one.level == DANGER_LEVELS[1] and not one.is_weak for one in findings])
    agree = recall_threshold(chance[strong], is_danger[strong], configuration.danger_agreement)
    alert = precision_threshold(chance[~strong], is_danger[~strong], configuration.danger_precision)
    pages = (strong & (chance >= agree)) | (chance >= alert)
    checked = (strong | lowered)[ordinary & ~pages]
    load = configuration.check_load * ordinary.sum() / max(len(checked), 1)
    return load_threshold(chance[ordinary & ~pages], checked, load), alert, agree


def _family_mark(chances: Array, truth: NDArray[np.int64], categories: Sequence[str], target: float) -> float:
    families = np.array([family_of(category) for category in categories])
    names = sorted(set(families.tolist()))
    by_family = np.stack([chances[:, families == name].sum(axis=1) for name in names], axis=1)
    right = np.array(names)[by_family.argmax(axis=1)] == families[truth]
    return precision_threshold(by_family.max(axis=1), right, target)


def calibrate(dataset: Dataset, scores: HeldOut, configuration: Configuration) -> Calibration:
    """Fit temperatures and thresholds on held-out scores."""
    labels = dataset.labels
    temperature = fit_temperature(scores.category, labels.category)
    urgency_temperature = fit_temperature(scores.urgency, labels.urgency)
    chances = probabilities(scores.category, temperature)
    winner, sureness = chances.argmax(axis=1), chances.max(axis=1)
    place = {name: number for number, name in enumerate(dataset.categories)}
    named = np.array([place.get(example.secondary or "", -1) for example in dataset.examples])
    correct: Bools = (winner == labels.category) | (winner == named)
    grave = probabilities(scores.urgency, urgency_temperature)[:, :2].sum(axis=1)
    check, alert, agree = _danger_marks(dataset.examples, scores.danger, dataset.findings, configuration)
    return Calibration(
        category_temperature=temperature,
        nature_temperature=fit_temperature(scores.nature, labels.nature),
        urgency_temperature=urgency_temperature,
        thresholds=category_thresholds(
            sureness, winner, correct, configuration.target_precision, len(dataset.categories)
        ),
        family_threshold=_family_mark(chances, labels.category, dataset.categories, configuration.family_precision),
        urgent=recall_threshold(grave, labels.urgency <= 1, 1 - configuration.under_triage),
        danger_check=check,
        danger_alert=alert,
        danger_agree=agree,
        priors=(1.0,) * len(dataset.categories),
    )

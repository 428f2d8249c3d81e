"""Figures for a set of predictions against the truth; every share is between 0 and 1."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classifier.decision import Prediction
from classifier.labels import DANGER_LEVELS, URGENCIES

_DIGITS = 4
_SUGGESTIONS = 3


@dataclass(frozen=True)
class Truth:
    """What a message should have been understood as."""

    category: str
    secondary: tuple[str, ...]
    nature: str
    urgency: str


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """Return the mean F1 over every label that is true or said somewhere."""
    pairs = list(zip(truth, said, strict=True))
    scores = []
    for label in sorted({*truth, *said}):
        hits = sum(true == label == one for true, one in pairs)
        wrong = sum((true == label) != (one == label) for true, one in pairs)
        scores.append(2 * hits / (2 * hits + wrong) if hits or wrong else 0.0)
    return float(np.mean(scores))


def quadratic_kappa(truth: Sequence[str], said: Sequence[str], scale: Sequence[str]) -> float:
    """Return Cohen's kappa with quadratic weights on an ordered scale; 0.0 when agreement is only chance."""
    size = len(scale)
    table = np.zeros((size, size))
    for true, one in zip(truth, said, strict=True):
        table[scale.index(true), scale.index(one)] += 1
    weights = (np.arange(size)[:, None] - np.arange(size)[None, :]) ** 2
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(table.sum(), 1)
    expected = float((weights * chance).sum())
    return 1 - float((weights * table).sum()) / expected if expected else 0.0


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _danger(truth: Sequence[Truth], said: Sequence[Prediction]) -> dict[str, float]:
    real = [one.danger for true, one in zip(truth, said, strict=True) if true.urgency == URGENCIES[0]]
    calm = [one.danger for true, one in zip(truth, said, strict=True) if true.urgency != URGENCIES[0]]
    alert, silent = DANGER_LEVELS[-1], DANGER_LEVELS[0]
    return {
        "danger_messages": len(real),
        "danger_recall": _share(sum(level != silent for level in real), len(real)),
        "danger_recall_alert": _share(sum(level == alert for level in real), len(real)),
        "danger_precision_alert": _share(real.count(alert), real.count(alert) + calm.count(alert)),
        "false_alarms": _share(calm.count(alert), len(calm)),
        "false_checks": _share(sum(level not in (alert, silent) for level in calm), len(calm)),
    }


def _category(truth: Sequence[Truth], said: Sequence[Prediction]) -> dict[str, float]:
    pairs = list(zip(truth, said, strict=True))
    kept = [(true, one) for true, one in pairs if not one.abstained]
    named = [[one.category, *(other.category for other in one.alternatives)][:_SUGGESTIONS] for one in said]
    either = sum(one.category in (true.category, *true.secondary) for true, one in pairs)
    return {
        "macro_f1": macro_f1([true.category for true in truth], [one.category for one in said]),
        "accuracy": _share(sum(true.category == one.category for true, one in pairs), len(pairs)),
        "accuracy_either": _share(either, len(pairs)),
        "top3": _share(sum(true.category in names for true, names in zip(truth, named, strict=True)), len(pairs)),
        "coverage": _share(len(kept), len(pairs)),
        "precision": _share(sum(true.category == one.category for true, one in kept), len(kept)),
        "precision_either": _share(
            sum(one.category in (true.category, *true.secondary) for true, one in kept), len(kept)
        ),
    }


def _secondary(truth: Sequence[Truth], said: Sequence[Prediction]) -> dict[str, float]:
    pairs = [(true.secondary, one.secondary) for true, one in zip(truth, said, strict=True)]
    right = sum(one in true for true, one in pairs if one)
    return {
        "secondary_precision": _share(right, sum(one is not None for _, one in pairs)),
        "secondary_recall": _share(right, sum(bool(true) for true, _ in pairs)),
    }


def _urgency(truth: Sequence[Truth], said: Sequence[Prediction]) -> dict[str, float]:
    true, answers = [one.urgency for one in truth], [one.urgency for one in said]
    pairs = [(URGENCIES.index(one), URGENCIES.index(other)) for one, other in zip(true, answers, strict=True)]
    grave = [(one, other) for one, other in pairs if one <= 1]
    return {
        "urgency_kappa": quadratic_kappa(true, answers, URGENCIES),
        "urgency_macro_f1": macro_f1(true, answers),
        "under_triage": _share(sum(other > 1 for _, other in grave), len(grave)),
    }


def figures(truth: Sequence[Truth], said: Sequence[Prediction]) -> dict[str, float]:
    """Return every figure of a set of predictions, rounded to four digits."""
    nature = [one.nature for one in truth], [one.nature for one in said]
    found = {
        "messages": len(truth),
        **_category(truth, said),
        **_secondary(truth, said),
        "nature_accuracy": _share(sum(one == other for one, other in zip(*nature, strict=True)), len(truth)),
        "nature_macro_f1": macro_f1(*nature),
        **_danger(truth, said),
        **_urgency(truth, said),
    }
    return {name: round(float(value), _DIGITS) for name, value in found.items()}

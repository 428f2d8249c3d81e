"""Figures for a set of predictions against the truth; every share is between 0 and 1."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classifier.corpus import Example
from classifier.decision import Prediction
from classifier.labels import DANGER_LEVELS, URGENCIES, family_of, length_of
from classifier.measures import (
    calibration_error,
    coverage_at,
    lower_bound,
    macro_f1,
    per_label,
    quadratic_kappa,
    share,
)

_DIGITS = 4
_SUGGESTIONS = 3
_MOST_CONFUSIONS = 20
Figures = dict[str, float]


@dataclass(frozen=True)
class Truth:
    """What a message should have been understood as; `style` is how it was written, where that is known."""

    category: str
    secondary: tuple[str, ...]
    nature: str
    urgency: str
    style: str = ""
    length: str = ""


def truth_of_example(example: Example) -> Truth:
    """Return the labels of an example of the corpus."""
    second = (example.secondary,) if example.secondary else ()
    return Truth(example.category, second, example.nature, example.urgency, example.style, length_of(example.text))


Pairs = Sequence[tuple[Truth, Prediction]]


def truth_of(row: dict[str, object]) -> Truth:
    """Return the labels of a line of an evaluation file; `second` or `secondary` is a code, a list or nothing."""
    second = row.get("second", row.get("secondary")) or ()
    several = (second,) if isinstance(second, str) else tuple(map(str, second))  # type: ignore[call-overload]
    return Truth(
        category=str(row["category"]),
        secondary=several,
        nature=str(row["nature"]),
        urgency=str(row["urgency"]),
        style=str(row.get("style") or ""),
        length=length_of(str(row["text"])),
    )


def _mean(pairs: Pairs, holds: Callable[[Truth, Prediction], bool]) -> float:
    return share(sum(holds(true, one) for true, one in pairs), len(pairs))


def _names(true: Truth, one: Prediction) -> bool:
    return one.category in (true.category, *true.secondary)


def _danger(pairs: Pairs) -> Figures:
    alert, silent = DANGER_LEVELS[-1], DANGER_LEVELS[0]
    real = [one.danger for true, one in pairs if true.urgency == URGENCIES[0]]
    calm = [one.danger for true, one in pairs if true.urgency != URGENCIES[0]]
    heard = sum(level != silent for level in real)
    return {
        "danger_messages": len(real),
        "danger_recall": share(heard, len(real)),
        "danger_recall_at_least": lower_bound(heard, len(real)),
        "danger_recall_alert": share(real.count(alert), len(real)),
        "danger_precision_alert": share(real.count(alert), real.count(alert) + calm.count(alert)),
        "false_alarms": share(calm.count(alert), len(calm)),
        "false_checks": share(sum(level not in (alert, silent) for level in calm), len(calm)),
    }


def _category(pairs: Pairs) -> Figures:
    kept = [(true, one) for true, one in pairs if not one.abstained]
    confidence = [one.confidence for _, one in pairs]
    correct = [true.category == one.category for true, one in pairs]

    def is_suggested(true: Truth, one: Prediction) -> bool:
        return true.category in [one.category, *(other.category for other in one.alternatives)][:_SUGGESTIONS]

    return {
        "macro_f1": macro_f1([true.category for true, _ in pairs], [one.category for _, one in pairs]),
        "accuracy": share(sum(correct), len(pairs)),
        "accuracy_either": _mean(pairs, _names),
        "top3": _mean(pairs, is_suggested),
        "family_accuracy": _mean(pairs, lambda true, one: family_of(true.category) == family_of(one.category)),
        "calibration_error": calibration_error(confidence, correct),
        "coverage_at_90": coverage_at(confidence, correct, 0.90),
        "coverage_at_95": coverage_at(confidence, correct, 0.95),
        "coverage": share(len(kept), len(pairs)),
        "precision": _mean(kept, lambda true, one: true.category == one.category),
        "precision_either": _mean(kept, _names),
    }


def _secondary(pairs: Pairs) -> Figures:
    right = sum(one.secondary in true.secondary for true, one in pairs if one.secondary)
    return {
        "secondary_precision": share(right, sum(one.secondary is not None for _, one in pairs)),
        "secondary_recall": share(right, sum(bool(true.secondary) for true, _ in pairs)),
    }


def _urgency(pairs: Pairs) -> Figures:
    true, answers = [one.urgency for one, _ in pairs], [one.urgency for _, one in pairs]
    places = [(URGENCIES.index(one), URGENCIES.index(other)) for one, other in zip(true, answers, strict=True)]
    grave = [other for one, other in places if one <= 1]
    light = [other for one, other in places if one > 1]
    return {
        "urgency_kappa": quadratic_kappa(true, answers, URGENCIES),
        "urgency_macro_f1": macro_f1(true, answers),
        "under_triage": share(sum(other > 1 for other in grave), len(grave)),
        "over_triage": share(sum(other <= 1 for other in light), len(light)),
    }


def figures(truth: Sequence[Truth], said: Sequence[Prediction]) -> Figures:
    """Return every figure of a set of predictions, rounded to four digits."""
    pairs = list(zip(truth, said, strict=True))
    nature = [true.nature for true, _ in pairs], [one.nature for _, one in pairs]
    found = {
        "messages": len(pairs),
        **_category(pairs),
        **_secondary(pairs),
        "nature_accuracy": _mean(pairs, lambda true, one: true.nature == one.nature),
        "nature_macro_f1": macro_f1(*nature),
        **_danger(pairs),
        **_urgency(pairs),
    }
    return {name: round(float(value), _DIGITS) for name, value in found.items()}


@dataclass(frozen=True)
class Evaluation:
    """The figures of a set, then the same where they differ: by category, style and length, and what is confused."""

    figures: Figures
    categories: dict[str, Figures]
    styles: dict[str, Figures]
    lengths: dict[str, Figures]
    confusions: list[tuple[str, str, int]]  # True, said, how often; most often first.
    calibration: list[tuple[float, float, int]]  # Mean confidence, share right, how many; by tenths of confidence.


def _sliced(pairs: Pairs, part_of: Callable[[Truth], str]) -> dict[str, Figures]:
    parts: dict[str, list[tuple[Truth, Prediction]]] = defaultdict(list)
    for true, one in pairs:
        parts[part_of(true)].append((true, one))
    kept = ("messages", "accuracy", "top3", "coverage", "precision", "danger_recall", "under_triage")
    return {
        name: {key: value for key, value in figures(*map(list, zip(*part, strict=True))).items() if key in kept}
        for name, part in sorted(parts.items())
        if name
    }


def _calibration(pairs: Pairs) -> list[tuple[float, float, int]]:
    tenths: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for true, one in pairs:
        tenths[min(int(one.confidence * 10), 9)].append((one.confidence, true.category == one.category))
    return [
        (round(share(sum(sure for sure, _ in part), len(part)), _DIGITS),
         round(share(sum(right for _, right in part), len(part)), _DIGITS), len(part))
        for _, part in sorted(tenths.items())
    ]  # fmt: skip


def evaluate(truth: Sequence[Truth], said: Sequence[Prediction]) -> Evaluation:
    """Return everything that is to be known of a set of predictions."""
    pairs = list(zip(truth, said, strict=True))
    labels = per_label([true.category for true in truth], [one.category for one in said])
    counts = Counter(true.category for true in truth)
    mistaken = Counter((true.category, one.category) for true, one in pairs if true.category != one.category)
    most = sorted(mistaken.items(), key=lambda item: (-item[1], item[0]))[:_MOST_CONFUSIONS]
    return Evaluation(
        figures=figures(truth, said),
        categories={
            label: {"messages": counts[label], "precision": round(precision, _DIGITS), "recall": round(recall, _DIGITS),
                    "f1": round(f1, _DIGITS)}
            for label, (precision, recall, f1) in labels.items()
        },
        styles=_sliced(pairs, lambda true: true.style),
        lengths=_sliced(pairs, lambda true: true.length),
        confusions=[(true, said_, count) for (true, said_), count in most],
        calibration=_calibration(pairs),
    )  # fmt: skip

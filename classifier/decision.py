"""From scores to the answer given, in one place for one message and for held-out ones alike."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from classifier import urgency
from classifier.calibration import Array, Calibration, probabilities, with_priors
from classifier.danger import DangerFinding
from classifier.labels import DANGER_LEVELS, NATURES, family_of

_MOST_ALTERNATIVES = 3
_ROUNDING = 4
_UNREAD = np.array([0.0, 0.0, 1.0, 0.0])  # Of the urgencies, for a message without a word the model knows.


@dataclass(frozen=True)
class Alternative:
    """Another category the message may belong to, with its calibrated probability."""

    category: str
    confidence: float


@dataclass(frozen=True)
class Prediction:
    """What the model understood. `confidence` is calibrated, 0 to 1; `words` are spelled as in the message."""

    category: str
    confidence: float
    alternatives: tuple[Alternative, ...]
    secondary: str | None
    nature: str
    urgency: str
    danger: str
    danger_types: tuple[str, ...]
    abstained: bool
    words: tuple[str, ...]
    family: str | None = None  # When it abstained though it is sure of the family.
    unknown_share: float = 0.0  # Of the words of three letters and more, those the model never met.


@dataclass(frozen=True)
class Scores:
    """What the heads say of one message: scores per class, and the probability of danger."""

    category: Array
    nature: Array
    urgency: Array
    danger: float


@dataclass(frozen=True)
class Signs:
    """What is seen in a message beside the model's scores.

    It is `understood` when it is in French, `is_readable` when it has a word the model knows; `least_urgency` gives the
    floor of a category for this message.
    """

    said: DangerFinding
    understood: bool
    is_readable: bool
    least_urgency: Callable[[str], str]


def danger_level(signs: Signs, chance: float, marks: Calibration) -> str:
    """Return the level of a message from what the lexicon says and the chance of danger the model sees.

    The model raises, though it pages nobody for a message without a word it knows. It lowers a rule that says danger to
    "check" and no further, when it all but excludes danger; a weak finding speaks through the model alone.
    """
    said = signs.said
    by_model = int(chance >= marks.danger_check) + int(chance >= marks.danger_alert and signs.is_readable)
    by_lexicon = 0 if said.is_weak else DANGER_LEVELS.index(said.level)
    if by_lexicon == len(DANGER_LEVELS) - 1 and chance < marks.danger_agree and not said.is_firm:
        by_lexicon = 1
    return DANGER_LEVELS[max(by_model, by_lexicon, int(not signs.understood))]


def decide(scores: Scores, signs: Signs, categories: tuple[str, ...], marks: Calibration) -> Prediction:
    """Return the prediction without words or secondary; it abstains when unreadable or under the threshold."""
    chances = with_priors(probabilities(scores.category, marks.category_temperature), marks.priors)
    order = [int(place) for place in np.argsort(-chances, kind="stable")]
    level = danger_level(signs, scores.danger, marks)
    weights = probabilities(scores.urgency, marks.urgency_temperature)
    runners = order[1 : 1 + _MOST_ALTERNATIVES]
    is_readable = signs.is_readable and signs.understood
    abstained = not is_readable or bool(chances[order[0]] < marks.thresholds[order[0]])
    return Prediction(
        category=categories[order[0]],
        confidence=round(float(chances[order[0]]), _ROUNDING),
        alternatives=tuple(Alternative(categories[one], round(float(chances[one]), _ROUNDING)) for one in runners),
        secondary=None,
        nature=NATURES[int(np.argmax(scores.nature))],
        urgency=urgency.decide(
            weights if signs.is_readable else _UNREAD,
            marks.urgent,
            is_danger=level == DANGER_LEVELS[-1],
            least=signs.least_urgency(categories[order[0]]),
        ),
        danger=level,
        danger_types=signs.said.types,
        abstained=abstained,
        words=(),
        family=sure_family(chances, categories, marks.family_threshold) if abstained and is_readable else None,
    )


def sure_family(chances: Array, categories: tuple[str, ...], threshold: float) -> str | None:
    """Return the family whose categories together are likely enough, or None."""
    totals: dict[str, float] = defaultdict(float)
    for category, chance in zip(categories, chances, strict=True):
        totals[family_of(category)] += float(chance)
    best = max(sorted(totals), key=totals.__getitem__)
    return best if totals[best] >= threshold else None

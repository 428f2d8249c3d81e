from dataclasses import replace

import numpy as np
import pytest

from classifier.calibration import Calibration
from classifier.danger import DangerFinding
from classifier.decision import Prediction, Scores, Signs, danger_level, decide

MARKS = Calibration(
    category_temperature=1.0,
    nature_temperature=1.0,
    urgency_temperature=1.0,
    thresholds=(0.6, 0.6, 0.8),
    family_threshold=0.95,
    danger_check=0.2,
    urgent=0.2,
    danger_alert=0.8,
    danger_agree=0.05,
    priors=(1.0, 1.0, 1.0),
)


def _signs(said: DangerFinding, *, understood: bool = True, is_readable: bool = True) -> Signs:
    return Signs(said, understood, is_readable, lambda _: "faible")


CALM = _signs(DangerFinding("none"))


def _decide(category: list[float], *, danger: float = 0.0, signs: Signs = CALM) -> Prediction:
    scores = Scores(np.log(category), np.array([0.0, 1, 0, 0, 0]), np.array([0.0, 0, 5, 0]), danger)
    return decide(scores, signs, ("a", "b", "c"), MARKS)


def test_a_sure_answer_is_given() -> None:
    said = _decide([0.1, 0.7, 0.2])
    assert (said.category, said.confidence, said.abstained) == ("b", 0.7, False)
    assert [other.category for other in said.alternatives] == ["c", "a"]
    assert (said.nature, said.urgency, said.danger) == ("relance", "normal", "none")


def test_it_abstains_under_the_threshold_of_the_category_or_when_nothing_could_be_read() -> None:
    assert _decide([0.5, 0.3, 0.2]).abstained
    assert _decide([0.1, 0.2, 0.7]).abstained
    assert not _decide([0.1, 0.05, 0.85]).abstained
    assert _decide([0.9, 0.05, 0.05], signs=_signs(DangerFinding("none"), is_readable=False)).abstained
    assert _decide([0.9, 0.05, 0.05], signs=_signs(DangerFinding("none"), understood=False)).abstained


def test_priors_move_the_answer() -> None:
    marks = replace(MARKS, priors=(4.0, 1.0, 1.0))
    said = decide(Scores(np.log([0.3, 0.5, 0.2]), np.zeros(5), np.zeros(4), 0.0), CALM,
                  ("a", "b", "c"), marks)  # fmt: skip
    assert (said.category, said.confidence) == ("a", round(1.2 / 1.9, 4))


def test_a_family_is_said_when_it_is_sure_and_the_category_is_not() -> None:
    names = ("chauffage", "eau_chaude", "loyer")
    scores = Scores(np.log([0.5, 0.48, 0.02]), np.zeros(5), np.zeros(4), 0.0)
    assert decide(scores, CALM, names, MARKS).family == "logement"
    unsure = Scores(np.log([0.5, 0.3, 0.2]), np.zeros(5), np.zeros(4), 0.0)
    assert decide(unsure, CALM, names, MARKS).family is None
    sure = Scores(np.log([0.7, 0.28, 0.02]), np.zeros(5), np.zeros(4), 0.0)
    assert decide(sure, CALM, names, MARKS).family is None


PLAIN, LOWERED = DangerFinding("danger"), DangerFinding("check")
WEAK, FIRM = DangerFinding("check", is_weak=True), DangerFinding("danger", is_firm=True)


@pytest.mark.parametrize(
    ("said", "chance", "level"),
    [
        (DangerFinding("none"), 0.1, "none"),
        (DangerFinding("none"), 0.2, "check"),
        (DangerFinding("none"), 0.8, "danger"),
        (LOWERED, 0.0, "check"),
        (LOWERED, 0.9, "danger"),
        (WEAK, 0.1, "none"),
        (WEAK, 0.3, "check"),
        (PLAIN, 0.05, "danger"),
        (PLAIN, 0.04, "check"),
        (FIRM, 0.0, "danger"),
    ],
)
def test_the_level_comes_from_lexicon_and_model_together(said: DangerFinding, chance: float, level: str) -> None:
    assert danger_level(_signs(said), chance, MARKS) == level
    answer = _decide([0.8, 0.1, 0.1], danger=chance, signs=_signs(said))
    assert (answer.urgency == "danger") == (level == "danger")


def test_a_message_nobody_understood_is_checked() -> None:
    assert danger_level(_signs(DangerFinding("none"), understood=False), 0.0, MARKS) == "check"

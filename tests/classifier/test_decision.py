import numpy as np
import pytest

from classifier.calibration import Calibration
from classifier.decision import Prediction, Scores, danger_level, decide

MARKS = Calibration(
    category_temperature=1.0,
    nature_temperature=1.0,
    urgency_temperature=1.0,
    thresholds=(0.6, 0.6, 0.8),
    family_threshold=0.95,
    secondary_threshold=0.3,
    danger_check=0.2,
    danger_alert=0.8,
    priors=(1.0, 1.0, 1.0),
)


def _decide(category: list[float], *, danger: float = 0.0, level: str = "none", is_readable: bool = True) -> Prediction:
    scores = Scores(np.log(category), np.array([0.0, 1, 0, 0, 0]), np.array([0.0, 0, 5, 0]), danger)
    return decide(scores, level, ("a", "b", "c"), MARKS, is_readable=is_readable, least_urgency=lambda _: "faible")


def test_a_sure_answer_is_given() -> None:
    said = _decide([0.1, 0.7, 0.2])
    assert (said.category, said.confidence, said.abstained) == ("b", 0.7, False)
    assert [other.category for other in said.alternatives] == ["c", "a"]
    assert (said.nature, said.urgency, said.danger) == ("relance", "normal", "none")


def test_it_abstains_under_the_threshold_or_when_nothing_could_be_read() -> None:
    assert _decide([0.5, 0.3, 0.2]).abstained
    assert _decide([0.9, 0.05, 0.05], is_readable=False).abstained


def test_a_likely_runner_up_is_the_secondary() -> None:
    assert _decide([0.65, 0.33, 0.02]).secondary == "b"
    assert _decide([0.75, 0.23, 0.02]).secondary is None


@pytest.mark.parametrize(
    ("lexicon", "chance", "level"),
    [
        ("none", 0.1, "none"),
        ("none", 0.2, "check"),
        ("none", 0.8, "danger"),
        ("check", 0.0, "check"),
        ("check", 0.9, "danger"),
        ("danger", 0.0, "danger"),
    ],
)
def test_the_higher_of_lexicon_and_model_is_the_level(lexicon: str, chance: float, level: str) -> None:
    assert danger_level(lexicon, chance, MARKS) == level
    said = _decide([0.8, 0.1, 0.1], danger=chance, level=lexicon)
    assert (said.urgency == "danger") == (level == "danger")

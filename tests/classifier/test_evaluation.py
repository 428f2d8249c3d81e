import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from classifier.calibration import (
    category_thresholds,
    estimate_priors,
    fit_temperature,
    load_threshold,
    precision_threshold,
    probabilities,
    recall_threshold,
    with_priors,
)
from classifier.corpus import Example
from classifier.folds import author_folds, scenario_folds
from classifier.labels import URGENCIES
from classifier.measures import calibration_error, coverage_at, lower_bound, macro_f1, quadratic_kappa
from classifier.urgency import decide


def test_our_figures_are_those_of_scikit_learn() -> None:
    draw = np.random.default_rng(1)
    truth = [URGENCIES[one] for one in draw.integers(4, size=80)]
    said = [URGENCIES[one] for one in draw.integers(4, size=80)]
    assert macro_f1(truth, said) == pytest.approx(f1_score(truth, said, average="macro"))
    expected = cohen_kappa_score(truth, said, weights="quadratic", labels=list(URGENCIES))
    assert quadratic_kappa(truth, said, URGENCIES) == pytest.approx(expected)


def test_temperature_recovers_the_sharpness_of_scores() -> None:
    draw = np.random.default_rng(2)
    scores = draw.normal(size=(4000, 3))
    chances = probabilities(scores, 0.5)
    truth = np.array([draw.choice(3, p=row) for row in chances])
    assert fit_temperature(scores, truth) == pytest.approx(0.5, abs=0.05)


def test_precision_threshold_keeps_the_promise() -> None:
    confidence = np.linspace(1, 0, 100)
    correct = np.arange(100) < 60
    mark = precision_threshold(confidence, correct, 0.95)
    kept = confidence >= mark - 1e-6
    assert kept.sum() == 63
    assert precision_threshold(confidence, np.zeros(100, dtype=bool), 0.95) == 1.0


def test_recall_threshold_lets_no_more_cases_go_than_said() -> None:
    chance = np.linspace(0, 1, 100)
    mark = recall_threshold(chance, np.ones(100, dtype=bool), 0.95)
    assert (chance >= mark - 1e-6).sum() == 95


def _examples() -> list[Example]:
    return [
        Example(f"t{number}", "abc"[number % 3], None, "demande", "normal", f"s{number // 2}", "wxyz"[number // 2 % 4])
        for number in range(48)
    ]


def test_no_author_and_no_scenario_is_divided() -> None:
    examples = _examples()
    by_author, by_scenario = author_folds(examples, 4), scenario_folds(examples, 4)
    for author in {example.author for example in examples}:
        assert len({f for f, e in zip(by_author, examples, strict=True) if e.author == author}) == 1
    for told in {(example.scenario, example.category) for example in examples}:
        mine = {f for f, e in zip(by_scenario, examples, strict=True) if (e.scenario, e.category) == told}
        assert len(mine) == 1
    assert len(set(by_author.tolist())) == len(set(by_scenario.tolist())) == 4


def test_doubt_leans_towards_care() -> None:
    assert decide(np.array([0.0, 0.2, 0.5, 0.3]), 0.15, is_danger=False) == "urgent"
    assert decide(np.array([0.1, 0.1, 0.5, 0.3]), 0.15, is_danger=False) == "urgent"
    assert decide(np.array([0.0, 0.1, 0.5, 0.4]), 0.15, is_danger=False) == "normal"
    assert decide(np.array([0.0, 0.1, 0.4, 0.5]), 0.15, is_danger=False) == "faible"
    assert decide(np.array([0.0, 0.1, 0.4, 0.5]), 0.15, is_danger=False, least="urgent") == "urgent"
    assert decide(np.array([0.0, 0.0, 0.0, 1.0]), 0.15, is_danger=True) == "danger"


def test_the_load_threshold_keeps_the_load() -> None:
    chance, already = np.linspace(0, 1, 100), np.arange(100) < 3
    mark = load_threshold(chance, already, 0.10)
    assert ((chance >= mark - 1e-6) | already).sum() == 10
    assert load_threshold(chance, np.arange(100) < 20, 0.10) == 1.0


def test_a_category_has_the_threshold_it_deserves() -> None:
    confidence = np.tile(np.linspace(1, 0.5, 200), 2)
    winner = np.repeat([0, 1], 200)
    correct = np.concatenate([np.ones(200, dtype=bool), np.arange(200) % 2 == 0])
    marks = category_thresholds(confidence, winner, correct, 0.9, 3)
    assert marks[0] == pytest.approx(0.5)
    assert marks[1] > 0.95
    assert marks[2] == 1.0


def test_priors_are_found_without_labels() -> None:
    draw = np.random.default_rng(4)
    shares = np.array([0.7, 0.2, 0.1])
    truth = draw.choice(3, size=2000, p=shares)
    scores = draw.normal(size=(2000, 3)) + 2 * np.eye(3)[truth]
    chances = probabilities(scores, 0.5)
    found = estimate_priors(chances, np.full(3, 1 / 3))
    assert found == pytest.approx(shares, abs=0.03)
    before = np.mean(chances.argmax(axis=1) == truth)
    assert np.mean(with_priors(chances, (found * 3).tolist()).argmax(axis=1) == truth) > before + 0.02


def test_calibration_error_and_coverage_are_what_they_say() -> None:
    assert calibration_error([0.5] * 100, [True, False] * 50, bins=10) == pytest.approx(0)
    assert calibration_error([0.9] * 100, [True, False] * 50, bins=10) == pytest.approx(0.4)
    # Two bins of as many answers: 0.1 and 0.2 in the first, 0.3 and 0.9 in the second; bins as wide would part them.
    assert calibration_error([0.1, 0.2, 0.3, 0.9], [False, True, True, True], bins=2) == pytest.approx(0.375)
    assert coverage_at([0.5, 0.5], [True, False], 0.9) == coverage_at([0.5, 0.5], [False, True], 0.9) == 0
    assert coverage_at([0.9, 0.8, 0.7, 0.6], [True, True, False, False], 0.66) == 0.75
    assert coverage_at([0.9, 0.8], [False, False], 0.5) == 0


def test_the_bound_on_recall_is_the_one_of_the_tables() -> None:
    assert lower_bound(299, 299) == pytest.approx(0.99, abs=1e-4)
    assert lower_bound(292, 300) == pytest.approx(0.952, abs=2e-3)

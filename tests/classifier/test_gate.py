from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier.artefact import Manifest
from classifier.corpus import Example
from classifier.decision import Prediction
from classifier.evaluation import evaluate, truth_of_example
from classifier.gate import KeptApart, Trial, Verdict, judge, sureness, table, try_out
from classifier.latency import Latency
from classifier.model import TextModel
from classifier.noise import buried, texted

CODES = ("chauffage", "bruit", "loyer")
GOLD = [
    Example(
        f"message {number}", CODES[number % 3], None, "demande", "danger" if number % 10 == 0 else "normal", "s", "a"
    )
    for number in range(90)
]


def _trial(
    wrong: frozenset[int] = frozenset(),
    missed: frozenset[int] = frozenset(),
    *,
    alter: Callable[[Prediction], Prediction] = lambda one: one,
    **changed: object,
) -> Trial:
    """What a model answers that is wrong about some messages and misses some dangers."""
    truth = [truth_of_example(one) for one in GOLD]
    said = []
    for number, one in enumerate(GOLD):
        danger = "danger" if one.urgency == "danger" and number not in missed else "none"
        category = CODES[(CODES.index(one.category) + 1) % 3] if number in wrong else one.category
        urgency = "danger" if danger == "danger" else "normal"
        one_said = Prediction(category, 0.9, (), None, "demande", urgency, danger, (), abstained=False, words=())
        said.append(alter(one_said))
    noisy = {"texted": 0.9, "buried": 0.8}
    trial = Trial(truth, said, evaluate(truth, said), noisy, Latency(0.004, 0.010), 6_000_000)
    return replace(trial, **changed)  # type: ignore[arg-type]


def _failed(champion: Trial, challenger: Trial) -> list[str]:
    return [one.measure for one in judge(champion, challenger) if not one.passes]


SOME = frozenset(range(30))


def test_an_equal_and_a_better_challenger_pass() -> None:
    assert _failed(_trial(SOME), _trial(SOME)) == []
    assert _failed(_trial(SOME), _trial()) == []


@pytest.mark.parametrize(
    ("challenger", "measures"),
    [
        (_trial(frozenset(range(12))), {"macro_f1", "surely better", "coverage_at_95", "F1 of chauffage"}),
        (_trial(missed=frozenset([10])), {"danger_recall", "dangers newly missed"}),
        (_trial(noisy={"texted": 0.88, "buried": 0.8}), {"macro-F1 when texted"}),
        (_trial(noisy={"texted": 0.9, "buried": 0.78}), {"macro-F1 when buried"}),
        (_trial(latency=Latency(0.004, 0.041)), {"milliseconds, p99"}),
        (_trial(bytes=10_000_001), {"megabytes"}),
    ],
)
def test_a_worse_challenger_is_refused_by_what_is_worse(challenger: Trial, measures: set[str]) -> None:
    assert measures <= set(_failed(_trial(), challenger))


@pytest.mark.parametrize(
    ("alter", "measure"),
    [
        (lambda one: replace(one, abstained=True), "coverage"),
        (lambda one: replace(one, urgency="normal"), "under_triage"),
        (lambda one: replace(one, urgency="normal"), "urgency_kappa"),
        (lambda one: replace(one, danger="danger"), "false_alarms"),
        (lambda one: replace(one, danger="check"), "false_checks"),
        (lambda one: replace(one, danger="check"), "danger_recall_alert"),
        (lambda one: replace(one, nature="question"), "nature_macro_f1"),
    ],
)
def test_what_a_threshold_can_ruin_is_refused(alter: Callable[[Prediction], Prediction], measure: str) -> None:
    assert measure in _failed(_trial(), _trial(alter=alter))


def test_a_surer_but_wronger_challenger_is_refused() -> None:
    def shy(one: Prediction) -> Prediction:
        return replace(one, abstained=one.category == "loyer")

    assert "precision_either" in _failed(_trial(alter=shy), _trial(frozenset(range(4)), alter=shy))


def test_a_danger_exchanged_for_another_is_still_a_danger_missed() -> None:
    champion, challenger = _trial(missed=frozenset([10])), _trial(missed=frozenset([20]))
    assert _failed(champion, challenger) == ["dangers newly missed"]


def test_sureness_grows_with_the_difference() -> None:
    assert sureness(_trial(SOME), _trial(SOME)) == 0.5
    assert sureness(_trial(SOME), _trial()) > 0.95
    assert sureness(_trial(), _trial(SOME)) < 0.05


def test_the_table_ends_with_the_sentence_that_matters() -> None:
    passed, failed = Verdict("one", 1, 1, "rule", passes=True), Verdict("two", 1, 0, "rule", passes=False)
    assert table([passed]).endswith("The challenger passes every measure.")
    assert table([passed, failed]).endswith("Refused: two.")


def test_a_real_model_is_tried_on_everything(trained: tuple[Path, Manifest, list[str]], model: TextModel) -> None:
    kept_apart = KeptApart(GOLD[:6], ("Bonjour à tous.", "Merci bien."))
    trial = try_out(model, trained[0], kept_apart)
    assert len(trial.said) == 6
    assert set(trial.noisy) == {"texted", "buried"}
    assert 0 < trial.latency.p50 <= trial.latency.p99
    assert trial.bytes > 1000


def test_noise_changes_the_spelling_and_hides_the_subject() -> None:
    draw = np.random.default_rng(3)
    short = texted("Bonjour, j'ai un problème : le radiateur est froid depuis lundi !", draw)
    assert short == short.lower()
    assert not set(short) & set(",:!éè")
    whole = buried("Le radiateur est froid.", ["Bonjour.", "Il pleut."], draw)
    assert "Le radiateur est froid." in whole
    assert whole.count(".") == 9

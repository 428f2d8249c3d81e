"""Whether a challenger may replace the champion: every measure on sets neither has learned from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifier.artefact import FILES
from classifier.corpus import Example
from classifier.evaluation import Evaluation, Truth, evaluate, truth_of_example
from classifier.labels import DANGER_LEVELS
from classifier.latency import Latency, latency
from classifier.measures import macro_f1
from classifier.model import Prediction, TextModel
from classifier.noise import buried, texted

_DRAWS = 300
_LEAST_SURENESS = 0.1  # Under it the challenger is most likely the worse one.
_F1_LOSS = 0.005
_COVERAGE_LOSS = 0.02
# What else may be lost or gained, by figure.
_LOSSES = {
    "coverage": 0.03,
    "precision_either": 0.01,
    "danger_recall_alert": 0.03,
    "urgency_kappa": 0.02,
    "nature_macro_f1": 0.02,
}
_GAINS = {"false_checks": 0.02, "false_alarms": 0.01, "under_triage": 0.02}
_CLASS_LOSS = 0.10
_CLASS_MESSAGES = 10
_NOISE_LOSS = 0.01
_CALIBRATION_ERROR, _CALIBRATION_LOSS = 0.06, 0.01
_SECONDS_P99 = 0.040
_BYTES = 10_000_000


@dataclass(frozen=True)
class KeptApart:
    """The frozen sets: labelled messages, and sentences without a subject, by authors nothing is learned from."""

    examples: Sequence[Example]
    filler: Sequence[str]


@dataclass(frozen=True)
class Trial:
    """What a model answers to the sets kept apart: as written, texted in a hurry, and buried in other sentences."""

    truth: Sequence[Truth]
    said: Sequence[Prediction]
    evaluation: Evaluation
    noisy: dict[str, float]  # Macro-F1 by kind of noise.
    latency: Latency
    bytes: int


@dataclass(frozen=True)
class Verdict:
    """One measure of the gate: both figures, the rule in words, and whether the challenger passes."""

    measure: str
    champion: float
    challenger: float
    rule: str
    passes: bool


def try_out(model: TextModel, directory: Path, kept_apart: KeptApart) -> Trial:
    """Let a model answer every example kept apart, then the ordinary ones again with noise."""
    examples, filler = kept_apart.examples, kept_apart.filler
    truth = [truth_of_example(example) for example in examples]
    said = [model.predict(example.text) for example in examples]
    ordinary = [example for example in examples if not example.danger and not example.calm]

    def f1(change: Callable[[str, np.random.Generator], str]) -> float:
        draw = np.random.default_rng(1)
        answers = [model.predict(change(example.text, draw)).category for example in ordinary]
        return macro_f1([example.category for example in ordinary], answers)

    return Trial(
        truth=truth,
        said=said,
        evaluation=evaluate(truth, said),
        noisy={"texted": f1(texted), "buried": f1(lambda text, draw: buried(text, filler, draw))},
        latency=latency(model),
        bytes=sum((directory / name).stat().st_size for name in FILES),
    )


def sureness(champion: Trial, challenger: Trial) -> float:
    """Return the share of paired bootstrap draws in which the challenger's macro-F1 is above the champion's."""
    truth = np.array([true.category for true in champion.truth])
    one = np.array([answer.category for answer in champion.said])
    other = np.array([answer.category for answer in challenger.said])
    if (one == other).all():
        return 0.5
    draw = np.random.default_rng(1)
    wins = 0
    for _ in range(_DRAWS):
        rows = draw.integers(len(truth), size=len(truth))
        true = truth[rows].tolist()
        wins += macro_f1(true, other[rows].tolist()) > macro_f1(true, one[rows].tolist())
    return wins / _DRAWS


def _newly_missed(champion: Trial, challenger: Trial) -> int:
    silent = DANGER_LEVELS[0]
    answers = zip(champion.truth, champion.said, challenger.said, strict=True)
    return sum(true.urgency == "danger" and one.danger != silent == other.danger for true, one, other in answers)


def _classes(champion: Trial, challenger: Trial) -> Iterator[Verdict]:
    for category, before in champion.evaluation.categories.items():
        after = challenger.evaluation.categories.get(category, {"f1": 0.0})
        if before["messages"] >= _CLASS_MESSAGES and after["f1"] < before["f1"] - _CLASS_LOSS:
            yield Verdict(f"F1 of {category}", before["f1"], after["f1"], "no category loses 10 points", passes=False)


def judge(champion: Trial, challenger: Trial) -> list[Verdict]:
    """Return every measure of the gate; the challenger may replace the champion when all pass."""
    old, new = champion.evaluation.figures, challenger.evaluation.figures

    def kept(name: str, loss: float, rule: str) -> Verdict:
        return Verdict(name, old[name], new[name], rule, new[name] >= old[name] - loss)

    sure = sureness(champion, challenger)
    missed = _newly_missed(champion, challenger)
    worst = max(_CALIBRATION_ERROR, old["calibration_error"] + _CALIBRATION_LOSS)
    return [
        kept("macro_f1", _F1_LOSS, "loses at most half a point"),
        Verdict("surely better", 0.5, sure, "is not surely the worse one", sure >= _LEAST_SURENESS),
        kept("danger_recall", 0.0, "loses nothing"),
        Verdict("dangers newly missed", 0, missed, "none", missed == 0),
        kept("coverage_at_95", _COVERAGE_LOSS, "loses at most two points"),
        *(kept(name, loss, f"loses at most {loss:g}") for name, loss in _LOSSES.items()),
        *(
            Verdict(name, old[name], new[name], f"gains at most {gain:g}", new[name] <= old[name] + gain)
            for name, gain in _GAINS.items()
        ),
        Verdict("calibration_error", old["calibration_error"], new["calibration_error"], f"at most {worst:.2f}",
                new["calibration_error"] <= worst),
        *(Verdict(f"macro-F1 when {noise}", champion.noisy[noise], challenger.noisy[noise], "loses at most a point",
                  challenger.noisy[noise] >= champion.noisy[noise] - _NOISE_LOSS) for noise in champion.noisy),
        *_classes(champion, challenger),
        Verdict("milliseconds, p99", champion.latency.p99 * 1000, challenger.latency.p99 * 1000, "at most 40",
                challenger.latency.p99 <= _SECONDS_P99),
        Verdict("megabytes", champion.bytes / 1e6, challenger.bytes / 1e6, "at most 10", challenger.bytes <= _BYTES),
    ]  # fmt: skip


def table(verdicts: Sequence[Verdict]) -> str:
    """Return the measures as a Markdown table, and the sentence that sums them up."""
    lines = ["| measure | champion | challenger | rule | |", "|---|---:|---:|---|---|"]
    lines += [
        f"| {one.measure} | {one.champion:.4g} | {one.challenger:.4g} | {one.rule} | {'✓' if one.passes else '✗'} |"
        for one in verdicts
    ]
    failed = [one.measure for one in verdicts if not one.passes]
    end = f"Refused: {', '.join(failed)}." if failed else "The challenger passes every measure."
    return "\n".join([*lines, "", end])

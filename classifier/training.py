"""Training: a pure function of the corpus, the configuration and this code, ending in one artefact."""

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import scipy
import sklearn

from classifier import artefact, corpus
from classifier.artefact import Manifest, Parts
from classifier.calibration import (
    Calibration,
    fit_temperature,
    precision_threshold,
    probabilities,
    recall_threshold,
)
from classifier.card import write_card
from classifier.config import Configuration, code_digest
from classifier.danger import heard, scan, signal_names
from classifier.dataset import Dataset, build
from classifier.decision import Prediction, Scores, decide
from classifier.evaluation import Truth, figures
from classifier.folds import author_folds
from classifier.heads import Columns
from classifier.labels import DANGER_LEVELS
from classifier.language import is_foreign
from classifier.matrix import vocabulary
from classifier.validation import HeldOut, fit, held_out


def version_of(directory: Path, configuration: Configuration) -> str:
    """Return the version a training on this corpus would have: twelve hexadecimal digits."""
    whole = f"{corpus.digest(directory)} {configuration.digest()} {code_digest()} {sklearn.__version__}"
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def lexicon_levels(examples: Sequence[corpus.Example]) -> list[str]:
    """Return the level of danger each example has before the model is asked."""
    return [heard(scan(one.text).level, is_foreign=is_foreign(one.text)) for one in examples]


def calibrate(dataset: Dataset, scores: HeldOut, levels: Sequence[str], configuration: Configuration) -> Calibration:
    """Fit temperatures and thresholds on held-out scores; `levels` are what the lexicon says of each example."""
    labels = dataset.labels
    temperature = fit_temperature(scores.category, labels.category)
    chances = probabilities(scores.category, temperature)
    runner_up = np.argsort(-chances, axis=1, kind="stable")[:, min(1, chances.shape[1] - 1)]
    place = {name: number for number, name in enumerate(dataset.categories)}
    named = np.array([place.get(example.secondary or "", -1) for example in dataset.examples])
    winner = chances.argmax(axis=1)
    rows = np.arange(len(named))
    is_danger = labels.danger == 1
    unheard = np.array([level == DANGER_LEVELS[0] for level in levels])
    return Calibration(
        category_temperature=temperature,
        nature_temperature=fit_temperature(scores.nature, labels.nature),
        urgency_temperature=fit_temperature(scores.urgency, labels.urgency),
        threshold=precision_threshold(
            chances.max(axis=1), (winner == labels.category) | (winner == named), configuration.target_precision
        ),
        secondary_threshold=precision_threshold(
            chances[rows, runner_up], runner_up == named, configuration.secondary_precision
        ),
        danger_check=recall_threshold(np.where(unheard, scores.danger, 1.0), is_danger, configuration.danger_recall),
        danger_alert=precision_threshold(scores.danger, is_danger, configuration.danger_precision),
    )


def judge(dataset: Dataset, scores: HeldOut, levels: Sequence[str], marks: Calibration) -> dict[str, float]:
    """Return the figures of held-out scores, decided as a prediction would be."""
    return figures([truth_of(example) for example in dataset.examples], _answers(dataset, scores, levels, marks))


def cross_validate(
    dataset: Dataset, folds: Columns, configuration: Configuration, report: Callable[[str], None]
) -> dict[str, float]:
    """Return the figures of held-out scores for any division of the examples into folds."""
    levels = lexicon_levels(dataset.examples)
    scores = held_out(dataset, folds, configuration, report)
    return judge(dataset, scores, levels, calibrate(dataset, scores, levels, configuration))


def truth_of(example: corpus.Example) -> Truth:
    """Return the labels of an example as an evaluation reads them."""
    second = (example.secondary,) if example.secondary else ()
    return Truth(example.category, second, example.nature, example.urgency)


def _answers(dataset: Dataset, scores: HeldOut, levels: Sequence[str], marks: Calibration) -> list[Prediction]:
    rows = zip(scores.category, scores.nature, scores.urgency, scores.danger, strict=True)
    return [
        decide(
            Scores(one, two, three, float(four)),
            level,
            dataset.categories,
            marks,
            is_readable=not is_foreign(example.text),
        )
        for (one, two, three, four), level, example in zip(rows, levels, dataset.examples, strict=True)
    ]


def _finish(dataset: Dataset, marks: Calibration, configuration: Configuration) -> Parts:
    weighting, heads = fit(dataset, np.arange(len(dataset.examples)), configuration)
    words = vocabulary(dataset.counter, weighting, configuration)
    return Parts(dataset.categories, words, signal_names(), heads, marks, configuration.segments)


def train(
    corpus_directory: Path,
    directory: Path,
    report: Callable[[str], None],
    configuration: Configuration | None = None,
    jobs: int = 1,
) -> Manifest:
    """Train on a corpus in `jobs` processes and write the artefact into `directory`.

    Each stage is reported in a line. Raises CorpusInvalid.
    """
    configuration = configuration or Configuration()
    written = corpus.read_corpus(corpus_directory)
    examples = written.examples
    report(f"corpus: {len(examples)} examples of {len({example.category for example in examples})} categories")
    dataset = build(written, configuration, signal_names())
    report(f"features: {dataset.training.counts[0].shape[0]} texts with their copies")
    levels = lexicon_levels(examples)
    scores = held_out(dataset, author_folds(examples, configuration.folds), configuration, report, jobs)
    marks = calibrate(dataset, scores, levels, configuration)
    metrics = judge(dataset, scores, levels, marks)
    report(f"held-out authors: macro-F1 {metrics['macro_f1']:.3f}, top-3 {metrics['top3']:.3f}")
    parts = _finish(dataset, marks, configuration)
    manifest = Manifest(
        version=version_of(corpus_directory, configuration),
        corpus=corpus.digest(corpus_directory),
        configuration=dataclasses.asdict(configuration),
        code=code_digest(),
        libraries={"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        metrics=metrics,
        files={},
    )
    manifest = artefact.write(directory, parts, manifest, write_card(manifest, examples, marks))
    report(f"model {manifest.version} written to {directory}")
    return manifest

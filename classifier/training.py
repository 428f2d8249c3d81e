"""Training: a pure function of the corpus, the configuration and this code, ending in one artefact."""

import dataclasses
import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import scipy
import sklearn

from classifier import artefact, corpus
from classifier.artefact import Manifest, Parts
from classifier.calibration import (
    Calibration,
    category_thresholds,
    fit_temperature,
    precision_threshold,
    probabilities,
    recall_threshold,
)
from classifier.card import write_card
from classifier.cleaning import clean
from classifier.config import Configuration, code_digest
from classifier.context import Context
from classifier.danger import heard, scan, signal_names
from classifier.dataset import Dataset, build
from classifier.decision import Prediction, Scores, decide
from classifier.evaluation import Evaluation, evaluate, truth_of_example
from classifier.folds import author_folds
from classifier.heads import Columns
from classifier.labels import DANGER_LEVELS, family_of
from classifier.language import is_foreign
from classifier.matrix import vocabulary
from classifier.registry import Registry
from classifier.urgency import floor_of
from classifier.validation import HeldOut, fit, held_out


def version_of(corpus_digest: str, configuration: Configuration) -> str:
    """Return the version a training on a corpus would have: twelve hexadecimal digits."""
    whole = f"{corpus_digest} {configuration.digest()} {code_digest()} {sklearn.__version__}"
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def lexicon_levels(examples: Sequence[corpus.Example]) -> list[str]:
    """Return the level of danger each example has before the model is asked."""
    return [heard(scan(one.text).level, understood=not is_foreign(one.text)) for one in examples]


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
    correct = (winner == labels.category) | (winner == named)
    families = np.array([family_of(category) for category in dataset.categories])
    by_family = np.stack([chances[:, families == one].sum(axis=1) for one in sorted(set(families))], axis=1)
    family_right = np.array(sorted(set(families)))[by_family.argmax(axis=1)] == families[labels.category]
    return Calibration(
        category_temperature=temperature,
        nature_temperature=fit_temperature(scores.nature, labels.nature),
        urgency_temperature=fit_temperature(scores.urgency, labels.urgency),
        thresholds=category_thresholds(
            chances.max(axis=1), winner, correct, configuration.target_precision, len(dataset.categories)
        ),
        family_threshold=precision_threshold(by_family.max(axis=1), family_right, configuration.family_precision),
        secondary_threshold=precision_threshold(
            chances[rows, runner_up], runner_up == named, configuration.secondary_precision
        ),
        danger_check=recall_threshold(np.where(unheard, scores.danger, 1.0), is_danger, configuration.danger_recall),
        danger_alert=precision_threshold(scores.danger, is_danger, configuration.danger_precision),
        priors=(1.0,) * len(dataset.categories),
    )


def judge(dataset: Dataset, scores: HeldOut, levels: Sequence[str], marks: Calibration) -> Evaluation:
    """Return what held-out scores are worth, decided as a prediction would be."""
    return evaluate(
        [truth_of_example(example) for example in dataset.examples], _answers(dataset, scores, levels, marks)
    )


def cross_validate(
    dataset: Dataset, folds: Columns, configuration: Configuration, report: Callable[[str], None]
) -> Evaluation:
    """Return what held-out scores are worth for any division of the examples into folds."""
    levels = lexicon_levels(dataset.examples)
    scores = held_out(dataset, folds, configuration, report)
    return judge(dataset, scores, levels, calibrate(dataset, scores, levels, configuration))


def _floor(tokens: list[str], category: str) -> str:
    return floor_of(category, tokens, Context())


def _answers(dataset: Dataset, scores: HeldOut, levels: Sequence[str], marks: Calibration) -> list[Prediction]:
    rows = zip(scores.category, scores.nature, scores.urgency, scores.danger, strict=True)
    return [
        decide(
            Scores(one, two, three, float(four)),
            level,
            dataset.categories,
            marks,
            is_readable=not is_foreign(example.text),
            least_urgency=partial(_floor, clean(example.text).split()),
        )
        for (one, two, three, four), level, example in zip(rows, levels, dataset.examples, strict=True)
    ]


def _finish(dataset: Dataset, marks: Calibration, configuration: Configuration) -> Parts:
    weighting, heads = fit(dataset, np.arange(len(dataset.examples)), configuration)
    words = vocabulary(dataset.counter, weighting, configuration)
    return Parts(dataset.categories, words, signal_names(), heads, marks, configuration.segments)


def train(
    corpus_directory: Path,
    registry: Registry,
    report: Callable[[str], None],
    configuration: Configuration | None = None,
    jobs: int = 1,
    corrections: Path | None = None,
) -> Manifest:
    """Train on a corpus in `jobs` processes and write the artefact among the versions of `registry`.

    Each stage is reported in a line. Raises CorpusInvalid.
    """
    configuration = configuration or Configuration()
    written = corpus.read_corpus(corpus_directory, corrections)
    examples = written.examples
    report(f"corpus: {len(examples)} examples of {len({example.category for example in examples})} categories")
    if corrections:
        report(f"corrections: {len(written.corrections)} kept")
    dataset = build(written, configuration, signal_names())
    report(f"features: {dataset.training.counts[0].shape[0]} texts with their copies")
    levels = lexicon_levels(examples)
    scores = held_out(dataset, author_folds(examples, configuration.folds), configuration, report, jobs)
    marks = calibrate(dataset, scores, levels, configuration)
    found = judge(dataset, scores, levels, marks)
    report(f"held-out authors: macro-F1 {found.figures['macro_f1']:.3f}, top-3 {found.figures['top3']:.3f}")
    parts = _finish(dataset, marks, configuration)
    digest = corpus.digest(corpus_directory, corrections)
    manifest = Manifest(
        version=version_of(digest, configuration),
        corpus=digest,
        configuration=dataclasses.asdict(configuration),
        code=code_digest(),
        libraries={"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        metrics=found.figures,
        files={},
    )
    card = write_card(manifest, examples, marks, found)
    manifest = artefact.write(registry.path(manifest.version), parts, manifest, card)
    report(f"model {manifest.version} written to {registry.directory}")
    return manifest

"""Training: a pure function of the corpus, the configuration and this code, ending in one artefact."""

import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import scipy
import sklearn

from classifier import artefact, corpus
from classifier.apart import figures_apart
from classifier.artefact import Manifest, Parts
from classifier.calibrating import calibrate
from classifier.calibration import Calibration, beliefs
from classifier.card import write_card
from classifier.cleaning import clean
from classifier.config import Configuration, code_digest
from classifier.context import Context
from classifier.danger import signal_names
from classifier.dataset import Dataset, build
from classifier.decision import Prediction, Scores, Signs, decide
from classifier.evaluation import Evaluation, evaluate, truth_of_example
from classifier.folds import author_folds
from classifier.heads import Columns
from classifier.matrix import vocabulary
from classifier.model import TextModel
from classifier.registry import Registry
from classifier.urgency import floor_of
from classifier.validation import Fitted, HeldOut, fit_urgency, held_out


@dataclass(frozen=True)
class Sources:
    """What a training reads: a corpus, what staff corrected, and messages kept apart, for the card alone."""

    corpus: Path
    corrections: Path | None = None
    gold: Path | None = None

    def digest(self) -> str:
        """Return what names the whole, as hexadecimal."""
        return corpus.digest(self.corpus, self.corrections) + (corpus.digest(self.gold) if self.gold else "")


def version_of(sources: Sources, configuration: Configuration) -> str:
    """Return the version a training would have: twelve hexadecimal digits."""
    whole = f"{sources.digest()} {configuration.digest()} {code_digest()} {sklearn.__version__}"
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def judge(dataset: Dataset, scores: HeldOut, marks: Calibration) -> Evaluation:
    """Return what held-out scores are worth, decided as a prediction would be."""
    return evaluate([truth_of_example(example) for example in dataset.examples], _answers(dataset, scores, marks))


def cross_validate(
    dataset: Dataset, folds: Columns, configuration: Configuration, report: Callable[[str], None]
) -> Evaluation:
    """Return what held-out scores are worth for any division of the examples into folds."""
    scores, _ = held_out(dataset, folds, configuration, report)
    return judge(dataset, scores, calibrate(dataset, scores, configuration))


def _floor(tokens: list[str], category: str) -> str:
    return floor_of(category, tokens, Context())


def _answers(dataset: Dataset, scores: HeldOut, marks: Calibration) -> list[Prediction]:
    rows = zip(scores.category, scores.nature, scores.urgency, scores.danger, strict=True)
    return [
        decide(
            Scores(one, two, three, float(four)),
            Signs(
                said,
                understood=understood,
                is_readable=True,
                least_urgency=partial(_floor, clean(example.text).split()),
            ),
            dataset.categories,
            marks,
        )
        for (one, two, three, four), said, understood, example in zip(
            rows, dataset.findings, dataset.understood, dataset.examples, strict=True
        )
    ]


def _finish(
    dataset: Dataset, scores: HeldOut, fitted: Fitted, marks: Calibration, configuration: Configuration
) -> Parts:
    everyone = np.arange(len(dataset.examples))
    believed = beliefs(scores.category, scores.nature, marks.category_temperature, marks.nature_temperature)
    urgency = fit_urgency(dataset, everyone, fitted.weighting, believed, configuration)
    words = vocabulary(dataset.counter, fitted.weighting, configuration)
    heads = fitted.heads | {"urgency": urgency}
    return Parts(dataset.categories, words, signal_names(), heads, marks)


def train(
    sources: Sources,
    registry: Registry,
    report: Callable[[str], None],
    configuration: Configuration | None = None,
    jobs: int = 1,
) -> Manifest:
    """Train in `jobs` processes and write the artefact among the versions of `registry`.

    Each stage is reported in a line. Raises CorpusInvalid.
    """
    configuration = configuration or Configuration()
    written = corpus.read_corpus(sources.corpus, sources.corrections)
    examples = written.examples
    report(f"corpus: {len(examples)} examples of {len({example.category for example in examples})} categories")
    if sources.corrections:
        report(f"corrections: {len(written.corrections)} kept")
    dataset = build(written, configuration, signal_names())
    report(f"features: {dataset.training.counts[0].shape[0]} texts with their copies")
    scores, fitted = held_out(dataset, author_folds(examples, configuration.folds), configuration, report, jobs)
    marks = calibrate(dataset, scores, configuration)
    found = judge(dataset, scores, marks)
    report(f"held-out authors: macro-F1 {found.figures['macro_f1']:.3f}, top-3 {found.figures['top3']:.3f}")
    parts = _finish(dataset, scores, fitted, marks, configuration)
    manifest = Manifest(
        version=version_of(sources, configuration),
        corpus=corpus.digest(sources.corpus, sources.corrections),
        configuration=dataclasses.asdict(configuration),
        code=code_digest(),
        libraries={"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        metrics=found.figures,
        files={},
    )
    if sources.gold:
        manifest = dataclasses.replace(manifest, apart=figures_apart(TextModel(manifest, parts), sources.gold))
    card = write_card(manifest, examples, marks, found)
    manifest = artefact.write(registry.path(manifest.version), parts, manifest, card)
    report(f"model {manifest.version} written to {registry.directory}")
    return manifest

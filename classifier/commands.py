"""What each command of `python -m classifier` does: it takes the parsed options and returns the exit status."""

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from classifier import artefact, corpus
from classifier.artefact import ModelDamaged, ModelMissing
from classifier.config import Configuration
from classifier.context import Context
from classifier.danger import signal_names
from classifier.evaluation import Evaluation, Figures, truth_of
from classifier.evaluation import evaluate as evaluate_all
from classifier.gate import KeptApart, Verdict, judge, table, try_out
from classifier.model import Prediction, TextModel, load_champion, load_model
from classifier.registry import Registry
from classifier.report import write_report

ANSWER = (
    "category", "confidence", "alternatives", "secondary", "nature", "urgency", "danger", "abstained", "words",
)  # fmt: skip
_FEWEST_TEXTS = 300


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def train(options: argparse.Namespace) -> int:
    """Train a version; judge it by the gate when a champion is there, put it in use when none is."""
    from classifier.training import Sources  # noqa: PLC0415 - scikit-learn is slow to import, and not for answers.
    from classifier.training import train as fit  # noqa: PLC0415

    registry = Registry(options.model)
    gold = options.gold if options.gold.is_dir() else None
    sources = Sources(options.corpus, getattr(options, "corrections", None), gold)
    manifest = fit(sources, registry, _tell, jobs=os.cpu_count() or 1)
    if not registry.has_champion():
        registry.promote(manifest.version)
        _tell(f"version {manifest.version} is in use")
        return 0
    if registry.champion() == manifest.version:
        _tell(f"version {manifest.version} is in use already")
        return 0
    verdicts = _judge(options, manifest.version)
    _tell(table(verdicts))
    if all(one.passes for one in verdicts):
        _tell(f"To put it in use: python -m classifier promote {manifest.version}")
    return 0


def _kept_apart(directory: Path) -> KeptApart:
    return KeptApart(corpus.read_examples(directory), corpus.read_filler(directory))


def _judge(options: argparse.Namespace, version: str) -> list[Verdict]:
    registry, kept_apart = Registry(options.model), _kept_apart(options.gold)
    _tell(f"{len(kept_apart.examples)} messages kept apart: champion")
    champion = try_out(load_champion(options.model), registry.path(registry.champion()), kept_apart)
    _tell(f"{len(kept_apart.examples)} messages kept apart: challenger")
    challenger = try_out(load_model(registry.path(version)), registry.path(version), kept_apart)
    return judge(champion, challenger)


def gate(options: argparse.Namespace) -> int:
    """Print the measures; the status is 1 when the version must not replace the champion."""
    verdicts = _judge(options, options.version)
    print(table(verdicts))
    return int(not all(one.passes for one in verdicts))


def promote(options: argparse.Namespace) -> int:
    """Put a version in use when it passes the gate; the status is 1 when it does not."""
    registry = Registry(options.model)
    if not registry.has_champion():
        _tell("no champion can be loaded: there is nothing to compare with")
    elif registry.champion() != options.version and gate(options):
        _tell(f"version {options.version} is refused; {registry.champion()} stays in use")
        return 1
    registry.promote(options.version)
    _tell(f"version {options.version} is in use")
    return 0


def rollback(options: argparse.Namespace) -> int:
    """Go back to the champion before."""
    _tell(f"version {Registry(options.model).rollback()} is in use again")
    return 0


def versions(options: argparse.Namespace) -> int:
    """Print every version with its figures on authors it had not seen; a star marks the one in use."""
    registry = Registry(options.model)
    used = registry.history()[:1]
    for version in registry.versions():
        mark = "*" if [version] == used else " "
        try:
            manifest, _ = artefact.read(registry.path(version))
        except (ModelDamaged, ModelMissing):
            print(f"{mark} {version}  cannot be read: train again")
            continue
        metrics = manifest.metrics
        print(f"{mark} {version}  macro-F1 {metrics['macro_f1']:.3f}  danger recall {metrics['danger_recall']:.3f}")
    return 0


def _ready_model(options: argparse.Namespace) -> TextModel:
    registry = Registry(options.model)
    if not registry.history():
        _tell(f"no model is in use in {options.model}; training now")
        train(options)
    return load_champion(options.model)


def _shown(prediction: Prediction) -> dict[str, object]:
    whole = dataclasses.asdict(prediction)
    return {name: whole[name] for name in ANSWER}


def _asked(line: bytes) -> tuple[str, Context]:
    row = json.loads(line.decode("utf-8"))
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise TypeError('expected an object with a string "text"')
    context = row.get("context") or {}
    if not isinstance(context, dict) or not all(one is None or isinstance(one, bool) for one in context.values()):
        raise TypeError('expected an object of true, false or null in "context"')
    return row["text"], Context(**context)


def predict(options: argparse.Namespace) -> int:
    """Answer line by line; a line that cannot be read is answered by its error, and makes the status 1."""
    model = _ready_model(options)
    status = 0
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        try:
            answer = _shown(model.predict(*_asked(line)))
        except (ValueError, TypeError, RecursionError) as error:
            answer, status = {"error": str(error)}, 1
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return status


def adapt(options: argparse.Namespace) -> int:
    """Write the champion again with the shares of the categories in use; it is judged like any challenger."""
    from classifier.adaptation import adapted  # noqa: PLC0415 - As in train.

    texts = [str(row["text"]) for row in corpus.read_lines(options.texts)]
    if len(texts) < _FEWEST_TEXTS:
        _tell(f"{len(texts)} texts are too few to tell how common a category is: at least {_FEWEST_TEXTS} are needed")
        return 1
    version = adapted(Registry(options.model), texts, options.gold if options.gold.is_dir() else None)
    _tell(f"version {version} written; to judge it: python -m classifier gate {version}")
    return 0


def _print_figures(found: Figures) -> None:
    for name, value in found.items():
        print(f"{name:24} {value:g}")


def _print_slices(title: str, parts: dict[str, Figures]) -> None:
    for name, part in parts.items():
        print(f"{title} {name}: " + ", ".join(f"{key} {value:g}" for key, value in part.items()))


def _print(found: Evaluation, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=1))
        return
    _print_figures(found.figures)
    _print_slices("style", found.styles)
    _print_slices("length", found.lengths)
    for true, said, count in found.confusions:
        print(f"{true} taken for {said}: {count}")


def evaluate(options: argparse.Namespace) -> int:
    """Measure the champion on a file; without one, cross-validate the corpus by authors then by scenarios."""
    if options.data is None:
        return _cross_validate(options)
    model = _ready_model(options)
    rows = corpus.read_lines(options.data)
    found = evaluate_all([truth_of(row) for row in rows], [model.predict(str(row["text"])) for row in rows])
    _print(found, options)
    if options.report:
        write_report(options.report, f"Text model {model.version} on {options.data.name}", found)
    return 0


def _cross_validate(options: argparse.Namespace) -> int:
    from classifier.dataset import build  # noqa: PLC0415 - As in train.
    from classifier.folds import author_folds, scenario_folds  # noqa: PLC0415
    from classifier.training import cross_validate  # noqa: PLC0415

    configuration = Configuration()
    written = corpus.read_corpus(options.corpus)
    dataset = build(written, configuration, signal_names())
    for name, divide in (("authors", author_folds), ("scenarios", scenario_folds)):
        found = cross_validate(dataset, divide(written.examples, configuration.folds), configuration, _tell)
        if not options.json:
            print(f"# held-out {name}")
        _print(found, options)
        if options.report:
            path = options.report.with_stem(f"{options.report.stem}-{name}")
            write_report(path, f"Text model on held-out {name}", found)
    return 0


def card(options: argparse.Namespace) -> int:
    """Print the champion's card; one that this code cannot put to work is a fault."""
    registry = Registry(options.model)
    artefact.read(registry.path(registry.champion()))
    print((registry.path(registry.champion()) / artefact.CARD).read_text(encoding="utf-8"), end="")
    return 0


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines:
        print(line)


def corpus_check(options: argparse.Namespace) -> int:
    """Print the faults of the corpus, and make the status 1 when there are some; or print its tables."""
    from classifier.lint import lint  # noqa: PLC0415 - As in train.
    from classifier.stats import stats  # noqa: PLC0415

    if options.check == "stats":
        _print_lines(list(stats(corpus.read_examples(options.corpus), corpus.read_filler(options.corpus))))
        return 0
    faults = lint(options.corpus, options.gold if options.gold.is_dir() else None)
    _print_lines(faults)
    print(f"{len(faults)} faults" if faults else "the corpus is sound")
    return int(bool(faults))

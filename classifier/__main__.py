"""The command line: train, evaluate, predict, card, corpus lint."""

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from classifier import artefact, corpus
from classifier.artefact import ModelDamaged, ModelMissing
from classifier.config import CORPUS, MODEL, Configuration
from classifier.corpus import CorpusInvalid
from classifier.danger import signal_names
from classifier.evaluation import Truth, figures
from classifier.lint import lint
from classifier.model import Prediction, TextModel, load_model

_ANSWER = (
    "category", "confidence", "alternatives", "secondary", "nature", "urgency", "danger", "abstained", "words",
)  # fmt: skip


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _train(options: argparse.Namespace) -> int:
    from classifier.training import train  # noqa: PLC0415 - scikit-learn is slow to import; predicting does without.

    train(options.corpus, options.model, _tell, jobs=os.cpu_count() or 1)
    return 0


def _ready_model(options: argparse.Namespace) -> TextModel:
    try:
        return load_model(options.model)
    except ModelMissing as error:
        _tell(f"{error}; training now")
        _train(options)
        return load_model(options.model)


def _shown(prediction: Prediction) -> dict[str, object]:
    whole = dataclasses.asdict(prediction)
    return {name: whole[name] for name in _ANSWER}


def _text_of(line: str) -> str:
    row = json.loads(line)
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise TypeError('expected an object with a string "text"')
    return str(row["text"])


def _predict(options: argparse.Namespace) -> int:
    model = _ready_model(options)
    status = 0
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            answer = _shown(model.predict(_text_of(line)))
        except (ValueError, TypeError) as error:
            answer, status = {"error": str(error)}, 1
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return status


def _truth(row: dict[str, object]) -> Truth:
    second = row.get("second", row.get("secondary")) or ()
    several = (second,) if isinstance(second, str) else tuple(map(str, second))  # type: ignore[call-overload]
    return Truth(str(row["category"]), several, str(row["nature"]), str(row["urgency"]))


def _print_figures(found: dict[str, float]) -> None:
    for name, value in found.items():
        print(f"{name:24} {value:g}")


def _evaluate(options: argparse.Namespace) -> int:
    if options.file is None:
        return _cross_validate(options)
    model = _ready_model(options)
    rows = corpus.read_lines(options.file)
    _print_figures(figures([_truth(row) for row in rows], [model.predict(str(row["text"])) for row in rows]))
    return 0


def _cross_validate(options: argparse.Namespace) -> int:
    from classifier.dataset import build  # noqa: PLC0415 - As in _train.
    from classifier.folds import author_folds, scenario_folds  # noqa: PLC0415
    from classifier.training import cross_validate  # noqa: PLC0415

    configuration = Configuration()
    written = corpus.read_corpus(options.corpus)
    dataset = build(written, configuration, signal_names())
    for name, divide in (("authors", author_folds), ("scenarios", scenario_folds)):
        found = cross_validate(dataset, divide(written.examples, configuration.folds), configuration, _tell)
        print(f"# held-out {name}")
        _print_figures(found)
    return 0


def _card(options: argparse.Namespace) -> int:
    artefact.read_manifest(options.model)
    print((options.model / artefact.CARD).read_text(encoding="utf-8"), end="")
    return 0


def _lint(options: argparse.Namespace) -> int:
    faults = lint(options.corpus)
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults" if faults else "the corpus is sound")
    return int(bool(faults))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m classifier", description="The text model of Sève.")
    commands = parser.add_subparsers(required=True)

    def add(name: str, action: Callable[[argparse.Namespace], int], sentence: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=sentence, description=sentence)
        command.set_defaults(action=action)
        command.add_argument("--corpus", type=Path, default=CORPUS, help="directory of the examples")
        command.add_argument("--model", type=Path, default=MODEL, help="directory of the trained model")
        return command

    add("train", _train, "Train on the corpus and write the model.")
    add("predict", _predict, 'Read {"text": ...} lines on standard input, write one answer per line.')
    add("card", _card, "Print the model card.")
    evaluate = add("evaluate", _evaluate, "Measure the model on a file, or cross-validate the corpus without one.")
    evaluate.add_argument("file", nargs="?", type=Path, help="JSON lines: text, category, second, nature, urgency")
    check = add("corpus", _lint, "Check the corpus.")
    check.add_argument("check", choices=["lint"])
    return parser


def main() -> int:
    """Run one command; return its exit status, 2 for a fault that has a name."""
    options = _parser().parse_args()
    try:
        status: int = options.action(options)
    except (CorpusInvalid, ModelDamaged, ModelMissing, OSError) as error:
        _tell(f"{type(error).__name__}: {error}")
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())

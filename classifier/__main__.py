"""The command line: train, gate, promote, rollback, evaluate, predict, adapt, card, corpus lint and stats."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from classifier import commands
from classifier.artefact import ModelDamaged, ModelMissing
from classifier.config import CORPUS, GOLD, MODEL
from classifier.corpus import CorpusInvalid
from classifier.registry import NothingBefore


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m classifier", description="The text model of Sève.")
    added = parser.add_subparsers(required=True)

    def add(name: str, action: Callable[[argparse.Namespace], int], sentence: str) -> argparse.ArgumentParser:
        command = added.add_parser(name, help=sentence, description=sentence)
        command.set_defaults(action=action)
        command.add_argument("--corpus", type=Path, default=CORPUS, help="directory of the examples to learn from")
        command.add_argument("--gold", type=Path, default=GOLD, help="directory of the examples kept apart to judge by")
        command.add_argument("--model", type=Path, default=MODEL, help="directory of the trained versions")
        return command

    train = add("train", commands.train, "Train a challenger; it becomes the champion when there is none.")
    train.add_argument("--corrections", type=Path, help="JSON lines of what staff corrected")
    add("predict", commands.predict, 'Read {"text": ...} lines on standard input, write one answer per line.')
    add("card", commands.card, "Print the card of the champion.")
    add("versions", commands.versions, "List the trained versions and say which is in use.")
    for name, action, sentence in (
        ("gate", commands.gate, "Compare a version with the champion on the sets kept apart."),
        ("promote", commands.promote, "Put a version in use, if it passes the gate."),
    ):
        add(name, action, sentence).add_argument("version", help="as `versions` lists it")
    add("rollback", commands.rollback, "Put the champion before this one in use again.")
    adapt = add("adapt", commands.adapt, "Make a challenger that knows how common each category is in messages.")
    adapt.add_argument("texts", type=Path, help='JSON lines {"text": ...}, at least 300, without labels')
    evaluate = add("evaluate", commands.evaluate, "Measure the model on a file, or cross-validate without one.")
    evaluate.add_argument(
        "--data", type=Path, help="JSON lines: text, category, nature, urgency, and what else is known"
    )
    evaluate.add_argument("--json", action="store_true", help="print everything as JSON")
    evaluate.add_argument("--report", type=Path, help="write a Markdown page with charts to this file")
    check = add("corpus", commands.corpus_check, "Check the corpus, or tell what it is made of.")
    check.add_argument("check", choices=["lint", "stats"])
    return parser


def main() -> int:
    """Run one command; return its exit status, 2 for a fault that has a name."""
    options = _parser().parse_args()
    try:
        status: int = options.action(options)
    except (CorpusInvalid, ModelDamaged, ModelMissing, NothingBefore, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())

"""`flask model …`: teaching the text model from what people said, and watching how it does.

The text model is a program of its own: it is started beside this one, so that the service knows nothing of it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import AppGroup

from service.domain.quality import MIN_MESSAGES, merge
from service.journey.classification import quality, training
from service.journey.classification.drift import report, tenths
from service.journey.submission.submission import PARIS
from service.settings import ROOT

RECENT = timedelta(days=90)
FEWEST_TEXTS = 300
_BAR = 30  # signs of a share of 100 %
FAILED = (
    "La commande n'a pas abouti : le message ci-dessus dit pourquoi. "
    "« flask model versions » donne les versions, « flask model train » en fait une."
)
_REFUSED = 1  # what the program ends with when the gate says no

model = AppGroup("model", help="The text model: teach it, put it in use, watch it.")


@model.command()
def train() -> None:
    """Train a version on the corpus and on what people of every member said."""
    with _lines_in_a_file(training.examples()) as (path, count):
        click.echo(f"Exemples donnés par des personnes, sans nom : {count}.")
        taught = ("--corrections", str(path)) if count else ()
        if _run("train", *taught):
            raise click.ClickException(
                "L'apprentissage n'a pas abouti : le message ci-dessus dit pourquoi. "
                "Le modèle en service reste le même."
            )


@model.command()
@click.argument("version")
def gate(version: str) -> None:
    """Compare VERSION with the one in use."""
    if not _passes("gate", version):
        raise click.ClickException(f"{version} ne passe pas la barrière : le tableau ci-dessus dit sur quoi.")


@model.command()
@click.argument("version")
def promote(version: str) -> None:
    """Put VERSION in use, if it passes the gate; every process takes it at its next message."""
    if not _passes("promote", version):
        raise click.ClickException(
            f"{version} ne passe pas la barrière, l'ancienne version reste en service. "
            "Il lui faut d'autres exemples : voir docs/operations.md."
        )


@model.command()
def rollback() -> None:
    """Put the version before in use again."""
    _do("rollback")


@model.command()
def versions() -> None:
    """List the trained versions; a star marks the one in use."""
    _do("versions")


@model.command()
def adapt() -> None:
    """Make a version that knows how common each subject is in the messages of the last 90 days."""
    since = current_app.extensions["seve"].ports.clock.now() - RECENT
    with _lines_in_a_file({"text": text} for text in training.texts_since(since)) as (path, count):
        if count < FEWEST_TEXTS:
            raise click.ClickException(
                f"Messages des {RECENT.days} derniers jours : {count}. Il en faut {FEWEST_TEXTS} : attendez la suite."
            )
        _do("adapt", str(path))


@model.command()
def weeks() -> None:
    """Sum up the finished weeks now, as the clock does every hour."""
    today = current_app.extensions["seve"].ports.clock.now().astimezone(PARIS).date()
    done = quality.sum_up_due(today)
    click.echo(f"{len(done)} semaine(s) résumée(s).")
    if not done:
        click.echo(f"Une semaine est résumée une fois finie, à partir de {MIN_MESSAGES} messages.")


@model.command()
def drift() -> None:
    """Show how the model did, week after week, and what is out of the ordinary."""
    found = quality.read_weeks()
    said = report(found)
    for week in merge(found)[-quality.SHOWN :]:
        click.echo(f"{week.week:%Y-%m-%d}  {week.model_version}  {week.messages} messages")
        for label, share in (
            ("inconnus", week.unknown_share),
            ("confiance", week.confidence),
            ("corrigés", week.override_rate),
        ):
            click.echo(f"  {label:10}{_bar(share)}")
    for sentence in filter(None, (said.sentence, said.audit, "" if said.alarms else said.calm)):
        click.echo(sentence)
    for sentence in said.alarms:
        click.echo(f"ALERTE. {sentence}")


def _bar(share: float | None) -> str:
    return "non mesuré" if share is None else f"{'█' * round(share * _BAR):{_BAR}} {tenths(share)}"


def _run(*words: str) -> int:
    """Start one command of the text model, its output shown as it comes; return how it ended."""
    model_dir = current_app.extensions["seve"].settings.model_dir
    command = [sys.executable, "-m", "classifier", *words, "--model", str(model_dir)]
    sys.stdout.flush()
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603  Our own program.


def _do(*words: str) -> None:
    """Run one command that either succeeds or says what was wrong."""
    if _run(*words):
        raise click.ClickException(FAILED)


def _passes(*words: str) -> bool:
    """Run one command that goes by the gate; say whether the version passed."""
    code = _run(*words)
    if code not in (0, _REFUSED):
        raise click.ClickException(FAILED)
    return code == 0


@contextmanager
def _lines_in_a_file(rows: Iterable[Mapping[str, object]]) -> Iterator[tuple[Path, int]]:
    """Write the rows as JSON lines where only we may read them; the file goes whatever happens, a stop included."""
    path: Path | None = None
    before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        handle, name = tempfile.mkstemp(prefix="seve-", suffix=".jsonl")  # 0600
        path, count = Path(name), 0
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        yield path, count
    finally:
        if path:
            path.unlink(missing_ok=True)
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _frame: FrameType | None) -> None:
    """Leave as Ctrl-C would, through every `finally`."""
    sys.exit(128 + number)

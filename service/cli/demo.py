"""`flask demo …`: the demonstration network."""

import sys
import time
from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from service.demo.corpus import CorpusMissing
from service.demo.installation import NotTheDemonstration, Order
from service.demo.installation import install as install_demonstration
from service.journey.ports import TextModelDown

demo = AppGroup("demo", help="The demonstration network.")


@demo.command()
@click.option("--seed", default=2026, show_default=True, help="What chance is drawn from.")
@click.option("--complaints", default=10_000, show_default=True, type=click.IntRange(min=0), help="How many, in all.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day it should look like; now when left out.")
def install(seed: int, complaints: int, today: datetime | None) -> None:
    """Install six members with their residences and eighteen months of complaints, once."""
    seve = current_app.extensions["seve"]
    start = time.monotonic()

    def say(line: str) -> None:
        click.echo(f"[{time.monotonic() - start:5.1f} s] {line}", file=sys.stderr)

    order = Order(seed, complaints, today.date() if today else None)
    try:
        install_demonstration(seve.settings, seve.ports, order, say)
    except NotTheDemonstration as refusal:
        raise click.ClickException(
            "La base contient déjà des bailleurs qui ne sont pas ceux de la démonstration : rien n'est changé."
        ) from refusal
    except CorpusMissing as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except TextModelDown as refusal:
        raise click.ClickException(
            "Le modèle de classement n'est pas entraîné : lancez « make train », puis recommencez."
        ) from refusal

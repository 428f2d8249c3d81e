"""`flask trends …`: publishing what the network reads."""

from datetime import date, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from service.domain.trends import last_publishable_month
from service.journey import trends as journey
from service.journey.submission import PARIS

trends = AppGroup("trends", help="Published figures of the network.")


@trends.command()
@click.argument("month", type=click.DateTime(["%Y-%m"]))
def release(month: datetime) -> None:
    """Publish MONTH (for example 2026-10), once and for ever."""
    ports = current_app.extensions["seve"].ports
    first: date = month.date()
    if first > last_publishable_month(ports.clock.now().astimezone(PARIS).date()):
        raise click.ClickException("Ce mois n'est pas encore clos : il se publie à partir du 5 du mois suivant.")
    done = journey.publish(first, ports)
    click.echo("Publié." if done else "Déjà publié : un mois publié ne change plus.")

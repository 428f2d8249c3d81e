"""`flask secrets …`: the key under which secrets rest."""

import click
from flask import current_app
from flask.cli import AppGroup

from service.journey import steps
from service.journey.administration import provider_settings
from service.journey.delivery import endpoints
from service.journey.submission import introduction_keys

secrets = AppGroup("secrets", help="Secrets at rest.")


@secrets.command()
def reseal() -> None:
    """Seal every secret under the first of ENCRYPTION_KEYS; afterwards the other keys may go."""
    ports, member_ids = current_app.extensions["seve"].ports, steps.member_ids()
    done = endpoints.reseal(member_ids, ports)
    introduction_keys.reseal(member_ids, done, ports)
    provider_settings.reseal(member_ids, done, ports)
    click.echo(f"Secrets scellés de nouveau : {done.anew}. Déjà sous la clé la plus récente : {done.before}.")
    if done.broken:
        raise click.ClickException(
            f"Illisibles avec les clés données : {', '.join(done.broken)}. Remettez la clé qui les a scellés, ou "
            "renouvelez-les avec « flask endpoints rotate » ou « flask introductions create »."
        )

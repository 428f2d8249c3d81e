"""`flask providers …`: members' identity providers, for the day one of them locks people out."""

import click
from flask import current_app
from flask.cli import AppGroup

from service.cli.members import member_id_of, slugs
from service.domain.errors import NotFound
from service.journey.administration import audit, provider_settings
from service.journey.transactions import member_transaction

providers = AppGroup("providers", help="Where members' staff sign in by OpenID Connect.")


@providers.command("list")
def show() -> None:
    """Show the identity provider of every member; never a secret."""
    for slug in slugs():
        with member_transaction(member_id_of(slug)) as session:
            found = provider_settings.provider_of(session)
        if found:
            state = "en service" if found.is_active else "hors service"
            click.echo(f"{slug}  {found.name}  {found.issuer}  {state}{', seul moyen' * found.is_the_only_way}")


@providers.command()
@click.argument("member_slug")
def disable(member_slug: str) -> None:
    """Let nobody of MEMBER_SLUG sign in at its identity provider any more: passwords count again."""
    try:
        provider_settings.switch_off(member_id_of(member_slug), audit.COMMAND, current_app.extensions["seve"].ports)
    except NotFound as refusal:
        raise click.ClickException(f"{member_slug} n'a pas de fournisseur d'identité en service.") from refusal
    click.echo(f"Le fournisseur d'identité de {member_slug} est hors service : les mots de passe comptent de nouveau.")

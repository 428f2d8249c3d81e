"""`flask keys …`: the API keys of members' extranets."""

import click
from flask.cli import AppGroup

from service.cli.members import member_id_of
from service.cli.ports import ports
from service.domain.errors import Refusal
from service.journey.administration import api_keys, audit

keys = AppGroup("keys", help="API keys of members' extranets.")
REFUSALS = {
    "key_known": "Une clé en service porte déjà ce nom : choisissez-en un autre, ou révoquez-la d'abord.",
    "blank": "Donnez un nom à la clé.",
    "too_long": "Ce nom est trop long.",
}


@keys.command()
@click.argument("member_slug")
@click.argument("name")
@click.option("--sandbox", is_flag=True, help="A key to try with: it answers as a real one, and nothing is kept.")
def create(member_slug: str, name: str, sandbox: bool) -> None:
    """Create a key called NAME for MEMBER_SLUG and show it once."""
    try:
        key = api_keys.create(member_id_of(member_slug), audit.COMMAND, name, ports(), is_sandbox=sandbox)
    except Refusal as refusal:
        raise click.ClickException(REFUSALS.get(refusal.code, refusal.code)) from refusal
    kind = "Clé d'essai" if sandbox else "Clé"
    click.echo(f"{kind} « {name} » de {member_slug}, montrée cette seule fois :\n{key}")


@keys.command()
@click.argument("member_slug")
@click.argument("name")
def revoke(member_slug: str, name: str) -> None:
    """Revoke every key called NAME of MEMBER_SLUG, at once."""
    revoked = api_keys.revoke_named(member_id_of(member_slug), audit.COMMAND, name, ports())
    if not revoked:
        raise click.ClickException(f"Aucune clé en service ne s'appelle « {name} » chez {member_slug}.")
    click.echo(f"{revoked} clé(s) « {name} » de {member_slug} révoquée(s).")

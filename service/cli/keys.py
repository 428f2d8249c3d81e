"""`flask keys …`: the API keys of members' extranets."""

import secrets

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from service.cli.members import member_id_of
from service.journey.accounts import hash_key
from service.journey.transactions import member_transaction
from service.models.member import ApiKey

keys = AppGroup("keys", help="API keys of members' extranets.")


@keys.command()
@click.argument("member_slug")
@click.argument("name")
@click.option("--sandbox", is_flag=True, help="A key to try with: it answers as a real one, and nothing is kept.")
def create(member_slug: str, name: str, sandbox: bool) -> None:
    """Create a key called NAME for MEMBER_SLUG and show it once."""
    member_id = member_id_of(member_slug)
    now = current_app.extensions["seve"].ports.clock.now()
    key = f"{'seve_essai' if sandbox else 'seve'}_{secrets.token_urlsafe(32)}"
    with member_transaction(member_id) as session:
        session.add(ApiKey(member_id=member_id, name=name, key_hash=hash_key(key), is_sandbox=sandbox, created_at=now))
    kind = "Clé d'essai" if sandbox else "Clé"
    click.echo(f"{kind} « {name} » de {member_slug}, montrée cette seule fois :\n{key}")


@keys.command()
@click.argument("member_slug")
@click.argument("name")
def revoke(member_slug: str, name: str) -> None:
    """Revoke every key called NAME of MEMBER_SLUG, at once."""
    now = current_app.extensions["seve"].ports.clock.now()
    with member_transaction(member_id_of(member_slug)) as session:
        live = session.scalars(select(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None))).all()
        for key in live:
            key.revoked_at = now
    if not live:
        raise click.ClickException(f"Aucune clé en service ne s'appelle « {name} » chez {member_slug}.")
    click.echo(f"{len(live)} clé(s) « {name} » de {member_slug} révoquée(s).")

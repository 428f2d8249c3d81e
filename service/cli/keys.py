"""`flask keys …`: the API keys of members' extranets."""

import secrets

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.journey.accounts import hash_key
from service.journey.transactions import member_transaction, shared_transaction
from service.models.member import ApiKey, Member

keys = AppGroup("keys", help="API keys of members' extranets.")


def _member(session: Session, slug: str) -> Member:
    member = session.scalars(select(Member).where(Member.slug == slug)).first()
    if member is None:
        known = ", ".join(session.scalars(select(Member.slug).order_by(Member.slug)))
        raise click.ClickException(f"Bailleur inconnu : {slug}. Bailleurs connus : {known}.")
    return member


@keys.command()
@click.argument("member_slug")
@click.argument("name")
def create(member_slug: str, name: str) -> None:
    """Create a key called NAME for MEMBER_SLUG and show it once."""
    ports = current_app.extensions["seve"].ports
    key = f"seve_{secrets.token_urlsafe(32)}"
    with shared_transaction() as session:
        member_id = _member(session, member_slug).id
    with member_transaction(member_id) as session:
        session.add(ApiKey(member_id=member_id, name=name, key_hash=hash_key(key), created_at=ports.clock.now()))
    click.echo(f"Clé « {name} » de {member_slug}, montrée cette seule fois :\n{key}")


@keys.command()
@click.argument("member_slug")
@click.argument("name")
def revoke(member_slug: str, name: str) -> None:
    """Revoke every key called NAME of MEMBER_SLUG, at once."""
    ports = current_app.extensions["seve"].ports
    with shared_transaction() as session:
        member_id = _member(session, member_slug).id
    with member_transaction(member_id) as session:
        live = session.scalars(select(ApiKey).where(ApiKey.name == name, ApiKey.revoked_at.is_(None))).all()
        for key in live:
            key.revoked_at = ports.clock.now()
    click.echo(f"{len(live)} clé(s) « {name} » de {member_slug} révoquée(s).")

"""`flask webhooks …`: where a member's own system is told of what arrives."""

import base64
import secrets

import click
from flask.cli import AppGroup
from sqlalchemy import select

from service.cli.members import member_id_of
from service.journey.transactions import member_transaction
from service.models.member import Webhook

webhooks = AppGroup("webhooks", help="Signed calls to members' own systems.")


@webhooks.command()
@click.argument("member_slug")
@click.argument("url")
def add(member_slug: str, url: str) -> None:
    """Call URL, signed, for each complaint routed by MEMBER_SLUG; the secret is shown once."""
    if not url.startswith(("https://", "http://")):
        raise click.ClickException("L'adresse doit commencer par https:// (ou http:// pour un essai).")
    member_id = member_id_of(member_slug)
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    with member_transaction(member_id) as session:
        if session.scalars(select(Webhook).where(Webhook.url == url, Webhook.is_active)).first():
            raise click.ClickException(f"{member_slug} est déjà appelé à {url}.")
        session.add(Webhook(member_id=member_id, url=url, secret=secret))
    click.echo(f"{member_slug} sera appelé à {url}. Secret de signature, montré cette seule fois :\n{secret}")


@webhooks.command()
@click.argument("member_slug")
@click.argument("url")
def remove(member_slug: str, url: str) -> None:
    """Call URL no more for MEMBER_SLUG."""
    with member_transaction(member_id_of(member_slug)) as session:
        live = session.scalars(select(Webhook).where(Webhook.url == url, Webhook.is_active)).all()
        for webhook in live:
            webhook.is_active = False
    if not live:
        raise click.ClickException(f"{member_slug} n'est pas appelé à {url}.")
    click.echo(f"{member_slug} ne sera plus appelé à {url}.")

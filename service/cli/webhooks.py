"""`flask webhooks …`: where a member's own system is told of what arrives."""

import base64
import secrets
from uuid import uuid4

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from service.cli.members import member_id_of
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint, EndpointSecret

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
        if session.scalars(select(Endpoint).where(Endpoint.address == url, Endpoint.is_active)).first():
            raise click.ClickException(f"{member_slug} est déjà appelé à {url}.")
        ports = current_app.extensions["seve"].ports
        now = ports.clock.now()
        endpoint = Endpoint(id=uuid4(), member_id=member_id, kind="webhook", address=url, created_at=now)
        session.add(endpoint)
        session.flush()
        sealed = ports.sealer.seal(secret)
        session.add(EndpointSecret(member_id=member_id, endpoint_id=endpoint.id, sealed=sealed, created_at=now))
    click.echo(f"{member_slug} sera appelé à {url}. Secret de signature, montré cette seule fois :\n{secret}")


@webhooks.command()
@click.argument("member_slug")
@click.argument("url")
def remove(member_slug: str, url: str) -> None:
    """Call URL no more for MEMBER_SLUG."""
    with member_transaction(member_id_of(member_slug)) as session:
        live = session.scalars(select(Endpoint).where(Endpoint.address == url, Endpoint.is_active)).all()
        for endpoint in live:
            endpoint.is_active = False
    if not live:
        raise click.ClickException(f"{member_slug} n'est pas appelé à {url}.")
    click.echo(f"{member_slug} ne sera plus appelé à {url}.")

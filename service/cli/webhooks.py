"""`flask webhooks …`: where a member's own system is told of what arrives. Short for `flask endpoints …`."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from service.cli.endpoints import ports, refuse
from service.cli.members import member_id_of
from service.domain.errors import Refusal
from service.journey.delivery import endpoints
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint

webhooks = AppGroup("webhooks", help="Signed calls to members' own systems.")


@webhooks.command()
@click.argument("member_slug")
@click.argument("url")
def add(member_slug: str, url: str) -> None:
    """Call URL, signed, for each complaint of MEMBER_SLUG; the secret is shown once."""
    try:
        added = endpoints.add(member_id_of(member_slug), endpoints.NewEndpoint("webhook", url), ports())
    except Refusal as refusal:
        raise refuse(refusal) from refusal
    click.echo(f"{member_slug} sera appelé à {url}. Secret de signature, montré cette seule fois :\n{added.secret}")


@webhooks.command()
@click.argument("member_slug")
@click.argument("url")
def remove(member_slug: str, url: str) -> None:
    """Call URL no more for MEMBER_SLUG."""
    member_id = member_id_of(member_slug)
    with member_transaction(member_id) as session:
        live = session.scalars(
            select(Endpoint.id).where(Endpoint.address == url, Endpoint.kind == "webhook", Endpoint.is_active)
        ).all()
    for endpoint_id in live:
        endpoints.retire(member_id, endpoint_id, ports())
    if not live:
        raise click.ClickException(f"{member_slug} n'est pas appelé à {url}.")
    click.echo(f"{member_slug} ne sera plus appelé à {url}.")

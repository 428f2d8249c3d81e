"""`flask people …` and `flask operators …`: the first accounts of a member and of the platform."""

from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cli.members import member_id_of
from service.cli.ports import ports
from service.domain.errors import BadInput
from service.domain.permissions import Role
from service.journey.administration import audit
from service.journey.people import hiring, invitations, operating, reader_links
from service.journey.people.people import Profile, has_come
from service.journey.transactions import member_transaction
from service.models.people import Staff

people = AppGroup("people", help="The people of the members.")
operators = AppGroup("operators", help="The operators of the platform, who see no complaint.")
REFUSALS = {
    "email_taken": "Cette adresse a déjà un compte, ici ou chez un autre bailleur.",
    "not_an_email": "Ce n'est pas une adresse électronique.",
}


@people.command()
@click.argument("member_slug")
@click.argument("email")
@click.argument("name")
@click.option("--role", default="agent", show_default=True, type=click.Choice([role.value for role in Role]))
def invite(member_slug: str, email: str, name: str, role: str) -> None:
    """Open the account of NAME at MEMBER_SLUG, send the link to EMAIL, and show it.

    Asked again for somebody who has not come yet, it makes another link.
    """
    member_id = member_id_of(member_slug)
    with member_transaction(member_id) as session:
        waiting = session.scalars(select(Staff).where(Staff.email == email.strip().lower(), Staff.is_active)).first()
        if waiting and not has_come(waiting):
            invitations.send(session, waiting, invitations.WELCOME, audit.COMMAND.name, ports())
            subject = f"Invitation de {waiting.name}"
            audit.write(session, member_id, audit.COMMAND, "renewed", subject, at=ports().clock.now())
        else:
            waiting = _welcome(session, member_id, email, Profile(name, role))
        invitation = invitations.open_one(session, waiting.id, ports().clock.now())
    click.echo(f"Lien pour {name}, une fois, pendant sept jours :\n{invitations.url_of(invitation, ports())}")


@operators.command()
@click.argument("email")
@click.argument("name")
def create(email: str, name: str) -> None:
    """Open the account of an operator called NAME, and show the link that lets them choose a password."""
    try:
        reader_id = operating.add_reader(name, email, "operator", audit.COMMAND, ports())
    except BadInput as refusal:
        raise click.ClickException(REFUSALS.get(refusal.code, refusal.code)) from refusal
    url = reader_links.make(reader_id, audit.COMMAND, ports())
    click.echo(f"Lien pour {name}, une fois, pendant sept jours :\n{url}")


@operators.command()
@click.argument("email")
def link(email: str) -> None:
    """Show another link for the operator or the reader of EMAIL, who forgot their password."""
    known = next((one for one in operating.readers() if one.email == email.strip().lower()), None)
    if known is None or not known.is_active:
        raise click.ClickException("Aucun compte ouvert n'a cette adresse.")
    url = reader_links.make(known.id, audit.COMMAND, ports())
    click.echo(f"Lien pour {known.name}, une fois, pendant sept jours :\n{url}")


def _welcome(session: Session, member_id: UUID, email: str, profile: Profile) -> Staff:
    try:
        return hiring.welcome(session, member_id, audit.COMMAND, email, profile, ports())
    except BadInput as refusal:
        raise click.ClickException(REFUSALS.get(refusal.code, refusal.code)) from refusal

"""`flask duty …`: whom a member calls in danger."""

from datetime import datetime
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from service.cli.members import member_id_of
from service.domain.on_call import PERIODS
from service.domain.paging import EVERYBODY, FIRST
from service.journey.administration import audit
from service.journey.administration.on_call import HOURS
from service.journey.danger.duty import contacts_of
from service.journey.transactions import member_transaction
from service.models.clock import OnCallContact

duty = AppGroup("duty", help="Whom to call in danger, level after level.")


def _now() -> datetime:
    now: datetime = current_app.extensions["seve"].ports.clock.now()
    return now


@duty.command()
@click.argument("member_slug")
@click.argument("level", type=click.IntRange(FIRST, EVERYBODY))
@click.argument("name")
@click.option("--email", help="Where a mail reaches them at any hour.")
@click.option("--phone", help="Where a text message reaches them at any hour.")
@click.option("--hours", type=click.Choice(PERIODS), help="Only while the member is open (working), or closed (off).")
def add(member_slug: str, level: int, name: str, email: str | None, phone: str | None, hours: str | None) -> None:
    """Call NAME at LEVEL for a danger at MEMBER_SLUG: 1 first, 2 after ten minutes, 3 when nobody answered."""
    if not name.strip() or not (email or phone):
        raise click.ClickException("Donnez un nom, et --email ou --phone : sans l'un des deux, personne n'est appelé.")
    member_id = member_id_of(member_slug)
    with member_transaction(member_id) as session:
        ways = {"email": email, "phone": phone, "hours": hours}
        session.add(OnCallContact(member_id=member_id, level=level, name=name.strip(), **ways))
        told = {"niveau": level, "e-mail": email, "téléphone": phone, "heures": HOURS[hours]}
        audit.write(session, member_id, audit.COMMAND, "created", f"Astreinte : {name.strip()}", at=_now(), after=told)
    click.echo(f"{name.strip()} est appelé au niveau {level} chez {member_slug}.")


@duty.command("list")
@click.argument("member_slug")
def list_(member_slug: str) -> None:
    """Show whom MEMBER_SLUG calls, level after level, and who is called instead where nobody is named."""
    with member_transaction(member_id_of(member_slug)) as session:
        named = session.scalars(select(OnCallContact).order_by(OnCallContact.level, OnCallContact.name)).all()
        called = {level: contacts_of(session, level) for level in range(FIRST, EVERYBODY + 1)}
    for contact in named:
        ways = ", ".join(way for way in (contact.email, contact.phone) if way)
        click.echo(f"{contact.id}  niveau {contact.level}  {contact.name}  {ways}  {HOURS[contact.hours]}")
    for level, contacts in called.items():
        names = ", ".join(contact.name for contact in contacts)
        click.echo(f"Au niveau {level} : {names or 'PERSONNE. Ajoutez un contact.'}")


@duty.command()
@click.argument("member_slug")
@click.argument("contact_id", type=click.UUID)
def remove(member_slug: str, contact_id: UUID) -> None:
    """Call CONTACT_ID (from `flask duty list`) no more."""
    member_id = member_id_of(member_slug)
    with member_transaction(member_id) as session:
        contact = session.get(OnCallContact, contact_id)
        if contact is None:
            raise click.ClickException(f"Aucun contact {contact_id} chez {member_slug}.")
        name = contact.name
        session.delete(contact)
        was = {"niveau": contact.level, "e-mail": contact.email, "téléphone": contact.phone}
        audit.write(session, member_id, audit.COMMAND, "removed", f"Astreinte : {name}", at=_now(), before=was)
    click.echo(f"{name} n'est plus appelé chez {member_slug}.")

"""Finding the member a command is about."""

from uuid import UUID

import click
from sqlalchemy import select

from service.journey.transactions import shared_transaction
from service.models.member import Member


def slugs() -> list[str]:
    """Return the short names of all members."""
    with shared_transaction() as session:
        return list(session.scalars(select(Member.slug).order_by(Member.slug)))


def member_id_of(slug: str) -> UUID:
    """Return the member's id; an unknown name is refused with the known ones."""
    with shared_transaction() as session:
        found = session.scalars(select(Member.id).where(Member.slug == slug)).first()
    if found is None:
        raise click.ClickException(f"Bailleur inconnu : {slug}. Bailleurs connus : {', '.join(slugs())}.")
    return found

"""`flask retention …`: what would be erased, and erasing it now."""

import click
from flask.cli import AppGroup

from service.cli.members import member_id_of
from service.cli.ports import ports
from service.domain.taxonomy import category_label
from service.journey.administration import retention as journey
from service.journey.transactions import member_transaction

retention = AppGroup("retention", help="The words and names of complaints that are long over.")


@retention.command()
@click.argument("member_slug")
def preview(member_slug: str) -> None:
    """Show what would be erased now at MEMBER_SLUG; erase nothing."""
    with member_transaction(member_id_of(member_slug)) as session:
        due = journey.due(session, journey.lines_of(session), ports().clock.now())
    click.echo(f"{member_slug} : {due.count} demandes à effacer, sur {due.over} terminées ; {due.held} sont gardées.")
    for category, count in sorted(due.by_category.items(), key=lambda line: -line[1]):
        click.echo(f"- {category_label(category) if category else 'sans sujet'} : {count}")
    if due.is_stopped:
        click.echo(f"C'est plus que {due.most} en un jour : il faut l'accord de deux personnes, dans l'administration.")


@retention.command()
@click.argument("member_slug")
def run(member_slug: str) -> None:
    """Erase now what has passed its time at MEMBER_SLUG, as the clock does every hour."""
    count = journey.run(member_id_of(member_slug), ports())
    click.echo(f"{member_slug} : {count} demandes effacées.")

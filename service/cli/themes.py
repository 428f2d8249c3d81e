"""`flask themes …`: the colours of the members, and whether everybody can read them."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from service.cli.members import member_id_of
from service.cli.ports import ports
from service.domain.contrast import WHITE, Fault, faults, ratio
from service.domain.errors import BadInput
from service.journey.administration import audit
from service.journey.administration.settings import save_colour
from service.journey.administration.themes import Unreadable
from service.journey.transactions import shared_transaction
from service.models.member import Member

themes = AppGroup("themes", help="The colours of the members' pages and mails.")


@themes.command("list")
def list_() -> None:
    """Show the colour of every member, with its contrast to white."""
    with shared_transaction() as session:
        members = session.scalars(select(Member).order_by(Member.name)).all()
    for member in members:
        verdict = "lisible" if not faults(member.colour) else "TROP CLAIR"
        measured = _number(ratio(WHITE, member.colour))
        click.echo(f"{member.slug} : {member.colour}, {measured} avec le blanc, {verdict}")


@themes.command("set")
@click.argument("member_slug")
@click.option("--colour", required=True, help="Written #rrggbb, for example #1d5b43.")
def set_(member_slug: str, colour: str) -> None:
    """Give MEMBER_SLUG its colour. One that some people could not read is refused, with a darker one that they can."""
    member_id = member_id_of(member_slug)
    try:
        kept = save_colour(member_id, audit.COMMAND, colour, ports())
    except Unreadable as refusal:
        lines = "\n".join(f"- {_in_words(fault)}" for fault in refusal.faults)
        raise click.ClickException(
            f"Cette couleur ne se lit pas assez bien :\n{lines}\n"
            f"La plus proche qui convient : {refusal.nearest}. Rien n'a été changé."
        ) from refusal
    except BadInput as refusal:
        raise click.ClickException("Écrivez la couleur comme #1d5b43 : un dièse, puis six signes.") from refusal
    click.echo(
        f"{member_slug} : {kept}, {_number(ratio(WHITE, kept))} avec le blanc. Les pages la prennent dans l'heure."
    )


def _in_words(fault: Fault) -> str:
    return f"{fault.what} : {_number(fault.ratio)}, il faut au moins {_number(fault.needed)}"


def _number(value: float) -> str:
    """Return a contrast, cut and not rounded: 4,499 must not read as 4,5."""
    return f"{int(value * 100) / 100:.2f}".replace(".", ",") + " pour 1"

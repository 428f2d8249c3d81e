"""`flask clocks …`: a member's delays and closure days, and the proof of what is due."""

from datetime import datetime

import click
from flask.cli import AppGroup
from sqlalchemy import select

from service.cli.members import member_id_of
from service.cli.ports import ports
from service.domain.deadlines import LABELS, LONGEST_TARGET, Clock, Line, Unit, network_lines
from service.domain.errors import BadInput
from service.domain.taxonomy import categories, category_label, urgencies
from service.journey import steps
from service.journey.administration import audit, settings
from service.journey.clocks import clocks as journey
from service.journey.clocks import delays
from service.journey.dates import in_words
from service.journey.transactions import member_transaction
from service.models.clock import Target
from service.models.member import ClosureDay

clocks = AppGroup("clocks", help="Delays, closure days, and what is due.")
_CLOCKS = click.Choice([clock.value for clock in Clock])
_UNITS = click.Choice([unit.value for unit in Unit])


_REFUSED = {
    "not_a_delay": f"C'est trop long : {LONGEST_TARGET[Unit.WORKING_DAYS]} jours ou "
    f"{LONGEST_TARGET[Unit.HOURS]} heures au plus.",
    "danger_in_days": "Un danger se compte en heures : il n'attend ni la nuit ni le lundi.",
}


@clocks.command()
@click.argument("member_slug")
def targets(member_slug: str) -> None:
    """Show the delays of MEMBER_SLUG: its own, then the network's."""
    with member_transaction(member_id_of(member_slug)) as session:
        own = [journey.as_line(row) for row in session.scalars(select(Target))]
        closures = session.scalars(select(ClosureDay).order_by(ClosureDay.day)).all()
    click.echo(f"Délais de {member_slug} :")
    for line in own:
        click.echo(f"- {_in_words(line)}")
    click.echo("Délais du réseau, quand aucune ligne plus haut n'est aussi précise :")
    for line in network_lines():
        click.echo(f"- {_in_words(line)}")
    for closure in closures:
        click.echo(f"Fermé le {in_words(closure.day)} : {closure.label}")


def _in_words(line: Line) -> str:
    category = category_label(line.category) if line.category else "tous les sujets"
    urgency = urgencies()[line.urgency].label if line.urgency else "toutes les urgences"
    return f"{LABELS[line.clock]} ({line.clock}), {category}, {urgency} : {line.target.words}"


@clocks.command("set")
@click.argument("member_slug")
@click.argument("clock", type=_CLOCKS)
@click.argument("amount", type=click.IntRange(min=1))
@click.argument("unit", type=_UNITS)
@click.option("--category", type=click.Choice(list(categories())), help="One subject only.")
@click.option("--urgency", type=click.Choice(list(urgencies())), help="One urgency only.")
def set_(member_slug: str, clock: str, amount: int, unit: str, category: str | None, urgency: str | None) -> None:
    """Set a delay of MEMBER_SLUG, for example: set amsom-habitat first_answer 3 working_days --urgency normal.

    What was already promised does not change: delays are kept with each complaint.
    """
    try:
        line = delays.read_line(clock, str(amount), unit, category, urgency)
    except BadInput as refusal:
        raise click.ClickException(_REFUSED.get(refusal.code, refusal.code)) from refusal
    delays.save_line(member_id_of(member_slug), audit.COMMAND, line, ports())
    click.echo(f"{member_slug} : {_in_words(line)}. Cela vaut pour les demandes lues à partir de maintenant.")


@clocks.command()
@click.argument("member_slug")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("label")
def closure(member_slug: str, day: datetime, label: str) -> None:
    """Close MEMBER_SLUG on DAY (for example 2026-12-24), called LABEL; what is due is put off by it."""
    moved = settings.add_closure(member_id_of(member_slug), audit.COMMAND, day.date(), label, ports())
    click.echo(f"{member_slug} est fermé le {in_words(day.date())} ({label}). Échéances déplacées : {moved}.")


@clocks.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when something differs.")
def recompute(*, check: bool) -> None:
    """Make what is due anew from the events of every member."""
    wrong = [
        reference
        for member_id in steps.member_ids()
        for reference in journey.recompute(member_id, ports(), write=not check)
    ]
    if check and wrong:
        raise click.ClickException(f"{len(wrong)} échéances diffèrent des événements, dont : {', '.join(wrong[:10])}.")
    click.echo("Toutes les échéances disent ce que disent les événements." if check else f"Refaites : {len(wrong)}.")

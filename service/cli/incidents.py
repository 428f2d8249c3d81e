"""`flask incidents …`: works and outages announced before anybody writes."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from service.cli.members import member_id_of
from service.domain.errors import BadInput
from service.journey.incidents import incident_lists, incident_opening
from service.journey.incidents.incident_opening import Announcement
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction

incidents = AppGroup("incidents", help="Collective incidents.")

REFUSALS = {
    "unknown_residence": "Aucune résidence n'a ce nom.",
    "which_residence": "Plusieurs résidences ont ce nom. Ajoutez la ville, par exemple « Les Tilleuls, Amiens ».",
    "blank": "Le titre et le texte ne peuvent pas être vides.",
    "too_long": "Le titre ou le texte est trop long.",
    "unknown_blank": "Entre accolades, seuls {logement} et {reference} peuvent être remplis.",
    "unknown_value": "Ce sujet n'existe pas, ou ne peut pas être collectif.",
    "ends_before_it_starts": "La fin est avant le début.",
    "in_the_past": "La fin est déjà passée.",
    "not_a_moment": "Des travaux ont une fin : ajoutez --until.",
}
MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@incidents.command()
@click.argument("member_slug")
@click.argument("residence")
@click.argument("category")
@click.argument("title")
@click.argument("text")
@click.option("--from", "starts_at", type=MOMENT, help="Début, heure de Paris ; maintenant par défaut.")
@click.option("--until", "ends_at", type=MOMENT, help="Fin, heure de Paris.")
@click.option("--building", help="Bâtiment ; toute la résidence par défaut.")
@click.option("--outage", is_flag=True, help="Une panne déjà connue, dont la fin peut ne pas l'être.")
def announce(  # noqa: PLR0913  What an announcement is made of.
    member_slug: str,
    *,
    residence: str,
    category: str,
    title: str,
    text: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    building: str | None,
    outage: bool,
) -> None:
    """Announce works in RESIDENCE (its name, « Name, Town », or its id) of MEMBER_SLUG; TEXT is what tenants read."""
    ports = current_app.extensions["seve"].ports
    member_id = member_id_of(member_slug)
    try:
        with member_transaction(member_id) as session:
            residence_id = incident_lists.residence_named(session, residence)
    except BadInput as refusal:
        raise click.ClickException(REFUSALS[refusal.code]) from refusal
    announcement = Announcement(
        residence_id=residence_id,
        category=category,
        title=title,
        starts_at=starts_at.replace(tzinfo=PARIS) if starts_at else ports.clock.now(),
        ends_at=ends_at.replace(tzinfo=PARIS) if ends_at else None,
        text=text,
        building=building,
        kind="outage" if outage else "works",
    )
    try:
        incident_id = incident_opening.announce(member_id, "Annonce du bailleur", announcement, ports)
    except BadInput as refusal:
        raise click.ClickException(REFUSALS.get(refusal.code, refusal.code)) from refusal
    click.echo(f"Annoncé : {ports.base_url}/equipe/incidents/{incident_id}")

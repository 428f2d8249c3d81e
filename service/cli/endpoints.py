"""`flask endpoints …`: the machines of members, suppliers and authorities that are told of complaints."""

import re
from datetime import timedelta
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import InstrumentedAttribute

from service.cli.members import member_id_of
from service.domain.delivery import failure_in_words
from service.domain.endpoints import KINDS
from service.domain.errors import Refusal
from service.journey.delivery import endpoints as journey
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint
from service.models.member import Organisation, Team

endpoints = AppGroup("endpoints", help="Machines that are told of complaints: webhooks, Open311, folders.")
REFUSALS = {
    "not_http": "L'adresse doit commencer par https:// (ou http:// pour un essai).",
    "has_password": "L'adresse ne peut pas porter de nom ni de mot de passe.",
    "not_an_address": "Cette adresse est mal écrite.",
    "not_a_folder": "Un dossier se nomme en minuscules, chiffres, - et _ : par exemple « gmao ».",
    "known": "Cette adresse est déjà appelée pour le même destinataire.",
    "two_owners": "Choisissez une équipe ou un organisme, pas les deux.",
    "no_secret": "Un dossier n'a pas de secret.",
    "no_test": "Seul un webhook en service peut être essayé.",
    "blank": "Donnez la clé de l'organisme.",
}
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


def refuse(refusal: Refusal) -> click.ClickException:
    """Return the refusal in the words of a terminal."""
    return click.ClickException(REFUSALS.get(refusal.code, refusal.code))


def ports() -> Ports:
    """Return everything outside."""
    found: Ports = current_app.extensions["seve"].ports
    return found


@endpoints.command("list")
@click.argument("member_slug")
def show(member_slug: str) -> None:
    """Show what MEMBER_SLUG has us call, and how it does."""
    now = ports().clock.now()
    with member_transaction(member_id_of(member_slug)) as session:
        for one in session.scalars(select(Endpoint).order_by(Endpoint.created_at, Endpoint.id)):
            state = "retiré" if not one.is_active else "appelé"
            if one.is_active and one.open_until and one.open_until > now:
                state = f"laissé en paix jusqu'à {one.open_until:%H:%M} UTC ({failure_in_words(one.last_error)})"
            click.echo(f"{str(one.id)[:8]}  {one.kind:<8} {one.address}  {state}")


@endpoints.command()
@click.argument("member_slug")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("address")
@click.option("--team", "team_name", help="only what reaches this team")
@click.option("--organisation", "organisation_name", help="only what this supplier or authority is given")
@click.option("--service", "services", multiple=True, help="CATEGORY=CODE, the other side's code for a category")
@click.option("--default-service", help="its code for every other category (Open311)")
@click.option("--jurisdiction", help="its jurisdiction_id (Open311)")
def add(  # noqa: PLR0913, PLR0917  One argument for each word of the command.
    member_slug: str,
    kind: str,
    address: str,
    team_name: str | None,
    organisation_name: str | None,
    services: tuple[str, ...],
    default_service: str | None,
    jurisdiction: str | None,
) -> None:
    """Tell ADDRESS of complaints of MEMBER_SLUG: all of them, or those of one team or organisation."""
    member_id = member_id_of(member_slug)
    options = {
        "services": dict(pair.split("=", 1) for pair in services if "=" in pair),
        "default_service": default_service,
        "jurisdiction_id": jurisdiction,
    }
    new = journey.NewEndpoint(
        kind,
        address,
        _named(member_id, Team.id, Team.name, team_name),
        _named(member_id, Organisation.id, Organisation.name, organisation_name),
        {name: value for name, value in options.items() if value},
        click.prompt("Clé donnée par l'organisme", default="", hide_input=True) or None if kind == "open311" else None,
    )
    try:
        added = journey.add(member_id, new, ports())
    except Refusal as refusal:
        raise refuse(refusal) from refusal
    click.echo(f"{member_slug} : {address} est appelé ({str(added.endpoint_id)[:8]}).")
    if kind == "webhook":
        click.echo(f"Secret de signature, montré cette seule fois :\n{added.secret}")


@endpoints.command()
@click.argument("member_slug")
@click.argument("endpoint")
@click.option("--overlap", default="7d", help="how long the secret before still signs: 7d, 12h, 0h")
def rotate(member_slug: str, endpoint: str, overlap: str) -> None:
    """Give ENDPOINT (its first signs) a new secret; both sign until the overlap ends."""
    found = re.fullmatch(r"(\d{1,3})([hd])", overlap)
    if found is None:
        raise click.ClickException("Une durée s'écrit 7d ou 12h.")
    member_id = member_id_of(member_slug)
    endpoint_id, kind = _endpoint(member_id, endpoint)
    key = click.prompt("Nouvelle clé de l'organisme", hide_input=True) if kind == "open311" else None
    try:
        secret = journey.rotate(member_id, endpoint_id, ports(), overlap=int(found[1]) * UNITS[found[2]], key=key)
    except Refusal as refusal:
        raise refuse(refusal) from refusal
    click.echo(f"L'ancien secret signe encore {overlap}.")
    if key is None:
        click.echo(f"Nouveau secret, montré cette seule fois :\n{secret}")


@endpoints.command()
@click.argument("member_slug")
@click.argument("endpoint")
def retire(member_slug: str, endpoint: str) -> None:
    """Call ENDPOINT (its first signs) no more."""
    member_id = member_id_of(member_slug)
    waiting = journey.retire(member_id, _endpoint(member_id, endpoint)[0], ports())
    click.echo(f"N'est plus appelé. Envois qui attendaient : {waiting}.")


@endpoints.command()
@click.argument("member_slug")
@click.argument("endpoint")
def test(member_slug: str, endpoint: str) -> None:
    """Call ENDPOINT (its first signs) once, with a signed test."""
    member_id = member_id_of(member_slug)
    try:
        error = journey.try_out(member_id, _endpoint(member_id, endpoint)[0], ports())
    except Refusal as refusal:
        raise refuse(refusal) from refusal
    if error:
        raise click.ClickException(f"L'essai n'est pas passé : {failure_in_words(error)}.")
    click.echo("L'essai est arrivé.")


def _endpoint(member_id: UUID, beginning: str) -> tuple[UUID, str]:
    """Return the one endpoint in service whose id begins so, and its kind."""
    if not re.fullmatch(r"[0-9a-f-]{4,36}", beginning):
        raise click.ClickException("Donnez les premiers signes de l'identifiant, comme « flask endpoints list ».")
    with member_transaction(member_id) as session:
        found = session.scalars(
            select(Endpoint).where(cast(Endpoint.id, Text).startswith(beginning), Endpoint.is_active)
        ).all()
        ids = [(one.id, one.kind) for one in found]
    if len(ids) != 1:
        raise click.ClickException(f"{len(ids)} adresse(s) en service commencent par {beginning}.")
    return ids[0]


def _named(
    member_id: UUID, column: InstrumentedAttribute[UUID], label: InstrumentedAttribute[str], name: str | None
) -> UUID | None:
    """Return the team or organisation of that name; an unknown one is refused with the known ones."""
    if name is None:
        return None
    with member_transaction(member_id) as session:
        known = {one_name: one_id for one_id, one_name in session.execute(select(column, label).order_by(label))}
    if name not in known:
        raise click.ClickException(f"Nom inconnu : {name}. Noms connus : {', '.join(known)}.")
    return known[name]

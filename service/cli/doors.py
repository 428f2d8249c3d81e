"""`flask introductions …` and `flask frames …`: how a member's extranet leads its tenants to us."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from service.cli.members import member_id_of
from service.cli.ports import ports
from service.domain.errors import BadInput, Refusal
from service.domain.introductions import ALGORITHMS
from service.journey.administration import audit, frame_origins
from service.journey.submission import introduction_keys as journey
from service.journey.submission.introductions import audience_of

introductions = AppGroup("introductions", help="Keys with which an extranet introduces its tenants.")
frames = AppGroup("frames", help="Pages of a member that may show our form inside them.")
REFUSALS = {
    "known": "Une clé porte ou a porté ce nom : choisissez-en un autre.",
    "key": "Aucune clé ne porte ce nom.",
    "blank": "Donnez un nom à la clé.",
    "too_long": "Ce nom est trop long.",
    "wrong_key": "HS256 se passe de clé publique. Les autres en demandent une, au format PEM et de leur algorithme : "
    "RSA de 2048 bits ou plus (RS256), P-256 (ES256) ou Ed25519 (EdDSA).",
    "origin": "Cette origine n'est pas dans la liste.",
    "too_many_origins": "La liste est pleine : retirez-en une d'abord.",
    "not_an_origin": "Une origine s'écrit https://extranet.exemple.fr, sans chemin ni nom d'utilisateur.",
    "not_https": "Seule l'adresse de cette machine (localhost) peut se passer de https.",
}


def _refuse(refusal: Refusal) -> click.ClickException:
    return click.ClickException(REFUSALS.get(refusal.code, refusal.code))


@introductions.command()
@click.argument("member_slug")
@click.argument("name")
@click.option("--algorithm", default="HS256", show_default=True, type=click.Choice(ALGORITHMS))
@click.option("--public-key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM file")
def create(member_slug: str, name: str, algorithm: str, public_key: Path | None) -> None:
    """Create a key called NAME (the `kid` of its tokens) for MEMBER_SLUG; a shared secret is shown once."""
    member_id = member_id_of(member_slug)
    try:
        pem = public_key.read_text(encoding="utf-8") if public_key else None
        secret = journey.create(member_id, name, algorithm, pem, ports())
    except UnicodeDecodeError as error:
        raise _refuse(BadInput("wrong_key")) from error
    except Refusal as refusal:
        raise _refuse(refusal) from refusal
    click.echo(f"Clé « {name} » ({algorithm}) de {member_slug}. Dans les jetons :")
    click.echo(f'  kid : "{name}"\n  iss : "{member_slug}"\n  aud : "{audience_of(ports().base_url, member_slug)}"')
    if secret:
        click.echo(f"Secret, montré cette seule fois :\n{secret}")


@introductions.command("list")
@click.argument("member_slug")
def show_keys(member_slug: str) -> None:
    """Show the keys of MEMBER_SLUG; never a secret."""
    for key in journey.keys_of(member_id_of(member_slug)):
        state = f"révoquée le {key.revoked_at:%d/%m/%Y}" if key.revoked_at else "en service"
        click.echo(f"{key.name}  {key.algorithm}  créée le {key.created_at:%d/%m/%Y}, {state}")


@introductions.command()
@click.argument("member_slug")
@click.argument("name")
def revoke(member_slug: str, name: str) -> None:
    """Accept nothing signed with the key NAME of MEMBER_SLUG any more, at once."""
    try:
        journey.revoke(member_id_of(member_slug), name, ports())
    except Refusal as refusal:
        raise _refuse(refusal) from refusal
    click.echo(f"Clé « {name} » de {member_slug} révoquée.")


@frames.command()
@click.argument("member_slug")
@click.argument("origin")
def allow(member_slug: str, origin: str) -> None:
    """Let pages of ORIGIN (https://extranet.exemple.fr) show the form of MEMBER_SLUG inside them."""
    _say(member_slug, lambda: frame_origins.allow(member_id_of(member_slug), audit.COMMAND, origin, ports()))


@frames.command()
@click.argument("member_slug")
@click.argument("origin")
def refuse(member_slug: str, origin: str) -> None:
    """Let pages of ORIGIN show the form of MEMBER_SLUG no more."""
    _say(member_slug, lambda: frame_origins.refuse(member_id_of(member_slug), audit.COMMAND, origin, ports()))


@frames.command("list")
@click.argument("member_slug")
def show_origins(member_slug: str) -> None:
    """Show where the form of MEMBER_SLUG may be shown."""
    for origin in frame_origins.origins_of(member_id_of(member_slug)):
        click.echo(origin)


def _say(member_slug: str, change: Callable[[], Sequence[str]]) -> None:
    try:
        origins = change()
    except Refusal as refusal:
        raise _refuse(refusal) from refusal
    click.echo(f"Pages qui montrent le formulaire de {member_slug} : {', '.join(origins) or 'aucune'}.")

"""`flask network …`: the keys of the network's read-only interface, and what is asked of its readers."""

import click
from flask.cli import AppGroup

from service.cli.ports import ports
from service.domain.errors import Refusal
from service.journey.administration import audit
from service.journey.people import factor_rules
from service.journey.trends import network_keys

network = AppGroup("network", help="Keys that read what the network is published.")
REFUSALS = {
    "key_known": "Une clé en service porte déjà ce nom : choisissez-en un autre, ou révoquez-la d'abord.",
    "key": "Aucune clé en service ne porte ce nom : « flask network keys » les montre toutes.",
    "blank": "Donnez un nom à la clé.",
    "too_long": "Ce nom est trop long.",
    "unstorable": "Ce nom contient un caractère impossible à conserver.",
}


def _refuse(refusal: Refusal) -> click.ClickException:
    return click.ClickException(REFUSALS.get(refusal.code, refusal.code))


@network.command()
@click.argument("name")
def key(name: str) -> None:
    """Create a key called NAME, which reads published figures and nothing else, and show it once."""
    try:
        made = network_keys.create(name, audit.COMMAND, ports())
    except Refusal as refusal:
        raise _refuse(refusal) from refusal
    click.echo(f"Clé du réseau « {name} », montrée cette seule fois :\n{made}")


@network.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Revoke the key called NAME, at once."""
    try:
        network_keys.revoke(name, audit.COMMAND, ports())
    except Refusal as refusal:
        raise _refuse(refusal) from refusal
    click.echo(f"Clé du réseau « {name} » révoquée.")


@network.command("second-factor")
@click.argument("asked", type=click.Choice(("required", "optional")))
def second_factor(asked: str) -> None:
    """Ask every reader of the network for a second factor (required), or only advise it (optional)."""
    factor_rules.ask_of_readers(audit.COMMAND, ports(), is_required=asked == "required")
    click.echo(f"Double vérification des lecteurs : {factor_rules.WORDS[asked]}.")


@network.command("keys")
def show_keys() -> None:
    """Show every key; never what it is."""
    for one in network_keys.every_key():
        state = f"révoquée le {one.revoked_at:%d/%m/%Y}" if one.revoked_at else "en service"
        click.echo(f"{one.name}  créée le {one.created_at:%d/%m/%Y}, {state}")

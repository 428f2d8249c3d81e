"""`flask audit …`: the chains of the audit log, walked from end to end, and their last digests to keep elsewhere."""

import sys
from collections.abc import Sequence
from uuid import UUID

import click
from flask.cli import AppGroup

from service.cli.members import member_id_of, slugs
from service.journey.administration import audit as journey
from service.journey.administration.audit import Check
from service.journey.transactions import member_transaction, shared_transaction

PLATFORM = "plateforme"  # the chain of what is changed for no member in particular

audit = AppGroup("audit", help="The audit log: is every entry still there, as it was written?")


@audit.command()
@click.argument("member_slug", required=False)
@click.option("--all", "is_all", is_flag=True, help="Every chain, the platform's included.")
@click.option(
    "--since", "marks", multiple=True, metavar="DIGEST",
    help="A last digest kept elsewhere (flask audit head): it must still be in a chain. May be given several times.",
)  # fmt: skip
def verify(member_slug: str | None, marks: tuple[str, ...], *, is_all: bool) -> None:
    """Walk the chain of MEMBER_SLUG, or every chain with --all; say its length and last digest.

    Fail at the first entry that was changed, taken out or put in. Entries cut off the end are seen with --since only:
    nothing inside a chain says how long it was.
    """
    if is_all == bool(member_slug):
        raise click.UsageError("Donnez un bailleur, ou --all.")
    missing, faults = set(marks), 0
    for name in _chains(member_slug):
        found = _verify(name, marks)
        missing -= found.met
        faults += found.fault is not None
        click.echo(_in_words(name, found))
    for mark in sorted(missing):
        click.echo(
            f"Empreinte {mark} : introuvable. Des entrées ont été retirées de la fin, ou la chaîne a été refaite."
        )
    if faults or missing:
        sys.exit(1)


@audit.command()
def head() -> None:
    """Print the length and last digest of each chain: keep them where nobody of the platform can change them."""
    for name in _chains(None):
        member_id = _member_id(name)
        with member_transaction(member_id) if member_id else shared_transaction() as session:
            number, digest = journey.head(session, member_id)
        click.echo(f"{name}\t{number}\t{digest or '-'}")


def _chains(member_slug: str | None) -> Sequence[str]:
    return [member_slug] if member_slug else [PLATFORM, *slugs()]


def _member_id(name: str) -> UUID | None:
    return None if name == PLATFORM else member_id_of(name)


def _verify(name: str, marks: Sequence[str]) -> Check:
    member_id = _member_id(name)
    with member_transaction(member_id) if member_id else shared_transaction() as session:
        length, _ = journey.head(session, member_id)
        with click.progressbar(
            length=length, label=name, file=sys.stderr, hidden=not sys.stderr.isatty(), update_min_steps=500
        ) as bar:
            return journey.verify(session, member_id, marks, lambda: bar.update(1))


def _in_words(name: str, found: Check) -> str:
    if found.fault:
        number, why = found.fault
        return f"{name} : FAUTE à l'entrée {number}, {why}."
    return f"{name} : {found.entries} entrées, dernière empreinte {found.head or '-'}"

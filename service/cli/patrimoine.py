"""`flask patrimoine …`: what a member owns, brought in from its own files."""

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from service.cli.members import member_id_of, slugs
from service.cli.tables import NotATable, Table, read_table
from service.domain.columns import Header, read_header, template
from service.domain.holdings import Checked
from service.domain.patrimoine import Fault
from service.journey.patrimoine.patrimoine import Choices, Outcome, bring_in, read_file, readdress

SHOWN = 20  # refused lines shown on the screen
_FORMULA = ("=", "+", "-", "@")  # a spreadsheet would compute a cell that begins so
REPORT_HEADER = ("ligne", "colonne", "valeur", "raison")

patrimoine = AppGroup("patrimoine", help="What members own: residences and dwellings.")


@patrimoine.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--member", "slug", required=True, help="Whose patrimoine it is.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Check the file and say what would change; write nothing.")
@click.option("--partial", "is_partial", is_flag=True, help="Write the good lines, leave the refused ones.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write the refused lines here, as CSV.")
@click.option(
    "--allow-closing",
    "allows_closing",
    is_flag=True,
    help="Close many dwellings at once, when the file really lost them.",
)
def bring(file: Path, slug: str, report: Path | None, **asked: bool) -> None:
    """Bring in every dwelling of FILE (CSV or XLSX): add, change, reopen, and close those it no longer has."""
    member_id = member_id_of(slug)
    try:
        table = read_table(file)
    except NotATable as refusal:
        raise click.ClickException(str(refusal)) from refusal
    header = _header(table)
    with click.progressbar(
        table.rows, label="Vérification", file=sys.stderr, hidden=not sys.stderr.isatty(), update_min_steps=500
    ) as rows:
        checked = read_file(member_id, header, rows)
    _tell_faults(checked.faults)
    if report:
        _write_report(report, checked.faults)
    now = current_app.extensions["seve"].ports.clock.now()
    choices = Choices(**asked)
    _tell(checked, choices, bring_in(member_id, checked, choices, now))


@patrimoine.command("readdress")
@click.option("--member", "slug", help="Whose addresses; everybody's when left out.")
def make_addresses(slug: str | None) -> None:
    """Make the addresses again from the dwellings, as this version reads them: once after an upgrade."""
    for one in [slug] if slug else slugs():
        click.echo(f"{one} : {readdress(member_id_of(one))} adresses.")


@patrimoine.command("template")
def show_template() -> None:
    """Show the header of a file, with one invented line."""
    click.echo(_as_csv(template()), nl=False)


def _as_csv(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    return text.getvalue()


def _header(table: Table) -> Header:
    for warning in table.warnings:
        click.echo(f"Attention. {warning}", err=True)
    header = read_header(table.header)
    if header.missing:
        raise click.ClickException(
            f"Il manque des colonnes : {', '.join(header.missing)}. "
            "« flask patrimoine template » donne la ligne des titres et un exemple."
        )
    if header.unknown:
        click.echo(f"Colonnes inconnues, laissées de côté : {', '.join(header.unknown)}.")
    if not table.rows:
        raise click.ClickException("Le fichier n'a aucun logement sous sa ligne de titres : rien n'est changé.")
    return header


def _tell_faults(faults: Sequence[Fault]) -> None:
    for fault in faults[:SHOWN]:
        click.echo(f"Ligne {fault.line}, colonne « {fault.column} », valeur « {fault.shown} ». {fault.reason}")
    if len(faults) > SHOWN:
        click.echo(f"… et {len(faults) - SHOWN} autres refus : --report FICHIER les écrit tous.")


def _write_report(path: Path, faults: Sequence[Fault]) -> None:
    rows = [(fault.line, fault.column, _harmless(fault.shown), _harmless(fault.reason)) for fault in faults]
    path.write_text(_as_csv([REPORT_HEADER, *rows]), encoding="utf-8-sig")


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _tell(checked: Checked, choices: Choices, outcome: Outcome) -> None:
    """Say what was done, or why nothing was."""
    counts = outcome.counts
    closed = 0 if outcome.keeps_missing else counts.missing
    click.echo(
        f"Lignes acceptées : {checked.dwellings}. Lignes refusées : {checked.refused_lines}.\n"
        f"Logements ajoutés : {counts.added}, modifiés : {counts.changed}, rouverts : {counts.reopened}, "
        f"fermés : {closed}."
    )
    if outcome.keeps_missing:
        click.echo(
            "Aucun logement n'est fermé : une ligne refusée n'a pas de référence, et peut être n'importe lequel."
        )
    for name in outcome.new_agencies:
        click.echo(f"Nouvelle agence : {name}. Donnez-lui une équipe, sinon ses demandes vont au tri.")
    if outcome.is_written:
        click.echo("Patrimoine écrit.")
    elif outcome.closes_too_many:
        raise click.ClickException(
            f"Rien n'est écrit : {closed} logements sur {counts.open} seraient fermés. "
            "Le fichier est-il complet ? Si oui, ajoutez --allow-closing."
        )
    elif choices.is_dry_run:
        click.echo("C'était un essai : rien n'est écrit.")
    else:
        raise click.ClickException(
            "Rien n'est écrit, car des lignes sont refusées. Corrigez-les, ou écrivez les autres avec --partial."
        )

"""`flask trends …`: publishing what the network reads, and proving that it is what was drawn."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from service.cli.ports import ports
from service.domain.loss import BudgetSpent, epsilon, faults_of_ledger, loss_by_product, refuse_beyond, worst_loss
from service.domain.products import RHO_YEAR
from service.domain.release_order import ReleaseRefused, refuse_gap
from service.domain.snapshots import faults_of_chain
from service.journey.trends.reinstating import faults_of_archive
from service.journey.trends.snapshots import Erratum, attach_erratum, read_charges, read_snapshots
from service.journey.trends.trends import release as publish
from service.press import make_press

trends = AppGroup("trends", help="Published figures of the network.")


@trends.command()
@click.argument("month", type=click.DateTime(["%Y-%m"]))
@click.option("--skip", is_flag=True, help="Leave the months between the last one and this one unpublished for ever.")
def release(month: datetime, skip: bool) -> None:
    """Publish MONTH (for example 2026-10), once and for ever."""
    try:
        if not skip:
            refuse_gap(month.date(), max((one.period for one in read_snapshots("C1")), default=None))
        done = publish(month.date(), ports(), make_press(current_app.extensions["seve"].settings))
    except (ReleaseRefused, BudgetSpent) as error:
        raise click.ClickException(str(error)) from error
    click.echo("Publié." if done else "Déjà publié : un mois publié ne change plus.")


@trends.command("list")
def list_snapshots() -> None:
    """Show every published table, in the order of the chain."""
    for one in read_snapshots():
        click.echo(
            f"{one.number:5}  {one.product:9}  {one.period}  {len(one.keys):4} cases  "
            f"bruit {one.sigma:5.1f}  rho {one.rho:.4f}  {one.sha256[:16]}"
        )


@trends.command()
def verify() -> None:
    """Prove that every table is as it was drawn, charged once, and kept outside the database."""
    snapshots, charges = read_snapshots(), read_charges()
    faults = faults_of_chain(snapshots) + faults_of_ledger(snapshots, charges)
    faults += faults_of_archive(snapshots, make_press(current_app.extensions["seve"].settings))
    if faults:
        raise click.ClickException("\n".join(["Ce qui est publié n'est pas ce qui a été tiré et inscrit.", *faults]))
    click.echo(f"{len(snapshots)} tableaux : chacun est tel qu'il a été tiré, inscrit une fois, et gardé à part.")


@trends.command()
@click.option("--check", is_flag=True, help="Fail when twelve months cost more than --max-rho.")
@click.option("--max-rho", type=float, default=RHO_YEAR, show_default=True)
def ledger(check: bool, max_rho: float) -> None:
    """Show what any twelve months may have cost a household."""
    charges = read_charges()
    latest = max((one.period for one in charges), default=None)
    for code, rho in (loss_by_product(charges, latest) if latest else {}).items():
        click.echo(f"{code:10} {rho:.4f}")
    worst = worst_loss(charges)
    click.echo(f"Douze mois, au pire : rho {worst:.4f}, epsilon {epsilon(worst):.2f}. Promis : {max_rho:.2f} au plus.")
    if check:
        try:
            refuse_beyond(charges, max_rho)
        except BudgetSpent as error:
            raise click.ClickException(str(error)) from error


@trends.command()
@click.argument("product")
@click.argument("period", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("words")
@click.option("--author", required=True, help="Who says so: a function, shown to readers.")
@click.option("--withdraw", is_flag=True, help="The table is shown no more; it stays in the chain.")
def erratum(product: str, period: datetime, words: str, author: str, withdraw: bool) -> None:
    """Say beside the table of PRODUCT that begins on PERIOD what is wrong with it."""
    if (product, period.date()) not in {(one.product, one.period) for one in read_snapshots(product)}:
        raise click.ClickException("Ce tableau n'est pas publié : « flask trends list » les montre tous.")
    attach_erratum(Erratum(product, period.date(), words, withdraw), author, ports())
    click.echo("Attaché.")

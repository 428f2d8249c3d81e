"""`flask trends …`: publishing what the network reads, and proving that it is what was drawn."""

from datetime import date, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from service.cli.ports import ports
from service.domain.loss import BudgetSpent, epsilon, loss_by_product, refuse_beyond, worst_loss
from service.domain.periods import last_publishable_month
from service.domain.products import RHO_YEAR
from service.domain.snapshots import faults_of_chain
from service.journey.releasing import NotInOrder
from service.journey.releasing import release as publish
from service.journey.snapshots import Erratum, attach_erratum, read_charges, read_snapshots
from service.journey.submission import PARIS
from service.press import make_press

trends = AppGroup("trends", help="Published figures of the network.")


@trends.command()
@click.argument("month", type=click.DateTime(["%Y-%m"]))
def release(month: datetime) -> None:
    """Publish MONTH (for example 2026-10), once and for ever."""
    first: date = month.date()
    if first > last_publishable_month(ports().clock.now().astimezone(PARIS).date()):
        raise click.ClickException("Ce mois n'est pas encore clos : il se publie à partir du 5 du mois suivant.")
    try:
        done = publish(first, ports(), make_press(current_app.extensions["seve"].settings))
    except (NotInOrder, BudgetSpent) as error:
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
    """Prove that every table is as it was drawn, and that the ledger holds one charge for each."""
    snapshots, charges = read_snapshots(), read_charges()
    faults = faults_of_chain(snapshots)
    drawn = {(one.product, one.period) for one in snapshots}
    charged = {(one.product, one.period) for one in charges}
    faults += [f"{code} {period} : tiré sans être inscrit au registre." for code, period in sorted(drawn - charged)]
    faults += [f"{code} {period} : inscrit au registre sans être tiré." for code, period in sorted(charged - drawn)]
    if faults:
        raise click.ClickException("\n".join(["La chaîne est rompue.", *faults]))
    click.echo(f"{len(snapshots)} tableaux : chacun est tel qu'il a été tiré, une fois.")


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

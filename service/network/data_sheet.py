"""The data sheet: how figures are protected, from the ledger, the parameters and the last run of the attacks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import render_template

from service.domain import risk
from service.domain.areas import AREAS, FEWEST_MEMBERS, LARGEST_SHARE, LEAST_SHARE
from service.domain.figures import LEAST_DEVIATIONS, LEAST_SHOWN
from service.domain.loss import Charge, epsilon, loss_by_product, worst_loss
from service.domain.products import DELTA, PRODUCTS, RHO_YEAR, SMALL_MOST, SMALL_RESIDENCE, Product
from service.domain.snapshots import Snapshot
from service.journey.numbers import tenths
from service.journey.trends.snapshots import read_charges, read_snapshots

RESULTS = Path(__file__).parent / "privacy.json"  # written by `make privacy`
MEMBERS = 6  # before anything is published
_SAME = ("code", "parameters")  # of what drew a table, and of what was attacked
_FOUR = 4  # decimals of a rho


@dataclass(frozen=True)
class Attack:
    """One way of attacking what is published, and how it ended."""

    attack: str
    name: str
    claimed: str
    measured: str
    caught: str  # the faults that were put in on purpose, and found
    detail: str = ""


@dataclass(frozen=True)
class Run:
    """The last time that every attack was made, and none succeeded."""

    run_on: date
    is_full: bool
    program: Mapping[str, str]
    attacks: tuple[Attack, ...]


@dataclass(frozen=True)
class Risks:
    """How often in a hundred the best possible guess about a household is right; fifty is a coin's."""

    complaint: int
    month: int
    year: int


@dataclass(frozen=True)
class Entry:
    """One product: its parameters as readers need them, and what the ledger says of it."""

    product: Product
    margin: int
    threshold: int
    allowed: str  # rho of twelve months
    spent: str


def last_run() -> Run | None:
    """Return the last run of the attacks; None before the first."""
    if not RESULTS.exists():
        return None
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    return Run(
        date.fromisoformat(found["run_on"]),
        found["lane"] == "full",
        found["program"],
        tuple(Attack(**one) for one in found["attacks"]),
    )


def risks() -> Risks:
    """Return what a household risks at most."""
    return Risks(
        *(risk.in_a_hundred(rho) for rho in (risk.of_one_complaint(), risk.of_one_month(), risk.of_one_year()))
    )


def entries(charges: list[Charge]) -> list[Entry]:
    """Return every product, with what the last twelve months spent on it."""
    latest = max((one.period for one in charges), default=None)
    spent = loss_by_product(charges, latest) if latest else {}
    return [
        Entry(
            one,
            risk.margin_of(one),
            _least_shown(one),
            rho_in_words(RHO_YEAR * one.share),
            rho_in_words(spent.get(one.code, 0.0)),
        )
        for one in PRODUCTS.values()
    ]


def _least_shown(product: Product) -> int:
    return next(count for count in range(LEAST_SHOWN, 10_000) if count >= LEAST_DEVIATIONS * product.sigma)


def rho_in_words(rho: float) -> str:
    """Return a rho with its four decimals, as French writes it."""
    return f"{rho:.{_FOUR}f}".replace(".", ",")


def is_of_this_program(run: Run, latest: Snapshot | None) -> bool:
    """Say whether the program that was attacked is the one that drew the last table."""
    return latest is None or all(run.program.get(one) == latest.program.get(one) for one in _SAME)


def show_data_sheet() -> str:
    """Show the data sheet."""
    charges, snapshots, run = read_charges(), read_snapshots("C1"), last_run()
    latest = snapshots[-1] if snapshots else None
    worst = worst_loss(charges)
    members = len(latest.stock["members"]) if latest else MEMBERS
    return render_template(
        "network/data_sheet.html",
        risks=risks(), entries=entries(charges), run=run, latest=latest,
        is_same=run and is_of_this_program(run, latest), charges=len(charges), worst=rho_in_words(worst),
        worst_epsilon=tenths(epsilon(worst)), rho_year=rho_in_words(RHO_YEAR),
        epsilon_year=tenths(epsilon(RHO_YEAR)), delta=DELTA, part_spent=round(100 * worst / RHO_YEAR),
        members=members, last_known=risk.margin_of_the_last(members),
        small=SMALL_RESIDENCE, small_most=SMALL_MOST, least=LEAST_SHOWN, deviations=tenths(LEAST_DEVIATIONS),
        fewest=FEWEST_MEMBERS, area_names=AREAS.values(), least_share=round(100 * LEAST_SHARE),
        largest_share=round(100 * LARGEST_SHARE),
    )  # fmt: skip

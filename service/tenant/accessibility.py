"""What we may say about the accessibility of these pages: no more than what was checked, and by whom."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from flask import render_template
from sqlalchemy import select

from service.domain.languages import N_
from service.journey.transactions import shared_transaction
from service.models.member import Member
from service.tenant.languages import gettext as _

RESULTS = Path(__file__).parent / "accessibility.json"  # written by `make accessibility`
NOT_CHECKED = N_("Accessibilité : non conforme")
PARTLY = N_("Accessibilité : partiellement conforme")


@dataclass(frozen=True)
class Fault:
    """A rule that was broken, and on how many pages."""

    rule: str
    about: str
    pages: int


@dataclass(frozen=True)
class Results:
    """What the programs found on the day they last looked at every page."""

    checked_on: date
    axe: str  # version of the program that judges a page
    browser: str
    rules: int  # that at least one page was held against
    pages: tuple[str, ...]
    faults: tuple[Fault, ...]


@cache
def results() -> Results | None:
    """Return the latest results; None when nobody has looked yet."""
    if not RESULTS.exists():
        return None
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    return Results(
        checked_on=date.fromisoformat(found["checked_on"]),
        axe=found["axe"],
        browser=found["browser"],
        rules=found["rules"],
        pages=tuple(found["pages"]),
        faults=tuple(Fault(**fault) for fault in found["faults"]),
    )


def in_words() -> str:
    """Return the mention that the foot of every page carries.

    Programs see a part of the faults only: without a person's audit, we never say "fully".
    """
    return _(PARTLY if results() else NOT_CHECKED)


def show_statement() -> str:
    """Show the statement that the law asks for, made from the results."""
    with shared_transaction() as session:
        members = session.scalars(select(Member).order_by(Member.name)).all()
    return render_template("tenant/accessibility.html", results=results(), members=members)

"""The agreed code lists: what a message is about, its nature, its urgency."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"

FAMILIES = {
    "logement": "Mon logement",
    "residence": "La résidence",
    "tranquillite": "Tranquillité",
    "gestion": "Bail, loyer et démarches",
    "travaux": "Travaux",
    "relation": "Accueil et suivi",
}


@dataclass(frozen=True)
class Category:
    """One of the 40 things a message may be about."""

    code: str
    family: str
    stage: str
    label: str
    definition: str


@dataclass(frozen=True)
class Level:
    """One value of a short list: a nature or an urgency."""

    code: str
    label: str
    definition: str


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@cache
def categories() -> dict[str, Category]:
    """Return the categories by code, in the order of the agreed list."""
    return {
        row["code"]: Category(row["code"], row["famille"], row["parcours"], row["libelle"], row["definition"])
        for row in _rows("taxonomy.tsv")
    }


@cache
def natures() -> dict[str, Level]:
    """Return the natures of a message by code."""
    return {row["code"]: Level(row["code"], row["libelle"], row["definition"]) for row in _rows("nature.tsv")}


@cache
def urgencies() -> dict[str, Level]:
    """Return the urgencies by code, the most urgent first."""
    return {row["code"]: Level(row["code"], row["libelle"], row["definition"]) for row in _rows("urgency.tsv")}


def category_label(code: str | None) -> str:
    """Return the French name of a category, its code once it has left the list, a plain word when there is none yet."""
    if not code:
        return "À préciser"
    known = categories().get(code)
    return known.label if known else code


def family_of(code: str | None) -> str | None:
    """Return the family code a category belongs to."""
    return categories()[code].family if code else None


def categories_of(family: str) -> list[str]:
    """Return the codes of a family's categories; none when there is no such family."""
    return [code for code, category in categories().items() if category.family == family]

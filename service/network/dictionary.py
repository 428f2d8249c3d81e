"""What each table and each column means, made from the list of products: it cannot say otherwise than they do."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

from service.domain.areas import AREAS
from service.domain.figures import LEAST_DEVIATIONS, LEAST_SHOWN
from service.domain.periods import end_of
from service.domain.products import DELAY_BINS, PRODUCTS, SCORES, Product
from service.domain.snapshots import Snapshot
from service.domain.taxonomy import FAMILIES, categories

LENGTHS = {"month": "un mois", "quarter": "un trimestre", "week": "une semaine, du lundi au dimanche"}
SPLITS = {
    "network": "le réseau entier",
    "member": "le réseau entier, et les bailleurs quand leur accord permet de les nommer",
    "area": "chaque type de territoire",
}
SCOPES = {"network": "Réseau", "area": "Type de territoire", "member": "Bailleur"}
# Of each product, what the parts of a key are, in order.
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "C1": ("category",), "MF": ("family",), "AF": ("family",), "Q2": ("category",), "Q3": ("category",),
    "WK": ("family",), "DELAY_FAM": ("family", "days"), "DELAY_MEM": ("days",), "SATIS": ("score",),
    "TERMS": ("term",), "BOUNCE": ("category",), "PROMISE": ("family", "promise", "kept"),
    "LATE": ("family", "cause"), "MODEL": ("outcome",),
}  # fmt: skip
DIMENSION_NAMES: Mapping[str, str] = {
    "family": "thème", "category": "sujet", "days": "délai", "score": "note", "term": "mot", "promise": "promesse",
    "kept": "tenue", "cause": "cause du retard", "outcome": "lecture",
}  # fmt: skip
# column -> what it holds; the order of the columns of every file
COLUMNS: Mapping[str, str] = {
    "tableau": "Le code du tableau.",
    "periode": "La période en mots.",
    "debut": "Le premier jour de la période.",
    "fin": "Le dernier jour de la période.",
    "perimetre": "Ce que la ligne compte : Réseau, Type de territoire ou Bailleur.",
    "lieu": "Le type de territoire ou le bailleur ; vide pour le réseau.",
    "cle": "Le code de la ligne dans son tableau. Il ne change pas d'une période à l'autre.",
    "theme": "Le thème, quand la ligne en a un.",
    "sujet": "Le sujet, quand la ligne en a un.",
    "detail": "Le reste de ce que la ligne compte : délai, note, mot, promesse, cause ou lecture.",
    "foyers": "Le nombre de foyers différents, avec son petit écart tiré au hasard. Vide quand il n'est pas montré.",
    "ns": "« oui » quand le chiffre n'est pas significatif, donc pas montré. Il n'est pas pour autant nul.",
    "marge": "95 fois sur 100, le vrai nombre est à moins de cette distance, en foyers.",
    "ecart_type": "L'écart type du hasard ajouté, en foyers.",
    "instantanes": "L'empreinte (SHA-256) de chaque tableau publié dont la ligne est tirée.",
    "correction": "Ce qui a été reconnu faux dans ce tableau depuis, s'il y a lieu.",
}
AMONG = "parmi les foyers qui ont eu une première réponse"  # the complete one is due only after it
_DEVIATIONS = f"{LEAST_DEVIATIONS}".replace(".", ",")
NOTES = (
    "On compte des foyers différents qui ont écrit, jamais des messages. Un foyer qui écrit dix fois compte une fois.",
    "Ces nombres ne s'additionnent pas d'un mois à l'autre ni d'un thème à l'autre : le même foyer peut y être.",
    f"La réponse complète et les retards sont comptés {AMONG} : avant, rien n'est dû.",
    "« n.s. » veut dire : pas significatif. Le nombre est petit, ou se perd dans le hasard ajouté. Ce n'est pas zéro.",
    f"Un chiffre est montré à partir de {LEAST_SHOWN} foyers, et de {_DEVIATIONS} fois l'écart type du hasard ajouté.",
    "Chaque tableau est tiré une fois et ne change plus. Ceux qui comptent les mêmes foyers sont accordés entre eux.",
)


def _days_in_words() -> dict[str, str]:
    words = {}
    for first, following in pairwise(DELAY_BINS):
        last = following - 1
        unit = "jour ouvré" if last <= 1 else "jours ouvrés"
        words[str(first)] = f"{first} {unit}" if last == first else f"{first} à {last} {unit}"
    return words | {str(DELAY_BINS[-1]): f"{DELAY_BINS[-1]} jours ouvrés et plus"}


# dimension -> code -> what people read; terms are written as the public list has them
WORDS: Mapping[str, Mapping[str, str]] = {
    "family": FAMILIES,
    "category": {code: one.label for code, one in categories().items()},
    "days": _days_in_words(),
    "score": {str(score): f"note {score} sur 10" for score in SCORES},
    "promise": {"answer": "première réponse", "full": "réponse complète"},
    "kept": {"kept": "à temps", "broken": "en retard"},
    "cause": {
        "passed": "changement de service",
        "authority": "attente d'un organisme public",
        "supplier": "attente d'un prestataire",
        "extended": "délai prolongé",
        "team": "équipe du bailleur",
    },
    "outcome": {"kept": "sujet gardé", "corrected": "sujet corrigé", "person": "laissé à une personne"},
}


def last_day(period: date, length: str) -> date:
    """Return the last day of a period."""
    return end_of(period, length) - timedelta(days=1)


def codes_in(code: str, part: str) -> dict[str, str]:
    """Return the codes that a key of a product is made of, by dimension; nothing of one that was made otherwise."""
    dimensions, codes = DIMENSIONS[code], part.split("|")
    return dict(zip(dimensions, codes, strict=True)) if len(dimensions) == len(codes) else {}


def in_words(dimension: str, code: str) -> str:
    """Return what people read for a code."""
    return WORDS.get(dimension, {}).get(code, code)


def family_of_category(category: str | None) -> str:
    """Return the code of the family a category belongs to; nothing when there is none, or it has left the list."""
    known = categories().get(category or "")
    return known.family if known else ""


def area_in_words(area: str) -> str:
    """Return the name of a type of area."""
    return AREAS.get(area, area)


def describe(product: Product, drawn: Snapshot | None = None) -> dict[str, object]:
    """Return what is public of a product: what it counts, and how it is protected now, or was in one of its tables."""
    found = drawn or product
    return {
        "product": product.code,
        "label": product.label,
        "length": product.length,
        "split": product.split,
        "dimensions": list(DIMENSIONS[product.code]),
        "cells_of_a_household_in_a_period": found.most,
        "cells_of_a_household_in_twelve_months": found.cap,
        "sigma": round(found.sigma, 4),
        "rho": round(found.rho, 6),
    }


def dictionary() -> dict[str, object]:
    """Return the whole dictionary, as its file holds it."""
    return {
        "notes": list(NOTES),
        "columns": [{"name": name, "meaning": meaning} for name, meaning in COLUMNS.items()],
        "products": [describe(product) for product in PRODUCTS.values()],
        "codes": {**WORDS, "area": AREAS, "scope": SCOPES},
    }

"""How each filter of the inbox is read from the address: what it narrows, and the words of its chip."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.reference import read_reference
from service.domain.submission import is_storable
from service.domain.taxonomy import FAMILIES, categories, natures, urgencies
from service.journey.inbox.search import MAX_WORDS
from service.journey.incidents import incident_lists
from service.journey.steering import steering_cuts
from service.staff import wording

# What stands before the words of a chip.
NAMES = {
    "cherche": "Recherche",
    "statut": "Statut",
    "famille": "Thème",
    "categorie": "Sujet",
    "urgence": "Urgence",
    "nature": "Nature",
    "confiance": "Confiance",
    "equipe": "Équipe",
    "personne": "Personne",
    "organisme": "Organisme",
    "residence": "Résidence",
    "incident": "Incident",
    "canal": "Reçue par",
    "periode": "Période",
    "du": "Depuis le",
    "au": "Jusqu'au",
    "reference": "Référence",
    "chiffre": "",
    "cle": "",
}
NOBODY, ANY = "aucune", "oui"
BANDS = {
    "verifie": ("verified", "vérifié"),
    "sur": ("sure", "sûr"),
    "a-verifier": ("check", "à vérifier"),
    "inconnu": ("unknown", "inconnu"),
}
PERIODS = {
    "aujourd-hui": "aujourd'hui",
    "7-jours": "7 derniers jours",
    "ce-mois": "ce mois",
    "mois-dernier": "le mois dernier",
}
_YEARS = range(2000, 2101)


@dataclass(frozen=True)
class Names:
    """Who asks, when, and what the filters name."""

    staff_id: UUID
    team_id: UUID | None
    today: date
    teams: Mapping[UUID, str]
    people: Mapping[UUID, str]
    organisations: Mapping[UUID, str]


Fields = tuple[dict[str, Any], str]  # what is narrowed, by field of Filters; the words of the chip


def read_filter(name: str, value: str, typed: Mapping[str, str], names: Names, session: Session) -> Fields:
    """Return what one filter narrows, and in which words.

    Raises
    ------
    BadInput
        When it cannot be read.

    """
    if not is_storable(value):
        raise BadInput("unknown_value", name)
    if name in {"chiffre", "cle"}:
        return _figure(name, typed, session)
    if name == "residence":
        found = incident_lists.residence_named(session, value)
        return {"residence_id": found}, incident_lists.residences(session)[found]
    if name == "incident" and value != ANY:
        return {"incident_id": _id(value)}, "celui-ci"
    return _READERS[name](value, names)


def days_of(period: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of a period named in the address."""
    first = today.replace(day=1)
    return {
        "aujourd-hui": (today, today),
        "7-jours": (today - timedelta(days=6), today),
        "ce-mois": (first, today),
        "mois-dernier": ((first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)),
    }[period]


def _figure(name: str, typed: Mapping[str, str], session: Session) -> Fields:
    """Read a figure of the steering pages and what it is narrowed to: one chip says both."""
    cut, key = typed.get("chiffre", ""), typed.get("cle")
    said = steering_cuts.words(session, cut, key)
    return ({"cut": cut}, said) if name == "chiffre" else ({"cut_key": key}, "")


Reader = Callable[[str, Names], Fields]


def _one_of(field: str, labels: Callable[[Names], Mapping[Any, str]]) -> Reader:
    """Return the reader of a filter that is one of some codes, or one of some rows by id."""

    def read(value: str, names: Names) -> Fields:
        found = {str(code): (code, label) for code, label in labels(names).items()}.get(value)
        if found is None:
            raise BadInput("unknown_value")
        return {field: found[0]}, found[1]

    return read


def _person(value: str, names: Names) -> Fields:
    if value == NOBODY:
        return {"is_unassigned": True, "assignee_id": None}, "personne encore"
    return _one_of("assignee_id", lambda known: known.people)(value, names)


def _band(value: str, _: Names) -> Fields:
    if value not in BANDS:
        raise BadInput("unknown_value")
    return {"band": BANDS[value][0]}, BANDS[value][1]


def _day(field: str) -> Reader:
    def read(value: str, _: Names) -> Fields:
        try:
            found = date.fromisoformat(value)
        except ValueError as error:
            raise BadInput("not_a_day") from error
        if found.year not in _YEARS:
            raise BadInput("not_a_day")
        return {field: found}, wording.day(found)

    return read


def _period(value: str, names: Names) -> Fields:
    if value not in PERIODS:
        raise BadInput("unknown_value")
    since, until = days_of(value, names.today)
    return {"since": since, "until": until}, PERIODS[value]


def _reference(value: str, _: Names) -> Fields:
    found = read_reference(value)
    if found is None:
        raise BadInput("not_a_reference")
    return {"reference": found}, found


def _words(value: str, _: Names) -> Fields:
    if len(value) > MAX_WORDS:
        raise BadInput("too_many_words")
    return {"words": value}, f"« {value} »"


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise BadInput("unknown_value") from error


_READERS: dict[str, Reader] = {
    "cherche": _words,
    "statut": _one_of("status", lambda _: wording.STATUSES),
    "famille": _one_of("family", lambda _: FAMILIES),
    "categorie": _one_of("category", lambda _: {code: one.label for code, one in categories().items()}),
    "urgence": _one_of("urgency", lambda _: {code: one.label for code, one in urgencies().items()}),
    "nature": _one_of("nature", lambda _: {code: one.label for code, one in natures().items()}),
    "confiance": _band,
    "equipe": _one_of("team_id", lambda names: names.teams),
    "personne": _person,
    "organisme": _one_of("organisation_id", lambda names: names.organisations),
    "canal": _one_of("channel", lambda _: wording.CHANNELS),
    "incident": lambda _value, _names: ({"is_collective": True}, "oui"),
    "periode": _period,
    "du": _day("since"),
    "au": _day("until"),
    "reference": _reference,
}

"""What a figure of the steering pages may be narrowed to: a team, a subject, a place… never a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.closing import OUTCOMES
from service.domain.errors import BadInput
from service.domain.feedback import SOLVED
from service.domain.steering import Narrowing
from service.domain.taxonomy import FAMILIES, categories, categories_of, urgencies
from service.domain.transfers import REFUSALS
from service.models.complaint import Complaint
from service.models.incident import Incident
from service.models.member import Agency, Organisation, Team
from service.models.patrimoine import Residence

NONE = "aucun"  # stands for what has no value: no subject read, no team yet, no place found


@dataclass(frozen=True)
class Dimension:
    """One way to narrow: its name, its conditions, and the words of a value."""

    name: str
    condition: Callable[[str], ColumnElement[bool]]
    words: Callable[[Session, str], str]


def one_id(value: str) -> UUID:
    """Return an id of the address; BadInput when it is none."""
    try:
        return UUID(value)
    except ValueError as error:
        raise BadInput("unknown_value", "cle") from error


def _code(
    column: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
) -> Callable[[str], ColumnElement[bool]]:
    return lambda value: column.is_(None) if value == NONE else column == value


def _id(column: InstrumentedAttribute[UUID | None]) -> Callable[[str], ColumnElement[bool]]:
    return lambda value: column.is_(None) if value == NONE else column == one_id(value)


def _labels(labels: Mapping[str, str], without: str) -> Callable[[Session, str], str]:
    return lambda _, value: without if value == NONE else labels.get(value, value)


def _name(
    row: type[Team] | type[Agency] | type[Residence] | type[Organisation], without: str
) -> Callable[[Session, str], str]:
    def words(session: Session, value: str) -> str:
        if value == NONE:
            return without
        return session.scalar(select(row.name).where(row.id == one_id(value))) or "inconnu"

    return words


def _title(session: Session, value: str) -> str:
    return session.scalar(select(Incident.title).where(Incident.id == one_id(value))) or "inconnu"


def _family(value: str) -> ColumnElement[bool]:
    if value not in FAMILIES:
        raise BadInput("unknown_value", "cle")
    return Complaint.category.in_(categories_of(value))


def _agency(value: str) -> ColumnElement[bool]:
    if value == NONE:
        return Complaint.residence_id.is_(None)
    return Complaint.residence_id.in_(select(Residence.id).where(Residence.agency_id == one_id(value)))


CHANNELS = {
    "extranet": "Extranet",
    "form": "Formulaire",
    "phone": "Téléphone",
    "paper": "Courrier",
    "counter": "Accueil",
    "email": "E-mail",
}
SUBJECTS = {code: category.label for code, category in categories().items()}
URGENCIES = {code: level.label for code, level in urgencies().items()}
HOPS = {"0": "aucun passage", "1": "un passage", "2": "deux passages", "3": "trois passages ou plus"}


def _hops(value: str) -> ColumnElement[bool]:
    if value not in HOPS:
        raise BadInput("unknown_value", "cle")
    return Complaint.hops >= int(value) if value == max(HOPS) else Complaint.hops == int(value)


DIMENSIONS: Mapping[str, Dimension] = {
    "equipe": Dimension("Équipe", _id(Complaint.team_id), _name(Team, "pas encore orientée")),
    "depart": Dimension("Première équipe", _id(Complaint.first_team_id), _name(Team, "aucune")),
    "sujet": Dimension("Sujet", _code(Complaint.category), _labels(SUBJECTS, "à préciser")),
    "avant": Dimension("Sujet lu d'abord", _code(Complaint.first_category), _labels(SUBJECTS, "pas lu avec certitude")),
    "theme": Dimension("Thème", _family, _labels(FAMILIES, "")),
    "urgence": Dimension("Urgence", _code(Complaint.urgency), _labels(URGENCIES, "à préciser")),
    "canal": Dimension("Canal", _code(Complaint.channel), _labels(CHANNELS, "")),
    "agence": Dimension("Agence", _agency, _name(Agency, "lieu à vérifier")),
    "residence": Dimension("Résidence", _id(Complaint.residence_id), _name(Residence, "lieu à vérifier")),
    "passages": Dimension("Changements de mains", _hops, _labels(HOPS, "")),
    "issue": Dimension("Fin", _code(Complaint.outcome), _labels(OUTCOMES, "")),
}
FILTERS = ("equipe", "theme", "sujet", "agence", "residence", "urgence")  # those a page may be narrowed to as a whole
# What narrows one kind of figure only, for it speaks of a hand-over, an opinion or a refusal: the measure reads it.
OWN: Mapping[str, tuple[str, Callable[[Session, str], str]]] = {
    "organisme": ("Organisme", _name(Organisation, "")),
    "note": ("Note", _labels({}, "")),
    "regle": ("Problème réglé", _labels(SOLVED, "")),
    "incident": ("Incident", _title),
    "raison": ("Raison", _labels({code: reason.label for code, reason in REFUSALS.items()}, "")),
}


def narrow(narrowing: Narrowing) -> list[ColumnElement[bool]]:
    """Return the conditions on a complaint; what only a measure understands is left to it."""
    return [DIMENSIONS[name].condition(value) for name, value in narrowing.items() if name in DIMENSIONS]


def in_words(session: Session, narrowing: Narrowing) -> list[str]:
    """Return each thing a figure is narrowed to, in words; BadInput when the address was tampered with."""
    found = []
    for name, value in narrowing.items():
        if name in DIMENSIONS:
            found.append(f"{DIMENSIONS[name].name} : {DIMENSIONS[name].words(session, value)}")
        elif name in OWN:
            label, words = OWN[name]
            found.append(f"{label} : {words(session, value)}")
        else:
            raise BadInput("unknown_value", "cle")
    return found

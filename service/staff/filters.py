"""The list asked for in the address: a view of the rail, narrowed by filters. What cannot be read is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from service.domain.errors import BadInput
from service.domain.reference import read_reference
from service.domain.taxonomy import categories, urgencies
from service.journey.reading import Filters
from service.staff import refusals, wording

# slug in the address -> (name in the rail, view of journey.reading, what is said when nothing is there)
VIEWS: dict[str, tuple[str, str | None, str]] = {
    "a-trier": ("À trier", "to_sort", "Rien à trier : chaque demande a trouvé son équipe."),
    "danger": ("Danger", "danger", "Aucun danger n'est signalé dans les demandes ouvertes."),
    "a-verifier": ("Danger à vérifier", "to_check", "Aucun message ne laisse craindre un danger à vérifier."),
    "tirage": (
        "À vérifier (tirage au sort)",
        "audit",
        "Rien à vérifier : chaque demande tirée au sort a été regardée.",
    ),
    "contestees": ("Contestées", "contested", "Aucun locataire ne conteste le sujet ou le destinataire."),
    "a-relire": (
        "À relire par une autre personne",
        "review",
        "Aucune relecture n'est demandée.",
    ),
    "ouvertes": ("Ouvertes", "open", "Aucune demande ouverte : tout est terminé."),
    "les-miennes": (
        "Les miennes",
        "open",
        "Aucune demande ouverte ne vous est attribuée. Prenez-en une dans « Ouvertes ».",
    ),
    "en-retard": ("En retard", "late", "Aucun retard : rien n'attend depuis trop longtemps."),
    "aujourd-hui": ("À rendre aujourd'hui", "due_today", "Rien d'autre n'est à rendre aujourd'hui."),
    "en-attente": ("En attente du locataire", "waiting", "Aucune demande n'attend une réponse du locataire."),
    "dehors": ("Chez un prestataire", "outside", "Aucune demande ouverte n'est chez un prestataire ou un organisme."),
    "sans-reponse": ("Sans réponse", "silent", "Tous les prestataires et organismes ont répondu à temps."),
    "echecs": ("Échecs d'envoi", "failed", "Tous les envois sont arrivés."),
    "toutes": ("Toutes", None, "Aucune demande pour le moment. Celles des locataires arriveront ici."),
}
DEFAULT = "ouvertes"
NAMES = {
    "statut": "Statut",
    "categorie": "Sujet",
    "urgence": "Urgence",
    "equipe": "Équipe",
    "du": "Depuis le",
    "au": "Jusqu'au",
    "reference": "Référence",
}
_YEARS = range(2000, 2101)


@dataclass(frozen=True)
class Criterion:
    """One filter that counts: its name in the address, what was typed, and the words of its chip."""

    name: str
    typed: str
    words: str


@dataclass(frozen=True)
class Asked:
    """The list asked for. `typed` is what the fields show again, `errors` what could not be read."""

    view: str
    filters: Filters
    criteria: list[Criterion]
    typed: Mapping[str, str]
    errors: Mapping[str, str]

    @property
    def address(self) -> dict[str, Any]:
        """The parameters that lead to this very list."""
        return {"vue": self.view, **{criterion.name: criterion.typed for criterion in self.criteria}}


def lists(staff_id: UUID) -> dict[str, Filters]:
    """Return what each view of the rail holds for this person."""
    return {
        slug: Filters(view=view, assignee_id=staff_id if slug == "les-miennes" else None)
        for slug, (_, view, _) in VIEWS.items()
    }


def read_address(args: Mapping[str, str], staff_id: UUID, teams: Mapping[UUID, str]) -> Asked:
    """Return the list asked for; a filter that cannot be read is left out and named."""
    view = args.get("vue", DEFAULT) if args.get("vue", DEFAULT) in VIEWS else DEFAULT
    typed = {name: args[name].strip() for name in NAMES if args.get(name, "").strip()}
    if "reference" in typed:
        # A reference is looked for everywhere: whoever has it on the phone does not know in which list it is.
        view, typed = "toutes", {"reference": typed["reference"]}
    criteria, found, errors = [], {}, {}
    for name, value in typed.items():
        field, read = _readers(teams)[name]
        try:
            found[field], words = read(value)
        except BadInput as refusal:
            errors[name] = refusals.in_french(refusal)
        else:
            criteria.append(Criterion(name, value, f"{NAMES[name]} : {words}"))
    if found.get("since") and found.get("until") and found["until"] < found["since"]:
        errors["au"] = refusals.SENTENCES["ends_before_it_starts"]
    return Asked(view, replace(lists(staff_id)[view], **found), criteria, typed, errors)


Reader = Callable[[str], tuple[Any, str]]


def _readers(teams: Mapping[UUID, str]) -> dict[str, tuple[str, Reader]]:
    return {
        "statut": ("status", _one_of(wording.STATUSES)),
        "categorie": ("category", _one_of({code: category.label for code, category in categories().items()})),
        "urgence": ("urgency", _one_of({code: level.label for code, level in urgencies().items()})),
        "equipe": ("team_id", lambda value: _team(value, teams)),
        "du": ("since", _day),
        "au": ("until", _day),
        "reference": ("reference", _reference),
    }


def _one_of(labels: Mapping[str, str]) -> Reader:
    def read(value: str) -> tuple[str, str]:
        if value not in labels:
            raise BadInput("unknown_value")
        return value, labels[value]

    return read


def _team(value: str, teams: Mapping[UUID, str]) -> tuple[UUID, str]:
    found = {str(team_id): team_id for team_id in teams}.get(value)
    if found is None:
        raise BadInput("unknown_value")
    return found, teams[found]


def _day(value: str) -> tuple[date, str]:
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise BadInput("not_a_day") from error
    if found.year not in _YEARS:
        raise BadInput("not_a_day")
    return found, wording.day(found)


def _reference(value: str) -> tuple[str, str]:
    found = read_reference(value)
    if found is None:
        raise BadInput("not_a_reference")
    return found, found

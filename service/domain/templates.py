"""Words ready to be sent: which fit a complaint, and what may stand in braces in them. Tables and pure functions."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from service.domain.errors import BadInput
from service.domain.submission import check_text
from service.domain.taxonomy import FAMILIES, categories, family_of

_FILE = Path(__file__).parent / "data" / "templates.toml"
MAX_NAME = 80  # characters
MAX_BODY = 4_000  # characters
_BLANK = re.compile(r"\{\s*([^{}\n]{0,40}?)\s*\}")


class Use(StrEnum):
    """In which form a template is proposed."""

    ANSWER = "answer"
    QUESTION = "question"
    CLOSING = "closing"
    PARTNER = "partner"
    NEWS = "news"


class State(StrEnum):
    """Where a complaint stands, as far as what is written about it goes."""

    FIRST = "first"  # nobody has answered yet
    WAITING = "waiting"  # a question to the tenant is open
    LATE = "late"
    GOING_ON = "going_on"


USES: Mapping[str, str] = {
    Use.ANSWER: "Réponse au locataire",
    Use.QUESTION: "Question au locataire",
    Use.CLOSING: "Fin de la demande",
    Use.PARTNER: "Message au partenaire",
    Use.NEWS: "Nouvelles d'un incident",
}
STATES: Mapping[str, str] = {
    State.FIRST: "Première réponse",
    State.WAITING: "Attente du locataire",
    State.LATE: "En retard",
    State.GOING_ON: "En cours",
}


@dataclass(frozen=True)
class Variable:
    """What may stand in braces: what it is, and an example for whoever writes a template."""

    what: str
    example: str


VARIABLES: Mapping[str, Variable] = {
    "reference": Variable("la référence de la demande", "K7M4-AXH2"),
    "objet": Variable("le sujet de la demande", "Chauffage"),
    "lieu": Variable("le logement, comme le locataire l'a donné", "le logement situé 3 allée des Tilleuls"),
    "date_reception": Variable("le jour où la demande est arrivée", "mardi 1er décembre 2026"),
    "date_reponse": Variable("le jour promis, s'il n'est pas passé", "mardi 8 décembre 2026"),
    "date_passage": Variable("le jour du passage prévu", "jeudi 10 décembre 2026"),
    "date_engagement": Variable("le jour du prochain engagement", "lundi 14 décembre 2026"),
    "equipe": Variable("l'équipe qui suit la demande", "Service technique"),
    "organisme": Variable("le prestataire ou l'organisme qui a la demande", "Chaleur Picarde"),
    "bailleur": Variable("le nom du bailleur", "Amont Habitat"),
    "telephone": Variable("le téléphone du bailleur", "03 53 01 00 00"),
    "agent": Variable("votre nom", "Ana Vidal"),
    "prenom_agent": Variable("votre prénom", "Ana"),
}


class Unfilled(BadInput):
    """Something in braces has no value, or is nothing known: nobody must read it as it stands."""

    def __init__(self, names: tuple[str, ...], field: str) -> None:
        super().__init__("unfilled", field)
        self.names = names


@dataclass(frozen=True)
class Template:
    """Words, with what they are for. Empty conditions fit everything."""

    key: str
    name: str
    use: str
    body: str
    category: str | None = None
    family: str | None = None
    state: str | None = None
    is_own: bool = False  # of the member, and not of the network

    def fits(self, category: str | None, state: str) -> bool:
        """Say whether it is meant for such a complaint."""
        return (
            self.category in (None, category)
            and self.family in (None, family_of(category))
            and self.state in (None, state)
        )

    @property
    def weight(self) -> int:
        """How precisely it says what it is for: the more, the earlier it is proposed."""
        return 4 * (self.category is not None) + 2 * (self.family is not None) + (self.state is not None)


@cache
def network_templates() -> tuple[Template, ...]:
    """Return those that every member has, in their order."""
    with _FILE.open("rb") as file:
        found = tomllib.load(file)["template"]
    return tuple(
        Template(one["key"], one["name"], one["use"], one["body"].strip(), one.get("category"), one.get("family"),
                 one.get("state"))
        for one in found
    )  # fmt: skip


def state_of(*, is_answered: bool, is_paused: bool, is_late: bool) -> State:
    """Return where a complaint stands; what is late is said first, then what waits."""
    if is_late:
        return State.LATE
    if is_paused:
        return State.WAITING
    return State.GOING_ON if is_answered else State.FIRST


def fill(body: str, facts: Mapping[str, str]) -> str:
    """Return the words with what is known in the place of the braces; what has no value stays as it stands.

    What stands in a value is never filled in turn.
    """
    return _BLANK.sub(lambda found: facts.get(found[1]) or found[0], body)


def left_open(text: str) -> tuple[str, ...]:
    """Return what still stands in braces, in order, each once."""
    return tuple(dict.fromkeys(found[1] for found in _BLANK.finditer(text)))


def check_words(text: str, field: str = "text") -> str:
    """Return words that are about to leave, as typed.

    Raises
    ------
    BadInput
        `blank`, `too_long`, `unstorable`; Unfilled when something still stands in braces.

    """
    check_text(text, field)
    names = left_open(text)
    if names:
        raise Unfilled(names, field)
    return text


def check_template(template: Template) -> None:
    """Check what somebody typed as a template.

    Raises
    ------
    BadInput
        On the field `name`, `body`, `use`, `state` or `about`; Unfilled when a name in braces is nothing known.

    """
    check_text(template.name, "name", MAX_NAME)
    check_text(template.body, "body", MAX_BODY)
    if template.use not in USES:
        raise BadInput("unknown_value", "use")
    if template.state is not None and template.state not in STATES:
        raise BadInput("unknown_value", "state")
    is_known = template.category in (None, *categories()) and template.family in (None, *FAMILIES)
    if not is_known or (template.category and template.family):
        raise BadInput("unknown_value", "about")
    unknown = tuple(name for name in left_open(template.body) if name not in VARIABLES)
    if unknown:
        raise Unfilled(unknown, "body")

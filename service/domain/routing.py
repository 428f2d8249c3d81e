"""Which line decides: an ordered table, the first line that fits. Nothing here guesses, or knows a database."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from service.domain.languages import N_
from service.domain.taxonomy import family_of


class TargetKind(StrEnum):
    """The kinds of recipient a complaint may be brought to."""

    TEAM = "team"
    SUPPLIER = "supplier"
    AUTHORITY = "authority"
    SORTING = "sorting"


DANGER = "danger"
WORKING, OFF = "working", "off"  # when the complaint arrived, by the member's hours
# What a household may say it needs, for the answer to suit it. Nothing about health.
NEEDS = {
    "personne_agee": N_("Personne âgée"),
    "enfant_bas_age": N_("Enfant en bas âge"),
    "mobilite_reduite": N_("Mobilité réduite"),
    "langue": N_("Autre langue que le français"),
}
# What an outside organisation may be under contract for.
TRADES = {
    "heating_collective": "Chauffage collectif",
    "boiler": "Chaudières individuelles",
    "plumbing": "Robinetterie et plomberie",
    "drains": "Nettoyage des canalisations",
    "electricity": "Électricité",
    "ventilation": "Ventilation",
    "pests": "Insectes et rongeurs",
    "lift": "Ascenseurs",
    "doors": "Portes d'immeuble et interphones",
    "joinery": "Fenêtres et volets",
    "locksmith": "Serrurerie",
    "roofing": "Toits et façades",
    "cleaning": "Ménage des parties communes",
    "green_spaces": "Espaces verts",
    "antenna": "Antenne et fibre",
    "fire": "Sécurité incendie",
    "waste": "Collecte des déchets",
    "town_hall": "Mairie et police municipale",
    "water": "Distribution de l'eau",
}
ALSO = 5  # other lines kept with a decision


@dataclass(frozen=True)
class Situation:
    """What a line may look at. What the place would tell is None while the place is unknown."""

    category: str | None
    urgency: str | None
    abstained: bool
    place_is_known: bool
    agency_id: UUID | None = None
    heating: str | None = None
    nature: str | None = None
    residence_id: UUID | None = None
    insee: str | None = None
    has_lift: bool | None = None
    is_working_time: bool | None = None  # None: nobody asked
    needs: frozenset[str] = frozenset()  # keys of NEEDS


@dataclass(frozen=True)
class Rule:
    """One line of a routing table. A condition left at None fits everything.

    The team is named by its id, by its kind (lines of the network, which know no member), or is that of the dwelling's
    agency. The organisation is named, or is whoever has the contract of `trade` for the residence.
    """

    id: UUID
    position: int
    sentence: str
    team_id: UUID | None = None
    team_kind: str | None = None
    use_agency_team: bool = False
    organisation_id: UUID | None = None
    trade: str | None = None
    is_automatic: bool = True  # False: the organisation is proposed to a person
    is_default: bool = False  # a line of the network
    own_sentence: str = ""  # said when nobody has the contract
    forwards_text: bool = False  # the tenant's words may leave to the organisation
    needs_place: bool = True
    category: str | None = None
    family: str | None = None
    urgency: str | None = None
    nature: str | None = None
    heating: str | None = None
    has_lift: bool | None = None
    agency_id: UUID | None = None
    residence_id: UUID | None = None
    insee: str | None = None
    hours: str | None = None
    need: str | None = None


@dataclass(frozen=True)
class Decision:
    """The line that decides, None when a person sorts; why, in a sentence; and other lines that fit."""

    rule: Rule | None
    reason: str
    others: tuple[Rule, ...] = ()


# A line found by its category: what is left to compare, as places in a row of facts with the value wanted; its need.
_Line = tuple[Rule, tuple[tuple[int, object], ...], str | None]

# Said when no line may decide; a person sorts.
REASON_ABSTAINED = "Le sujet n'est pas assez sûr : une personne trie."
REASON_OUT_OF_SCOPE = "Le message semble hors périmètre : une personne vérifie."
REASON_UNKNOWN_PLACE = "Le logement n'a pas été retrouvé dans le patrimoine : une personne vérifie."
REASON_NO_RULE = "Aucune règle ne correspond : une personne trie."
# Said when the subject is unsure and yet leads to one desk whichever it is.
REASON_FAMILY = "Le sujet exact reste à préciser. Pour tous les sujets de cette famille, cette équipe répond."
OUT_OF_SCOPE = "autre"


# condition of a line -> the part of a situation it is compared with. Category and family are what lines are found by;
# `need` alone asks whether it is among several.
FACTS = {
    "urgency": "urgency",
    "nature": "nature",
    "heating": "heating",
    "has_lift": "has_lift",
    "agency_id": "agency_id",
    "residence_id": "residence_id",
    "insee": "insee",
    "hours": "is_working_time",
}
CONDITIONS = ("category", "family", *FACTS, "need")


def conditions_of(rule: Rule) -> dict[str, object]:
    """Return what the line asks for, by condition."""
    return {name: wanted for name in CONDITIONS if (wanted := getattr(rule, name)) is not None}


def _facts_wanted(rule: Rule) -> dict[str, object]:
    """Return what is left to compare once the line was found by its category: fact by fact, the value wanted."""
    wanted = {FACTS[name]: value for name, value in conditions_of(rule).items() if name in FACTS}
    if rule.hours is not None:
        wanted["is_working_time"] = rule.hours == WORKING
    return wanted


class Table:
    """Groups of lines, each in its order: a member's own, then those of the network.

    Lines are found by category and compared on what they ask for only. What was decided is remembered by the values
    that some line names: all other values are alike.
    """

    def __init__(self, *groups: Iterable[Rule]) -> None:
        self.rules = tuple(rule for group in groups for rule in sorted(group, key=lambda rule: rule.position))
        self._wanted = [(rule, _facts_wanted(rule)) for rule in self.rules]
        named: dict[str, set[object]] = {"urgency": set(), "heating": set()}  # two at least: facts come as a tuple
        for _, wanted in self._wanted:
            for fact, value in wanted.items():
                named.setdefault(fact, set()).add(value)
        self._places = {fact: place for place, fact in enumerate(named)}
        self._facts = attrgetter(*named)
        self._named = tuple(named.values())
        self._needs = frozenset(rule.need for rule in self.rules if rule.need)
        self._lines: dict[str | None, list[_Line]] = {}
        self._decided: dict[tuple[object, ...], Decision] = {}

    def decide(self, situation: Situation, sure_of: str | None = None) -> Decision:
        """Return the first line that fits; with `sure_of`, as if that were the category, and no doubt about it.

        A danger is brought to its desk even when the place is unknown or the subject unsure; everything else that is
        unsure goes to the member's sorting desk.
        """
        category = sure_of or situation.category
        is_sure = sure_of is not None or not situation.abstained
        found = zip(self._facts(situation), self._named, strict=True)
        facts = tuple(value if value in named else None for value, named in found)
        needs = situation.needs & self._needs
        key = (category, is_sure, situation.place_is_known, needs, facts)
        if key not in self._decided:
            fitting = [rule for rule, wanted, need in self._lines_of(category) if _holds(wanted, need, facts, needs)]
            subject = category if is_sure else None
            is_danger = situation.urgency == DANGER
            rule, reason = _chosen(fitting, subject, is_danger=is_danger, place_is_known=situation.place_is_known)
            self._decided[key] = Decision(rule, reason, tuple(one for one in fitting if one is not rule)[:ALSO])
        return self._decided[key]

    def _lines_of(self, category: str | None) -> list[_Line]:
        """Return the lines a category may meet, each with what is left to compare: the place of a fact, its value."""
        if category not in self._lines:
            family = family_of(category)
            self._lines[category] = [
                (rule, tuple((self._places[fact], value) for fact, value in wanted.items()), rule.need)
                for rule, wanted in self._wanted
                if rule.category in (None, category) and rule.family in (None, family)
            ]
        return self._lines[category]


def _holds(
    wanted: tuple[tuple[int, object], ...], need: str | None, facts: tuple[object, ...], needs: frozenset[str]
) -> bool:
    return (need is None or need in needs) and all(facts[place] == value for place, value in wanted)


def _chosen(
    fitting: list[Rule], subject: str | None, *, is_danger: bool, place_is_known: bool
) -> tuple[Rule | None, str]:
    """Return the line that decides and why; `subject` is None when it is not sure."""
    line = next((rule for rule in fitting if rule.urgency == DANGER), None) if is_danger else None
    if line:
        return line, line.sentence
    if subject is None:
        return None, REASON_ABSTAINED
    if subject == OUT_OF_SCOPE:
        return None, REASON_OUT_OF_SCOPE
    if not fitting:
        return None, REASON_NO_RULE
    if fitting[0].needs_place and not place_is_known:
        return None, REASON_UNKNOWN_PLACE
    return fitting[0], fitting[0].sentence

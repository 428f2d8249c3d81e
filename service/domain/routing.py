"""Which desk answers: an ordered table of rules, the first that fits decides. Nothing here guesses."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class TargetKind(StrEnum):
    """The kinds of recipient a complaint may be brought to."""

    TEAM = "team"
    SUPPLIER = "supplier"
    AUTHORITY = "authority"
    SORTING = "sorting"


@dataclass(frozen=True)
class Situation:
    """What a rule may look at. `agency_id` and `heating` are None while the place is unknown."""

    category: str | None
    urgency: str | None
    abstained: bool
    place_is_known: bool
    agency_id: UUID | None = None
    heating: str | None = None


@dataclass(frozen=True)
class Rule:
    """One line of a member's routing table. A condition left at None fits everything."""

    id: UUID
    position: int
    sentence: str
    target: TargetKind
    team_id: UUID | None
    organisation_id: UUID | None = None
    use_agency_team: bool = False
    needs_place: bool = True
    category: str | None = None
    family: str | None = None
    urgency: str | None = None
    heating: str | None = None
    agency_id: UUID | None = None


@dataclass(frozen=True)
class Decision:
    """Where the complaint goes and why, in a sentence staff can read."""

    target: TargetKind
    rule: Rule | None
    reason: str


# Said when no rule may decide; a person sorts.
REASON_ABSTAINED = "Le sujet n'est pas assez sûr : une personne trie."
REASON_OUT_OF_SCOPE = "Le message semble hors périmètre : une personne vérifie."
REASON_UNKNOWN_PLACE = "Le logement n'a pas été retrouvé dans le patrimoine : une personne vérifie."
REASON_NO_RULE = "Aucune règle ne correspond : une personne trie."
# Said when the subject is unsure and yet leads to one desk whichever it is.
REASON_FAMILY = "Le sujet exact reste à préciser. Pour tous les sujets de cette famille, cette équipe répond."


def fits(rule: Rule, situation: Situation, family: str | None) -> bool:
    """Say whether every condition of the rule holds."""
    conditions = (
        (rule.category, situation.category),
        (rule.family, family),
        (rule.urgency, situation.urgency),
        (rule.heating, situation.heating),
        (rule.agency_id, situation.agency_id),
    )
    return all(wanted is None or wanted == found for wanted, found in conditions)


def choose(rules: Iterable[Rule], situation: Situation, family: str | None) -> Decision:
    """Return the first rule that fits.

    A danger is brought to its desk even when the place is unknown or the subject unsure; everything else that is
    unsure goes to the member's sorting desk.
    """
    fitting = [rule for rule in sorted(rules, key=lambda rule: rule.position) if fits(rule, situation, family)]
    if situation.urgency == "danger":
        for rule in fitting:
            if rule.urgency == "danger":
                return Decision(rule.target, rule, rule.sentence)
    if situation.category is None or situation.abstained:
        return Decision(TargetKind.SORTING, None, REASON_ABSTAINED)
    if situation.category == "autre":
        return Decision(TargetKind.SORTING, None, REASON_OUT_OF_SCOPE)
    if not fitting:
        return Decision(TargetKind.SORTING, None, REASON_NO_RULE)
    rule = fitting[0]
    if rule.needs_place and not situation.place_is_known:
        return Decision(TargetKind.SORTING, None, REASON_UNKNOWN_PLACE)
    return Decision(rule.target, rule, rule.sentence)


def choose_for_family(
    rules: Sequence[Rule],
    situation: Situation,
    family: str,
    categories: Iterable[str],
    team_of: Callable[[Decision], UUID | None],
) -> UUID | None:
    """Return the team of the member that answers every category of a family in this place; None when they differ.

    For a message whose family is sure and whose category is not. `team_of` gives the team that a decision leads to,
    None for the sorting desk. A family of which one category goes outside, or to a person who sorts, has no such
    team; nor has a danger, which has its own rules.
    """
    if situation.urgency == "danger":
        return None
    decisions = [choose(rules, replace(situation, category=one, abstained=False), family) for one in categories]
    stay_inside = all(one.target == TargetKind.TEAM and one.rule and not one.rule.organisation_id for one in decisions)
    teams = {team_of(decision) for decision in decisions}
    return teams.pop() if stay_inside and len(teams) == 1 else None

"""Where a deciding line leads in one member: its team, whoever has the contract, or what is proposed to a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from service.domain.routing import DANGER, REASON_FAMILY, Decision, Rule, Situation, Table, TargetKind
from service.domain.taxonomy import categories_of

SORTING_KIND = "sorting"
REASON_NO_TEAM = "Aucune équipe n'est chargée de ce sujet pour le moment : une personne trie."
REASON_NO_AGENCY_TEAM = "L'agence de cette résidence n'a pas d'équipe pour le moment : une personne trie."
# Said of a member's line that has no words of its own for a place without a contract.
NO_CONTRACT = "Aucune entreprise n'est sous contrat pour votre résidence : cette équipe suit la demande."


@dataclass(frozen=True)
class Term:
    """Who works in one trade, from a day to a day, both included; None is open."""

    organisation_id: UUID
    starts_on: date | None = None
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        """Say whether the contract is in force that day."""
        return (self.starts_on is None or self.starts_on <= day) and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Spot:
    """What a place tells the lines."""

    agency_id: UUID
    insee: str
    heating: str | None = None
    has_lift: bool | None = None


@dataclass(frozen=True)
class Case:
    """One complaint as a table sees it: what lines may look at, and the day it arrived, for contracts.

    `family` is what the model is sure of when it is not sure of the category.
    """

    situation: Situation
    family: str | None
    day: date


@dataclass(frozen=True)
class Desks:
    """Everybody a member's lines may lead to. A contract without a residence is for all of them."""

    sorting_id: UUID
    kinds: Mapping[UUID, str]  # of each team
    agency_teams: Mapping[UUID, UUID]  # agency -> its team
    organisations: Mapping[UUID, TargetKind]
    contracts: Mapping[tuple[str, UUID | None], Sequence[Term]]  # by trade and residence
    by_kind: Mapping[str, UUID] = field(default_factory=dict)  # the team of a kind that is no agency's

    def holder(self, trade: str, residence_id: UUID | None, day: date) -> UUID | None:
        """Return who has the contract that day: of the residence, else of the whole member, else nobody."""
        for place in (residence_id, None):
            for term in self.contracts.get((trade, place), ()):
                if term.covers(day):
                    return term.organisation_id
        return None

    def team(self, rule: Rule, agency_id: UUID | None) -> UUID | None:
        """Return the team that follows what the line decides; None when the member has no such team."""
        if rule.use_agency_team and agency_id:
            return self.agency_teams.get(agency_id)
        if rule.team_kind:
            return self.by_kind.get(rule.team_kind)
        return rule.team_id if rule.team_id in self.kinds else None


@dataclass(frozen=True)
class Route:
    """Where a complaint goes and why. `proposed_id` is an organisation that a person may choose."""

    target: TargetKind
    team_id: UUID
    organisation_id: UUID | None
    proposed_id: UUID | None
    rule: Rule | None
    reason: str
    others: tuple[Rule, ...] = ()


def find_route(table: Table, case: Case, desks: Desks) -> Route:
    """Return where the table sends a complaint.

    Where the category is unsure and one team of the member answers all of its family, the complaint goes there.
    """
    situation = case.situation
    decision = table.decide(situation)
    route = settle(decision, case, desks)
    if route.target is TargetKind.SORTING and situation.abstained and case.family and situation.urgency != DANGER:
        team_id = _team_of_family(table, case, case.family, desks)
        if team_id:
            return Route(TargetKind.TEAM, team_id, None, None, None, REASON_FAMILY, decision.others)
    return route


def settle(decision: Decision, case: Case, desks: Desks) -> Route:
    """Return where a decision leads in this member."""
    rule, others = decision.rule, decision.others
    if rule is None:
        return Route(TargetKind.SORTING, desks.sorting_id, None, None, None, decision.reason, others)
    team_id = desks.team(rule, case.situation.agency_id)
    if team_id is None or desks.kinds[team_id] == SORTING_KIND:
        no_team = REASON_NO_AGENCY_TEAM if rule.use_agency_team else REASON_NO_TEAM
        reason = no_team if team_id is None else rule.sentence
        return Route(TargetKind.SORTING, desks.sorting_id, None, None, rule, reason, others)
    inside = Route(TargetKind.TEAM, team_id, None, None, rule, rule.sentence, others)
    return _outwards(inside, rule, case, desks)


def _outwards(inside: Route, rule: Rule, case: Case, desks: Desks) -> Route:
    """Return the team's route, with the organisation the line gives or proposes."""
    organisation_id = _organisation(rule, case, desks)
    if organisation_id is None:
        return replace(inside, reason=rule.own_sentence or NO_CONTRACT) if rule.trade else inside
    kind = desks.organisations[organisation_id]
    # A line of the network never brings anything to an authority: only a member may decide that.
    if not rule.is_automatic or (rule.is_default and kind is TargetKind.AUTHORITY):
        return replace(inside, proposed_id=organisation_id)
    return replace(inside, target=kind, organisation_id=organisation_id)


def _organisation(rule: Rule, case: Case, desks: Desks) -> UUID | None:
    if rule.trade is None:
        return rule.organisation_id
    # Who answers a danger never hangs on who signed what.
    is_danger = case.situation.urgency == DANGER
    return None if is_danger else desks.holder(rule.trade, case.situation.residence_id, case.day)


def _team_of_family(table: Table, case: Case, family: str, desks: Desks) -> UUID | None:
    """Return the one team that answers every category of the family in this place; None when they differ.

    A family of which one category goes outside, or to a person who sorts, has no such team.
    """
    team_id = None
    for code in categories_of(family):
        route = settle(table.decide(case.situation, sure_of=code), case, desks)
        if route.target is not TargetKind.TEAM or team_id not in (None, route.team_id):
            return None
        team_id = route.team_id
    return team_id

"""Every member's table brings every subject somewhere, for good reasons."""

from uuid import UUID

import pytest

from service.demo.landlord import Landlord
from service.demo.world import found_network
from service.domain.routing import REASON_OUT_OF_SCOPE, REASON_UNKNOWN_PLACE, Decision, Situation, TargetKind, choose
from service.domain.taxonomy import categories, family_of

READER, LANDLORDS = found_network(seed=7)
MEMBERS = pytest.mark.parametrize("landlord", LANDLORDS, ids=lambda landlord: landlord.plan.slug)
ADMINISTRATIVE = ("loyer", "charges", "aides_attestations", "bail_depart", "mutation", "accompagnement_social")


def _decide(landlord: Landlord, category: str, *, heating: str | None, urgency: str = "normal") -> Decision:
    agency_id: UUID | None = landlord.agencies[0].id if heating else None
    situation = Situation(
        category=category,
        urgency=urgency,
        abstained=False,
        place_is_known=heating is not None,
        agency_id=agency_id,
        heating=heating,
    )
    return choose(landlord.table, situation, family_of(category))


def _has_a_desk(landlord: Landlord, decision: Decision) -> bool:
    rule = decision.rule
    if rule is None or (decision.target is TargetKind.TEAM) != (rule.organisation_id is None):
        return False
    return rule.use_agency_team or rule.team_id in landlord.teams


@MEMBERS
@pytest.mark.parametrize("heating", ["collective", "individual"])
def test_every_subject_has_a_desk(landlord: Landlord, heating: str) -> None:
    decisions = {code: _decide(landlord, code, heating=heating) for code in categories()}
    assert len(decisions) == 40
    assert decisions.pop("autre").reason == REASON_OUT_OF_SCOPE  # a person always sorts these
    assert [code for code, decision in decisions.items() if not _has_a_desk(landlord, decision)] == []


@MEMBERS
def test_a_danger_has_a_desk_even_when_the_place_is_unknown(landlord: Landlord) -> None:
    special = {"accompagnement_social": "social", "bruit": "peace", "voisinage": "peace", "securite": "peace"}
    found = {}
    for code in categories():
        rule = _decide(landlord, code, heating=None, urgency="danger").rule
        found[code] = landlord.teams[rule.team_id].kind if rule and rule.team_id else None
    assert found == dict.fromkeys(categories(), "on_call") | special


@MEMBERS
def test_heating_goes_to_the_company_that_heats_the_dwelling(landlord: Landlord) -> None:
    for heating, trade in (("collective", "heating_collective"), ("individual", "boiler")):
        rule = _decide(landlord, "chauffage", heating=heating).rule
        assert rule is not None
        assert rule.organisation_id == landlord.organisations[trade].id


@MEMBERS
def test_heating_of_an_unknown_place_is_sorted_by_a_person(landlord: Landlord) -> None:
    assert _decide(landlord, "chauffage", heating=None).reason == REASON_UNKNOWN_PLACE


@MEMBERS
def test_paperwork_needs_no_place(landlord: Landlord) -> None:
    targets = {_decide(landlord, category, heating=None).target for category in ADMINISTRATIVE}
    assert targets == {TargetKind.TEAM}


@MEMBERS
def test_every_rule_says_why_in_a_sentence(landlord: Landlord) -> None:
    for rule in landlord.rules:
        assert rule.sentence.endswith(".")
        assert 30 <= len(rule.sentence) <= 120


def test_words_leave_only_to_a_few_suppliers() -> None:
    forwarding = [rule for landlord in LANDLORDS for rule in landlord.rules if rule.forwards_text]
    assert 0 < len(forwarding) < 10
    assert {rule.target for rule in forwarding} == {"supplier"}


def test_every_address_is_reserved() -> None:
    emails = [READER.email]
    for landlord in LANDLORDS:
        emails += [staff.email for staff in landlord.staff]
        emails += [team.email for team in landlord.teams.values() if team.email]
        emails += [one.email for one in landlord.organisations.values() if one.email]
    assert all(email.endswith(".example") for email in emails)


@MEMBERS
def test_one_supervisor_and_four_to_six_agents(landlord: Landlord) -> None:
    roles = [staff.role for staff in landlord.staff]
    assert roles.count("supervisor") == 1
    assert 4 <= roles.count("agent") <= 6

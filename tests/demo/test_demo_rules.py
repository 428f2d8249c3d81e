"""Every member's tables bring every subject somewhere, for good reasons; the past was routed as the service routes."""

from collections import Counter
from datetime import date
from uuid import UUID

import pytest

from service.demo.landlord import Landlord
from service.demo.world import World, found_network
from service.domain.desks import Case, Route, find_route
from service.domain.routing import REASON_OUT_OF_SCOPE, REASON_UNKNOWN_PLACE, Situation, TargetKind
from service.domain.status import EventKind
from service.domain.table_review import silent_lines, subjects_without_desk
from service.domain.taxonomy import categories

READER, LANDLORDS = found_network(seed=7)
MEMBERS = pytest.mark.parametrize("landlord", LANDLORDS, ids=lambda landlord: landlord.plan.slug)
BY_SLUG = {landlord.plan.slug: landlord for landlord in LANDLORDS}
ADMINISTRATIVE = ("loyer", "charges", "aides_attestations", "bail_depart", "mutation", "accompagnement_social")
DAY = date(2026, 11, 25)


def _route(landlord: Landlord, category: str, *, heating: str | None, **given: object) -> Route:
    agency_id: UUID | None = landlord.agencies[0].id if heating else None
    facts = {"urgency": "normal", "abstained": False, "place_is_known": heating is not None, "is_working_time": True}
    situation = Situation(category, agency_id=agency_id, heating=heating, **(facts | given))  # type: ignore[arg-type]
    return find_route(landlord.table, Case(situation, None, DAY), landlord.desks)


def _name(landlord: Landlord, organisation_id: UUID | None) -> str | None:
    return landlord.names[organisation_id] if organisation_id else None


@MEMBERS
@pytest.mark.parametrize("heating", ["collective", "individual"])
def test_every_subject_has_a_desk(landlord: Landlord, heating: str) -> None:
    routes = {code: _route(landlord, code, heating=heating) for code in categories()}
    assert len(routes) == 40
    assert routes.pop("autre").reason == REASON_OUT_OF_SCOPE  # a person always sorts these
    assert [code for code, route in routes.items() if route.target is TargetKind.SORTING] == []
    assert subjects_without_desk(landlord.table, landlord.desks) == {}


@MEMBERS
def test_a_danger_has_a_desk_even_when_the_place_is_unknown(landlord: Landlord) -> None:
    special = {"accompagnement_social": "social", "bruit": "peace", "voisinage": "peace", "securite": "peace"}
    routes = {code: _route(landlord, code, heating=None, urgency="danger") for code in categories()}
    found = {code: landlord.teams[route.team_id].kind for code, route in routes.items()}
    assert found == dict.fromkeys(categories(), "on_call") | special
    assert {route.organisation_id for route in routes.values()} == {None}


@MEMBERS
def test_heating_goes_to_the_company_that_heats_the_dwelling(landlord: Landlord) -> None:
    for heating, trade in (("collective", "heating_collective"), ("individual", "boiler")):
        holder = landlord.holder(trade)
        assert holder
        assert _route(landlord, "chauffage", heating=heating).organisation_id == holder.id


@MEMBERS
def test_heating_of_an_unknown_place_is_sorted_by_a_person(landlord: Landlord) -> None:
    assert _route(landlord, "chauffage", heating=None).reason == REASON_UNKNOWN_PLACE


@MEMBERS
def test_paperwork_needs_no_place(landlord: Landlord) -> None:
    targets = {_route(landlord, category, heating=None).target for category in ADMINISTRATIVE}
    assert targets == {TargetKind.TEAM}


@MEMBERS
def test_own_lines_say_why_in_a_sentence_and_all_may_fire(landlord: Landlord) -> None:
    for rule in landlord.rules:
        assert rule.sentence.endswith(".")
        assert 30 <= len(rule.sentence) <= 120
    own = {rule.id for rule in landlord.rules}
    assert own.isdisjoint(silent_lines(landlord.table.rules, {}))
    assert [version.author_id for version in landlord.versions] == [landlord.supervisor.id] * bool(own)


def test_members_decided_a_few_things_and_one_of_them_nothing() -> None:
    counts = [len(landlord.rules) for landlord in LANDLORDS]
    assert counts.count(0) == 1
    assert max(counts) <= 4


def test_waste_leaves_by_itself_where_the_member_said_so_only() -> None:
    automatic = {"opal", "reims-habitat"}
    for slug, landlord in BY_SLUG.items():
        route = _route(landlord, "dechets", heating="collective")
        holder = landlord.holder("waste")
        assert holder
        assert (route.organisation_id or route.proposed_id) == holder.id
        assert (route.target is TargetKind.AUTHORITY) is (slug in automatic)


def test_one_member_has_a_rule_for_the_night() -> None:
    night = {"heating": "collective", "urgency": "urgent", "is_working_time": False}
    teams = {
        slug: landlord.teams[_route(landlord, "chauffage", **night).team_id].kind for slug, landlord in BY_SLUG.items()
    }
    assert [slug for slug, kind in teams.items() if kind == "on_call"] == ["amsom-habitat"]


def test_words_leave_only_to_a_few_suppliers() -> None:
    forwarding = [rule for landlord in LANDLORDS for rule in landlord.rules if rule.forwards_text]
    assert 0 < len(forwarding) < 10
    assert {rule.target for rule in forwarding} == {"supplier"}


def test_some_contracts_are_for_the_residences_of_a_few_communes(imagined: World) -> None:
    landlord = next(one for one in imagined.landlords if one.plan.slug == "amsom-habitat")
    local = [contract for contract in landlord.contracts if contract.residence_id and contract.trade == "lift"]
    residences = {plot.residence.id: plot.residence for plot in imagined.plots}
    assert {residences[contract.residence_id].insee for contract in local if contract.residence_id} == {
        "80620", "80016", "80212", "80253",
    }  # fmt: skip
    assert {_name(landlord, contract.organisation_id) for contract in local} == {"Élévation Haute Somme"}


def test_the_past_was_routed_by_own_lines_by_the_network_s_and_to_local_companies(imagined: World) -> None:
    own = {rule.id for landlord in imagined.landlords for rule in landlord.rules}
    by: Counter[str] = Counter()
    for story in imagined.stories:
        complaint = story.complaint
        by["own" if complaint.rule_id in own else "network" if complaint.rule_id else "nobody"] += 1
        routed = [event.data for event in story.events if event.kind == EventKind.ROUTED][-1]
        assert routed["team"] == story.landlord.names[complaint.team_id or UUID(int=0)]
        assert routed["organisation"] == _name(story.landlord, complaint.organisation_id)
        assert routed["proposed"] == _name(story.landlord, complaint.proposed_organisation_id)
        assert len(routed["also"]) <= 5
        assert routed["version"] == (1 if story.landlord.versions else None)
    assert by["network"] > by["own"] > 0
    assert any(story.complaint.proposed_organisation_id for story in imagined.stories)


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

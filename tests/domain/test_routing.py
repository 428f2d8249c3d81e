from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from service.domain.desks import (
    NO_CONTRACT,
    REASON_NO_AGENCY_TEAM,
    REASON_NO_TEAM,
    Case,
    Desks,
    Route,
    Term,
    find_route,
)
from service.domain.routing import (
    ALSO,
    CONDITIONS,
    REASON_ABSTAINED,
    REASON_FAMILY,
    REASON_NO_RULE,
    REASON_OUT_OF_SCOPE,
    REASON_UNKNOWN_PLACE,
    Rule,
    Situation,
    Table,
    TargetKind,
    conditions_of,
)

TEAM, OTHER_TEAM, SORTING, AGENCY_TEAM = uuid4(), uuid4(), uuid4(), uuid4()
AGENCY, RESIDENCE = uuid4(), uuid4()
SUPPLIER, LOCAL_SUPPLIER, AUTHORITY = uuid4(), uuid4(), uuid4()
DAY = date(2026, 11, 25)
HEATED = Situation(
    "chauffage", "urgent", abstained=False, place_is_known=True, heating="collective", agency_id=AGENCY,
    residence_id=RESIDENCE, insee="80021", has_lift=True, nature="demande", is_working_time=False,
    needs=frozenset({"langue", "personne_agee"}),
)  # fmt: skip


def rule(position: int, **given: object) -> Rule:
    return Rule(id=uuid4(), position=position, **({"team_id": TEAM, "sentence": f"règle {position}"} | given))  # type: ignore[arg-type]


COLLECTIVE = rule(1, category="chauffage", heating="collective")
HEATING = rule(2, category="chauffage")
FAMILY = rule(3, family="logement")
DANGER = rule(0, urgency="danger", needs_place=False)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (HEATED, "règle 1"),
        (replace(HEATED, heating="individual"), "règle 2"),
        (replace(HEATED, category="plomberie"), "règle 3"),
        (replace(HEATED, category="plomberie", urgency="danger"), "règle 0"),
        (replace(HEATED, urgency="danger", abstained=True), "règle 0"),
        (replace(HEATED, urgency="danger", place_is_known=False), "règle 0"),
        (replace(HEATED, category=None, urgency="danger"), "règle 0"),
        (replace(HEATED, abstained=True), REASON_ABSTAINED),
        (replace(HEATED, category=None), REASON_ABSTAINED),
        (replace(HEATED, category="autre"), REASON_OUT_OF_SCOPE),
        (replace(HEATED, place_is_known=False), REASON_UNKNOWN_PLACE),
    ],
)
def test_the_first_line_that_fits_decides(situation: Situation, expected: str) -> None:
    decision = Table([FAMILY, HEATING, DANGER, COLLECTIVE]).decide(situation)
    assert decision.reason == expected
    assert (decision.rule is None) == (not expected.startswith("règle"))


def test_without_a_line_a_person_sorts() -> None:
    assert Table([]).decide(HEATED).reason == REASON_NO_RULE


# condition -> a value that the situation meets, and one that it does not
ASKED: dict[str, tuple[object, object]] = {
    "category": ("chauffage", "eau_chaude"),
    "family": ("logement", "residence"),
    "urgency": ("urgent", "normal"),
    "nature": ("demande", "relance"),
    "heating": ("collective", "individual"),
    "has_lift": (True, False),
    "agency_id": (AGENCY, uuid4()),
    "residence_id": (RESIDENCE, uuid4()),
    "insee": ("80021", "80001"),
    "hours": ("off", "working"),
    "need": ("langue", "mobilite_reduite"),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_is_looked_at(name: str) -> None:
    met, unmet = ASKED[name]
    assert Table([rule(1, **{name: met})]).decide(HEATED).reason == "règle 1"
    assert Table([rule(1, **{name: unmet})]).decide(HEATED).reason == REASON_NO_RULE
    assert conditions_of(rule(1, **{name: met})) == {name: met}


def test_nothing_is_known_of_hours_nobody_asked_about() -> None:
    for hours in ("working", "off"):
        decision = Table([rule(1, hours=hours)]).decide(replace(HEATED, is_working_time=None))
        assert decision.reason == REASON_NO_RULE


def test_a_member_s_own_lines_come_before_the_network_s() -> None:
    own, network = rule(7, category="chauffage"), rule(1, category="chauffage")
    decision = Table([own], [network]).decide(HEATED)
    assert (decision.rule, decision.others) == (own, (network,))


def test_lines_that_would_have_fired_are_told_in_order_and_not_too_many() -> None:
    lines = [rule(position, category="chauffage") for position in range(1, 9)]
    decision = Table(lines, [rule(1, category="loyer")]).decide(HEATED)
    assert decision.others == tuple(lines[1 : ALSO + 1])
    unsure = Table(lines).decide(replace(HEATED, abstained=True))
    assert (unsure.rule, unsure.others) == (None, tuple(lines[:ALSO]))


def test_a_table_asked_twice_answers_by_what_its_lines_look_at() -> None:
    table = Table([rule(1, insee="80021"), rule(2, need="langue"), rule(3)])
    assert table.decide(HEATED).reason == "règle 1"
    assert table.decide(replace(HEATED, insee="80001")).reason == "règle 2"
    assert table.decide(replace(HEATED, insee="80001", needs=frozenset())).reason == "règle 3"
    assert table.decide(replace(HEATED, place_is_known=False)).reason == REASON_UNKNOWN_PLACE


def desks(**given: object) -> Desks:
    whole: dict[str, object] = {
        "sorting_id": SORTING,
        "kinds": {TEAM: "technical", OTHER_TEAM: "peace", SORTING: "sorting", AGENCY_TEAM: "agency"},
        "agency_teams": {AGENCY: AGENCY_TEAM},
        "organisations": {
            SUPPLIER: TargetKind.SUPPLIER,
            LOCAL_SUPPLIER: TargetKind.SUPPLIER,
            AUTHORITY: TargetKind.AUTHORITY,
        },
        "contracts": {},
        "by_kind": {"technical": TEAM, "peace": OTHER_TEAM, "sorting": SORTING},
    }
    return Desks(**(whole | given))  # type: ignore[arg-type]


def route(*lines: Rule, situation: Situation = HEATED, family: str | None = None, **given: object) -> Route:
    return find_route(Table(lines), Case(situation, family, DAY), desks(**given))


def test_a_line_leads_to_its_team_to_the_agency_s_or_to_the_team_of_a_kind() -> None:
    assert route(rule(1)).team_id == TEAM
    assert route(rule(1, team_id=None, use_agency_team=True)).team_id == AGENCY_TEAM
    assert route(rule(1, team_id=None, team_kind="peace")).team_id == OTHER_TEAM
    assert route(rule(1)).target is TargetKind.TEAM


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (rule(1, team_id=None, team_kind="charges"), REASON_NO_TEAM),
        (rule(1, team_id=None), REASON_NO_TEAM),
        (rule(1, team_id=uuid4()), REASON_NO_TEAM),
        (rule(1, team_id=SORTING), "règle 1"),
    ],
)
def test_a_line_without_a_team_of_this_member_leaves_it_to_a_person(line: Rule, reason: str) -> None:
    found = route(line)
    assert (found.target, found.team_id, found.rule, found.reason) == (TargetKind.SORTING, SORTING, line, reason)


def test_an_agency_without_a_team_leaves_it_to_a_person() -> None:
    found = route(rule(1, team_id=None, use_agency_team=True), agency_teams={})
    assert (found.target, found.reason) == (TargetKind.SORTING, REASON_NO_AGENCY_TEAM)


def test_a_named_organisation_receives_it_and_the_team_follows() -> None:
    found = route(rule(1, organisation_id=SUPPLIER))
    assert (found.target, found.team_id, found.organisation_id) == (TargetKind.SUPPLIER, TEAM, SUPPLIER)
    assert route(rule(1, organisation_id=AUTHORITY)).target is TargetKind.AUTHORITY


TRADE = rule(1, trade="lift", own_sentence="Nous-mêmes.")


@pytest.mark.parametrize(
    ("contracts", "holder"),
    [
        ({}, None),
        ({("lift", None): [Term(SUPPLIER)]}, SUPPLIER),
        ({("lift", None): [Term(SUPPLIER)], ("lift", RESIDENCE): [Term(LOCAL_SUPPLIER)]}, LOCAL_SUPPLIER),
        ({("lift", None): [Term(SUPPLIER)], ("lift", uuid4()): [Term(LOCAL_SUPPLIER)]}, SUPPLIER),
        ({("boiler", None): [Term(SUPPLIER)]}, None),
        ({("lift", None): [Term(SUPPLIER, starts_on=DAY, ends_on=DAY)]}, SUPPLIER),
        ({("lift", None): [Term(SUPPLIER, ends_on=date(2026, 11, 24))]}, None),
        ({("lift", None): [Term(SUPPLIER, starts_on=date(2026, 11, 26))]}, None),
        # The residence's contract is over: the member's holds again.
        (
            {("lift", None): [Term(SUPPLIER)], ("lift", RESIDENCE): [Term(LOCAL_SUPPLIER, ends_on=date(2026, 1, 1))]},
            SUPPLIER,
        ),
        ({("lift", None): [Term(LOCAL_SUPPLIER, ends_on=date(2025, 12, 31)), Term(SUPPLIER)]}, SUPPLIER),
    ],
)
def test_a_trade_leads_to_whoever_has_the_contract_here_that_day(
    contracts: dict[tuple[str, UUID | None], list[Term]], holder: UUID | None
) -> None:
    found = route(TRADE, contracts=contracts)
    assert (found.organisation_id, found.team_id) == (holder, TEAM)
    assert found.target is (TargetKind.SUPPLIER if holder else TargetKind.TEAM)
    assert found.reason == ("règle 1" if holder else "Nous-mêmes.")


def test_a_line_without_words_for_a_missing_contract_says_so_all_the_same() -> None:
    assert route(replace(TRADE, own_sentence="")).reason == NO_CONTRACT


def test_an_organisation_may_be_proposed_to_a_person_only() -> None:
    found = route(rule(1, organisation_id=AUTHORITY, is_automatic=False))
    assert (found.target, found.organisation_id, found.proposed_id) == (TargetKind.TEAM, None, AUTHORITY)
    assert found.reason == "règle 1"


@pytest.mark.parametrize(("is_default", "target"), [(True, TargetKind.TEAM), (False, TargetKind.AUTHORITY)])
def test_only_a_member_s_own_line_brings_anything_to_an_authority(*, is_default: bool, target: TargetKind) -> None:
    contracts = {("waste", None): [Term(AUTHORITY)]}
    found = route(rule(1, trade="waste", is_default=is_default), contracts=contracts)
    assert found.target is target
    assert (found.proposed_id == AUTHORITY) is is_default


def test_a_danger_never_hangs_on_a_contract() -> None:
    line = rule(1, trade="lift", own_sentence="L'équipe répond.")
    found = route(line, situation=replace(HEATED, urgency="danger"), contracts={("lift", None): [Term(SUPPLIER)]})
    assert (found.target, found.team_id, found.organisation_id) == (TargetKind.TEAM, TEAM, None)
    assert found.reason == "L'équipe répond."


UNSURE = Situation("bruit", "normal", abstained=True, place_is_known=True)


def by_family(*lines: Rule, situation: Situation = UNSURE) -> UUID | None:
    found = route(*lines, situation=situation, family="tranquillite", contracts={("waste", None): [Term(SUPPLIER)]})
    return found.team_id if found.reason == REASON_FAMILY else None


def test_a_family_that_leads_to_one_team_needs_no_category() -> None:
    assert by_family(rule(1, family="tranquillite")) == TEAM
    assert by_family(rule(1, category="bruit"), rule(2, family="tranquillite")) == TEAM
    # What is only proposed stays with the team.
    assert by_family(rule(1, category="bruit", trade="waste", is_automatic=False), rule(2)) == TEAM


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [rule(1, category="bruit")],  # the others go to no desk
        [rule(1, category="bruit", team_id=OTHER_TEAM), rule(2, family="tranquillite")],
        [rule(1, category="securite", organisation_id=AUTHORITY), rule(2, family="tranquillite")],
        [rule(1, category="securite", trade="waste"), rule(2, family="tranquillite")],
        [rule(1, family="tranquillite", organisation_id=SUPPLIER)],
        [rule(1, family="tranquillite", team_id=SORTING)],
        [rule(1, family="tranquillite", team_id=None)],
    ],
)
def test_a_family_of_which_one_category_goes_elsewhere_is_sorted_by_a_person(lines: list[Rule]) -> None:
    assert by_family(*lines) is None


def test_a_family_that_needs_the_place_is_sorted_by_a_person_without_it() -> None:
    nowhere = replace(UNSURE, place_is_known=False)
    assert by_family(rule(1, family="tranquillite"), situation=nowhere) is None
    assert by_family(rule(1, family="tranquillite", needs_place=False), situation=nowhere) == TEAM


def test_a_danger_is_not_routed_by_its_family() -> None:
    assert by_family(rule(1, family="tranquillite"), situation=replace(UNSURE, urgency="danger")) is None


def test_a_family_with_what_is_out_of_scope_is_sorted_by_a_person() -> None:
    found = route(rule(1), situation=UNSURE, family="relation")
    assert (found.target, found.reason) == (TargetKind.SORTING, REASON_ABSTAINED)

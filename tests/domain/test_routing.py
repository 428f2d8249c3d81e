from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from service.domain.routing import (
    REASON_ABSTAINED,
    REASON_NO_RULE,
    REASON_OUT_OF_SCOPE,
    REASON_UNKNOWN_PLACE,
    Decision,
    Rule,
    Situation,
    TargetKind,
    choose,
    choose_for_family,
)

TEAM = uuid4()
HEATED = Situation("chauffage", "urgent", abstained=False, place_is_known=True, heating="collective")


def rule(position: int, **conditions: object) -> Rule:
    given = {"target": TargetKind.TEAM, "team_id": TEAM, "sentence": f"règle {position}"} | conditions
    return Rule(id=uuid4(), position=position, **given)  # type: ignore[arg-type]


COLLECTIVE = rule(1, category="chauffage", heating="collective", target=TargetKind.SUPPLIER)
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
def test_the_first_rule_that_fits_decides(situation: Situation, expected: str) -> None:
    decision = choose([FAMILY, HEATING, DANGER, COLLECTIVE], situation, "logement")
    assert decision.reason == expected
    assert (decision.rule is None) == (decision.target is TargetKind.SORTING)


def test_without_a_rule_a_person_sorts() -> None:
    assert choose([], HEATED, "logement").reason == REASON_NO_RULE


def test_a_rule_of_another_agency_does_not_fit() -> None:
    elsewhere = rule(1, agency_id=uuid4())
    assert choose([elsewhere], replace(HEATED, agency_id=uuid4()), "logement").reason == REASON_NO_RULE


def test_a_subject_that_needs_no_place_is_routed_without_one() -> None:
    rent = rule(1, category="loyer", needs_place=False)
    decision = choose([rent], Situation("loyer", "faible", abstained=False, place_is_known=False), "gestion")
    assert decision.rule == rent


UNSURE = Situation("bruit", "normal", abstained=True, place_is_known=True)
PEACE = ("bruit", "voisinage", "securite")


def team_for_peace(*rules: Rule, situation: Situation = UNSURE) -> UUID | None:
    def team_of(decision: Decision) -> UUID | None:
        return decision.rule.team_id if decision.rule else None

    return choose_for_family(rules, situation, "tranquillite", PEACE, team_of)


def test_a_family_that_leads_to_one_team_needs_no_category() -> None:
    assert team_for_peace(rule(1, family="tranquillite")) == TEAM
    assert team_for_peace(rule(1, category="bruit"), rule(2, family="tranquillite")) == TEAM


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [rule(1, category="bruit")],  # the others go to no desk
        [rule(1, category="bruit", team_id=uuid4()), rule(2, family="tranquillite")],
        [rule(1, category="securite", target=TargetKind.AUTHORITY), rule(2, family="tranquillite")],
        [rule(1, category="securite", target=TargetKind.SUPPLIER), rule(2, family="tranquillite")],
        [rule(1, family="tranquillite", target=TargetKind.SUPPLIER)],
        [rule(1, family="tranquillite", organisation_id=uuid4())],
        [rule(1, family="tranquillite", team_id=None)],  # the team is the sorting desk
    ],
)
def test_a_family_of_which_one_category_goes_elsewhere_is_sorted_by_a_person(rules: list[Rule]) -> None:
    assert team_for_peace(*rules) is None


def test_a_family_that_needs_the_place_is_sorted_by_a_person_without_it() -> None:
    nowhere = replace(UNSURE, place_is_known=False)
    assert team_for_peace(rule(1, family="tranquillite"), situation=nowhere) is None
    assert team_for_peace(rule(1, family="tranquillite", needs_place=False), situation=nowhere) == TEAM


def test_a_danger_is_not_routed_by_its_family() -> None:
    assert team_for_peace(rule(1, family="tranquillite"), situation=replace(UNSURE, urgency="danger")) is None


def test_a_family_with_what_is_out_of_scope_is_sorted_by_a_person() -> None:
    anything = rule(1)
    codes = ("relation_client", "autre")
    assert choose_for_family([anything], UNSURE, "relation", codes, lambda _: TEAM) is None

from dataclasses import replace
from uuid import uuid4

import pytest

from service.domain.routing import (
    REASON_ABSTAINED,
    REASON_NO_RULE,
    REASON_OUT_OF_SCOPE,
    REASON_UNKNOWN_PLACE,
    Rule,
    Situation,
    TargetKind,
    choose,
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

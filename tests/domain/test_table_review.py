from uuid import uuid4

import pytest

from service.domain.default_rules import default_rules
from service.domain.desks import REASON_NO_TEAM, Desks, Spot
from service.domain.routing import REASON_NO_RULE, Rule, Table
from service.domain.table_review import silent_lines, subjects_without_desk
from service.domain.taxonomy import categories

AGENCY, RESIDENCE, TEAM = uuid4(), uuid4(), uuid4()
PLACES = {RESIDENCE: Spot(AGENCY, "80021")}


def rule(**given: object) -> Rule:
    return Rule(id=uuid4(), position=1, sentence="", team_id=TEAM, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({}, {"category": "bruit"}),
        ({"category": "bruit"}, {"category": "bruit"}),
        ({"category": "bruit"}, {"category": "bruit", "urgency": "urgent"}),
        ({"family": "tranquillite"}, {"category": "bruit"}),
        ({"agency_id": AGENCY}, {"residence_id": RESIDENCE}),
        ({"insee": "80021"}, {"residence_id": RESIDENCE, "category": "bruit"}),
        ({"urgency": "danger"}, {"urgency": "danger", "category": "bruit"}),
        ({"has_lift": False}, {"has_lift": False, "need": "langue"}),
    ],
)
def test_a_line_after_one_that_takes_all_it_would_take_never_fires(
    earlier: dict[str, object], later: dict[str, object]
) -> None:
    first, second = rule(**earlier), rule(**later)
    silent = silent_lines([first, second], PLACES)
    assert list(silent) == [second.id]
    assert (silent[second.id].code, silent[second.id].hidden_by) == ("hidden", first)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"category": "bruit", "urgency": "urgent"}, {"category": "bruit"}),
        ({"category": "bruit"}, {"category": "voisinage"}),
        ({"category": "bruit"}, {"family": "tranquillite"}),
        ({"insee": "80001"}, {"residence_id": RESIDENCE}),
        ({"need": "langue"}, {"need": "personne_agee"}),
        ({}, {"urgency": "danger"}),  # lines about danger are asked first
        ({"urgency": "danger"}, {"category": "bruit"}),
        ({"has_lift": True}, {"has_lift": False}),
    ],
)
def test_a_line_that_takes_something_else_may_fire(earlier: dict[str, object], later: dict[str, object]) -> None:
    assert silent_lines([rule(**earlier), rule(**later)], PLACES) == {}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"category": "bruit", "family": "residence"}, "contradiction"),
        ({"residence_id": RESIDENCE, "insee": "80001"}, "contradiction"),
        ({"residence_id": RESIDENCE, "agency_id": uuid4()}, "contradiction"),
        ({"category": "autre"}, "out_of_scope"),
    ],
)
def test_a_line_that_contradicts_itself_or_is_out_of_scope_never_fires(given: dict[str, object], code: str) -> None:
    line = rule(**given)
    assert silent_lines([line], PLACES)[line.id].code == code


def test_a_danger_out_of_scope_fires() -> None:
    assert silent_lines([rule(category="autre", urgency="danger")], PLACES) == {}


def test_every_line_of_the_network_may_fire() -> None:
    assert silent_lines(default_rules(), {}) == {}


def desks(kinds: tuple[str, ...]) -> Desks:
    teams = {kind: uuid4() for kind in ("sorting", *kinds)}
    by_id = {team: kind for kind, team in teams.items()}
    return Desks(teams["sorting"], by_id, {}, {}, {}, teams)


def test_subjects_that_no_line_takes_whole_are_told() -> None:
    assert set(subjects_without_desk(Table([]), desks(()))) == set(categories()) - {"autre"}
    line = Rule(id=uuid4(), position=1, sentence="", use_agency_team=True, family="logement")
    some = subjects_without_desk(Table([line, rule(category="bruit", urgency="urgent")]), desks(()))
    assert "chauffage" not in some
    assert some["bruit"] == REASON_NO_RULE


def test_subjects_whose_team_a_member_lacks_are_told() -> None:
    everything = ("technical", "on_call", "peace", "charges", "tenancy", "allocation", "social", "works")
    assert subjects_without_desk(Table([], default_rules()), desks(everything)) == {"relation_client": REASON_NO_TEAM}

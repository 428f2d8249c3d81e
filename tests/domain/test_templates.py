"""Templates: which fit, what is filled, and what must never leave with braces in it."""

import re

import pytest

from service.domain.errors import BadInput
from service.domain.taxonomy import categories
from service.domain.templates import (
    MAX_BODY,
    STATES,
    VARIABLES,
    State,
    Template,
    Unfilled,
    Use,
    check_template,
    check_words,
    fill,
    left_open,
    network_templates,
    state_of,
)

FACTS = {name: variable.example for name, variable in VARIABLES.items()}


def template(**given: str) -> Template:
    said = {"key": "", "name": "Panne", "use": "answer", "body": "Bonjour {prenom_agent}", **given}
    return Template(**said)  # type: ignore[arg-type]


def test_what_is_known_is_filled_and_the_rest_stays() -> None:
    assert fill("{reference}, le { date_passage } {x}", {"reference": "K7M4"}) == "K7M4, le { date_passage } {x}"
    assert left_open("{a} {b} {a} {} { c }") == ("a", "b", "", "c")


def test_what_stands_in_a_value_is_not_filled_in_turn() -> None:
    assert fill("{lieu} {reference}", {"lieu": "{reference}", "reference": "X"}) == "{reference} X"


def test_words_with_braces_left_do_not_leave() -> None:
    with pytest.raises(Unfilled) as refused:
        check_words("Nous passons le {date_passage}.", "sentence")
    assert (refused.value.names, refused.value.field, refused.value.code) == (("date_passage",), "sentence", "unfilled")
    assert check_words("Sans accolades") == "Sans accolades"
    with pytest.raises(BadInput, match="blank"):
        check_words("  ")


@pytest.mark.parametrize("one", network_templates(), ids=lambda one: one.key)
def test_every_template_of_the_network_is_one_a_member_could_write(one: Template) -> None:
    check_template(one)
    assert left_open(fill(one.body, FACTS)) == ()
    if one.use in (Use.QUESTION, Use.CLOSING):
        assert not one.body.startswith("Bonjour")  # the letter greets
    assert "—" not in one.body
    assert not re.search(r"[’]", one.body)


def test_the_network_has_what_every_state_and_use_needs() -> None:
    known = network_templates()
    assert len({one.key for one in known}) == len({one.name for one in known}) == len(known)
    assert {one.use for one in known} >= {Use.ANSWER, Use.QUESTION, Use.CLOSING, Use.PARTNER}
    for category in categories():
        for state in STATES:
            if state != State.WAITING:
                assert any(one.use == Use.ANSWER and one.fits(category, state) for one in known), (category, state)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"body": ""}, "body"),
        ({"body": "x" * (MAX_BODY + 1)}, "body"),
        ({"body": "Bonjour {civilite}"}, "body"),
        ({"use": "poem"}, "use"),
        ({"state": "done"}, "state"),
        ({"category": "nothing"}, "about"),
        ({"family": "nothing"}, "about"),
        ({"category": "loyer", "family": "gestion"}, "about"),
    ],
)
def test_what_cannot_be_a_template_is_refused_on_its_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_template(template(**given))
    assert refused.value.field == field


def test_a_template_fits_by_subject_theme_and_state() -> None:
    lift = template(category="ascenseur", state="first")
    assert lift.fits("ascenseur", "first")
    assert not lift.fits("ascenseur", "late")
    assert not lift.fits("chauffage", "first")
    assert template(family="residence").fits("ascenseur", "late")
    assert not template(family="residence").fits(None, "first")
    assert template().fits(None, "waiting")
    assert lift.weight > template(family="residence", state="first").weight > template(state="first").weight


def test_what_is_late_is_said_before_what_waits() -> None:
    assert state_of(is_answered=False, is_paused=True, is_late=True) == State.LATE
    assert state_of(is_answered=False, is_paused=True, is_late=False) == State.WAITING
    assert state_of(is_answered=True, is_paused=False, is_late=False) == State.GOING_ON
    assert state_of(is_answered=False, is_paused=False, is_late=False) == State.FIRST

"""The questions beside the message: a file that is right, answers that are checked, dangers that are told."""

import copy
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from service.domain import questions
from service.domain.errors import BadInput
from service.domain.questions import (
    MAX_ANSWER,
    MOST,
    WHERE,
    QuestionsFaulty,
    details_of,
    lines_of,
    questions_of,
    read_questions,
    told_by,
    with_answers,
)
from service.domain.taxonomy import categories

LONGEST_LABEL = 90  # characters: read at once on a telephone
FORBIDDEN = ("maladie", "malade", "médecin", "handicap", "traitement", "enceinte")


@pytest.fixture
def lines() -> dict[str, Any]:
    with questions._DATA.open("rb") as file:
        return copy.deepcopy(tomllib.load(file))


def test_every_category_asks_at_most_four_questions() -> None:
    assert all(1 <= len(questions_of(code)) <= MOST for code in categories())
    assert questions_of(None) == ()
    assert questions_of("inconnu") == ()


def test_a_question_is_short_and_asks_nothing_about_health() -> None:
    every = [question for code in categories() for question in questions_of(code)]
    said = [question.label for question in every] + [option.label for one in every for option in one.options]
    for label in said:
        assert len(label) <= LONGEST_LABEL, label
        assert not any(word in label.lower() for word in FORBIDDEN), label


def test_whoever_says_that_a_person_is_trapped_in_the_lift_is_in_danger() -> None:
    told = told_by(details_of("ascenseur", "common", {"trapped": "yes"}))
    assert (told.level, told.types) == ("danger", ("trapped",))
    assert told_by(details_of("ascenseur", "common", {"trapped": "no"})).level == "none"


def test_much_water_is_a_doubt_and_water_near_electricity_a_danger() -> None:
    assert told_by(details_of("plomberie", None, {"running": "much"})).level == "check"
    both = told_by(details_of("plomberie", None, {"running": "much", "near_electricity": "yes"}))
    assert (both.level, both.types) == ("danger", ("electric", "flood"))


def test_answers_are_kept_in_french_as_asked_and_as_answered() -> None:
    kept = details_of("chauffage", "home", {"temperature": "under16", "neighbours": "unknown", "since": " "})
    assert kept["where"] == "home"
    assert kept["answers"] == [
        {"question": "Quelle température fait-il chez vous ?", "answer": "Moins de 16 degrés"},
        {"question": "Vos voisins ont-ils le même problème ?", "answer": "Je ne sais pas"},
    ]
    assert lines_of(kept)[0] == ("Où", "Chez moi")
    assert lines_of(kept)[1] == ("Quelle température fait-il chez vous ?", "Moins de 16 degrés")


def test_what_is_read_with_the_message_is_what_the_answer_says_never_the_question() -> None:
    kept = details_of("ascenseur", None, {"trapped": "no", "entrance": "Entrée B"})
    assert with_answers("L'ascenseur est en panne", kept) == "L'ascenseur est en panne\nEntrée B"
    assert with_answers("L'ascenseur est en panne", {}) == "L'ascenseur est en panne"


@pytest.mark.parametrize(
    ("where", "answers", "code", "field"),
    [
        ("moon", {}, "unknown_value", "where"),
        (None, {"trapped": "perhaps"}, "unknown_value", "trapped"),
        (None, {"temperature": "under16"}, "unknown_value", "temperature"),
        (None, {"entrance": "a" * (MAX_ANSWER + 1)}, "too_long", "entrance"),
        (None, {"entrance": "a\x00"}, "unstorable", "entrance"),
    ],
)
def test_an_answer_that_is_not_one_is_refused_by_name(
    where: str | None, answers: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        details_of("ascenseur", where, answers)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_nothing_said_keeps_nothing() -> None:
    assert details_of("chauffage", None, {}) == {}
    assert {details_of(None, where, {})["where"] for where in WHERE} == set(WHERE)


def _forget_a_category(lines: dict[str, Any]) -> None:
    del lines["category"]["chauffage"]


def _ask_five(lines: dict[str, Any]) -> None:
    lines["category"]["chauffage"] = ["since", "neighbours", "radiators", "temperature", "room"]


def _ask_the_unknown(lines: dict[str, Any]) -> None:
    lines["category"]["loyer"] = ["horoscope"]


def _invent_a_danger(lines: dict[str, Any]) -> None:
    lines["question"]["trapped"]["options"][0]["danger"] = "dragons"


def _leave_one_option(lines: dict[str, Any]) -> None:
    del lines["question"]["trapped"]["options"][1]


def _repeat_an_option(lines: dict[str, Any]) -> None:
    lines["question"]["trapped"]["options"][1]["code"] = "yes"


def _ask_for_nobody(lines: dict[str, Any]) -> None:
    lines["question"]["lonely"] = {"label": "Pour personne ?", "kind": "text"}


@pytest.mark.parametrize(
    "damage",
    [
        _forget_a_category,
        _ask_five,
        _ask_the_unknown,
        _invent_a_danger,
        _leave_one_option,
        _repeat_an_option,
        _ask_for_nobody,
    ],
)
def test_a_file_that_is_not_right_is_refused(lines: dict[str, Any], damage: Callable[[dict[str, Any]], None]) -> None:
    assert set(read_questions(lines)) == set(categories())
    damage(lines)
    with pytest.raises(QuestionsFaulty):
        read_questions(lines)

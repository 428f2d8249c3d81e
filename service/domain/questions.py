"""What is asked besides the message: at most four questions for each category, and what their answers tell.

An answer is kept in French as asked and as answered. Beside it stand the words that are read with the message, and the
dangers it tells of: what was asked may change later, what was said may not.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.errors import BadInput
from service.domain.languages import N_
from service.domain.safety import advice_for
from service.domain.submission import is_storable
from service.domain.taxonomy import categories

_DATA = Path(__file__).parent / "data" / "questions.toml"
MOST = 4  # questions of one category
MAX_ANSWER = 200  # characters
KINDS = ("choice", "text")

# Where it is, in the tenant's eyes.
WHERE = {
    "home": N_("Chez moi"),
    "common": N_("Parties communes"),
    "outside": N_("Dehors"),
    "paper": N_("Sur une facture ou un papier"),
    "person": N_("Avec une personne"),
}


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen. `danger` and `doubt` are types of safety advice: sure, or to check."""

    code: str
    label: str
    says: str = ""
    danger: str | None = None
    doubt: str | None = None


@dataclass(frozen=True)
class Question:
    """One question, answered by a choice or by a short text."""

    code: str
    label: str
    kind: str = "choice"
    hint: str = ""
    options: tuple[Option, ...] = ()

    def option(self, code: str) -> Option | None:
        """Return the option of a code, or None."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True)
class Told:
    """What the answers tell beside the message."""

    words: str = ""
    dangers: tuple[str, ...] = ()  # types: whoever answered so is in danger
    doubts: tuple[str, ...] = ()  # types: a person checks

    @property
    def level(self) -> str:
        """The level of danger the answers call for: none, check or danger."""
        return "danger" if self.dangers else "check" if self.doubts else "none"

    @property
    def types(self) -> tuple[str, ...]:
        """The types of danger told of, the sure ones first."""
        return tuple(dict.fromkeys((*self.dangers, *self.doubts)))


class QuestionsFaulty(ValueError):
    """The file of questions says something that cannot be."""


@cache
def _asked() -> dict[str, tuple[Question, ...]]:
    with _DATA.open("rb") as file:
        return read_questions(tomllib.load(file))


def questions_of(category: str | None) -> tuple[Question, ...]:
    """Return the questions of a category, in order; none of them needs an answer."""
    return _asked().get(category or "", ())


def details_of(category: str | None, where: str | None, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return what is kept with a complaint: where, and the answers by question code, in French. Empty ones are left.

    Raises
    ------
    BadInput
        `unknown_value` when the place, a question of the category or an option is not one of ours; `too_long` or
        `unstorable` for a text. The field is `where` or the code of the question.

    """
    if where and where not in WHERE:
        raise BadInput("unknown_value", "where")
    asked = {question.code: question for question in questions_of(category)}
    unknown = next((code for code in answers if code not in asked), None)
    if unknown is not None:
        raise BadInput("unknown_value", unknown)
    given = [(question, answers[code].strip()) for code, question in asked.items() if answers.get(code, "").strip()]
    told = _told(given)
    kept: dict[str, Any] = {"where": where} if where else {}
    if given:
        kept["answers"] = [
            {"question": question.label, "answer": _in_words(question, said)} for question, said in given
        ]
    kept |= {"read": told.words} if told.words else {}
    kept |= {"dangers": list(told.dangers)} if told.dangers else {}
    return kept | ({"doubts": list(told.doubts)} if told.doubts else {})


def told_by(details: Mapping[str, Any]) -> Told:
    """Return what the answers kept with a complaint tell."""
    return Told(str(details.get("read", "")), tuple(details.get("dangers", ())), tuple(details.get("doubts", ())))


def lines_of(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the tenant told beside the message, as staff read it: what was asked, and the answer."""
    where = WHERE.get(str(details.get("where", "")))
    told = [("Où", where)] if where else []
    return told + [(str(one["question"]), str(one["answer"])) for one in details.get("answers", ())]


def with_answers(text: str, details: Mapping[str, Any]) -> str:
    """Return the words that are read: the message, then what the answers say."""
    told = told_by(details)
    return f"{text}\n{told.words}" if told.words else text


def _in_words(question: Question, answer: str) -> str:
    option = question.option(answer)
    return option.label if option else answer


def _told(given: Iterable[tuple[Question, str]]) -> Told:
    words: list[str] = []
    dangers: list[str] = []
    doubts: list[str] = []
    for question, answer in given:
        if question.kind == "text":
            _check_text(question, answer)
            words.append(answer)
            continue
        option = question.option(answer)
        if option is None:
            raise BadInput("unknown_value", question.code)
        words += [option.says] if option.says else []
        dangers += [option.danger] if option.danger else []
        doubts += [option.doubt] if option.doubt else []
    # One line each: what is said of one thing is not read with what is said of the next.
    return Told("\n".join(words), tuple(dangers), tuple(doubts))


def _check_text(question: Question, answer: str) -> None:
    if not is_storable(answer):
        raise BadInput("unstorable", question.code)
    if len(answer) > MAX_ANSWER:
        raise BadInput("too_long", question.code)


def read_questions(lines: Mapping[str, Any]) -> dict[str, tuple[Question, ...]]:
    """Return the questions of each category.

    Raises
    ------
    QuestionsFaulty
        When a category is missing or unknown, asks too much, or a question, an option or a danger is not right.

    """
    known = {code: _question(code, line) for code, line in lines["question"].items()}
    asked: dict[str, list[str]] = lines["category"]
    if set(asked) != set(categories()):
        raise QuestionsFaulty(f"categories: {sorted(set(asked) ^ set(categories()))}")
    for category, codes in asked.items():
        if len(codes) > MOST or len(set(codes)) < len(codes) or not set(codes) <= set(known):
            raise QuestionsFaulty(f"questions of {category}: {codes}")
    unused = set(known) - {code for codes in asked.values() for code in codes}
    if unused:
        raise QuestionsFaulty(f"asked by no category: {sorted(unused)}")
    return {category: tuple(known[code] for code in codes) for category, codes in asked.items()}


def _question(code: str, line: Mapping[str, Any]) -> Question:
    options = tuple(Option(**option) for option in line.get("options", ()))
    question = Question(code, line["label"], line.get("kind", "choice"), line.get("hint", ""), options)
    codes = [option.code for option in options]
    is_right = question.kind in KINDS and (len(codes) > 1) == (question.kind == "choice")
    if not is_right or len(set(codes)) < len(codes):
        raise QuestionsFaulty(f"question {code}")
    for option in options:
        for danger in (option.danger, option.doubt):
            # A type without an advice of its own only has the general one.
            if danger and len(advice_for([danger])) == 1:
                raise QuestionsFaulty(f"danger {danger} of {code}.{option.code}")
    return question

"""What a tenant chose beside the message: its subject, answers to a few questions, whether it is a known problem."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from service.domain.errors import BadInput
from service.domain.languages import N_
from service.domain.questions import MAX_ANSWER, Question, details_of, questions_of
from service.domain.taxonomy import categories
from service.tenant.languages import gettext as _

DIFFERENT = "autre"  # « mon problème est différent »
ANSWER = "q-"  # before the code of a question in the name of its field
_MOST_SEEN = 10  # known problems on one page
_ERRORS = {
    "too_long": N_("C'est trop long : %(most)s caractères au plus."),
    "unstorable": N_("Un signe est illisible ici. Effacez-le ou recommencez ce champ."),
}


@dataclass(frozen=True)
class Choices:
    """`asked` is the subject whose questions were shown: `subject` may be another, or none."""

    subject: str = ""
    asked: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    incident: UUID | None = None
    differs_from: tuple[UUID, ...] = ()


NO_CHOICE = Choices()


def read_choices(form: MultiDict[str, str]) -> Choices:
    """Return what was chosen. What is not one of ours was chosen by no person, and counts as not chosen."""
    subject, asked, known = form.get("sujet", ""), form.get("questions", ""), form.get("connu", "")
    answers = {question.code: _answer(question, form) for question in questions_of(asked)}
    return Choices(
        subject=subject if subject in categories() else "",
        asked=asked if asked in categories() else "",
        answers={code: answer for code, answer in answers.items() if answer},
        incident=next(_ids([known]), None),
        differs_from=tuple(_ids(form.getlist("vu"))) if known == DIFFERENT else (),
    )


def answer_errors(choices: Choices) -> dict[str, str]:
    """Return the answer that cannot be kept, by the id of its field."""
    try:
        details_of(choices.asked, None, choices.answers)
    except BadInput as refusal:
        return {f"{ANSWER}{refusal.field}": _(_ERRORS[refusal.code], most=MAX_ANSWER)}
    return {}


def as_kept(choices: Choices) -> dict[str, Any]:
    """Return the choices as a draft keeps them."""
    return {
        "subject": choices.subject,
        "asked": choices.asked,
        "answers": dict(choices.answers),
        "incident": str(choices.incident) if choices.incident else "",
        "differs_from": [str(one) for one in choices.differs_from],
    }


def from_kept(kept: Mapping[str, Any]) -> Choices:
    """Return the choices a draft kept."""
    return Choices(
        subject=kept["subject"],
        asked=kept["asked"],
        answers=kept["answers"],
        incident=UUID(kept["incident"]) if kept["incident"] else None,
        differs_from=tuple(UUID(one) for one in kept["differs_from"]),
    )


def _answer(question: Question, form: MultiDict[str, str]) -> str:
    given = " ".join(form.get(f"{ANSWER}{question.code}", "").split())
    return given if question.kind == "text" or question.option(given) else ""


def _ids(values: Iterable[str]) -> Iterator[UUID]:
    for value in list(values)[:_MOST_SEEN]:
        try:
            yield UUID(value)
        except ValueError:
            continue

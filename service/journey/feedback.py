"""Feedback: one click, no login; a "no" opens the complaint again. The other questions may follow, or not."""

from collections.abc import Container
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from service.domain.closing import PASSED_ON
from service.domain.errors import BadInput, NotAllowed
from service.domain.feedback import COMPLETE_WITHIN, GRADES, SCORES, SOLVED, VISITS, Answers, reopens
from service.domain.status import EventKind, Status
from service.domain.submission import check_text
from service.journey.closing import reopen
from service.journey.events import record
from service.journey.handling import locked_complaint
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.feedback import Feedback

# The letters that ask: the first one, and the one reminder.
SURVEY, REMINDER = "survey", "survey_reminder"
NOT_ASKED = (PASSED_ON, "withdrawn")  # it goes on elsewhere, or the tenant ended it
# What may be answered after the score, each question once.
_QUESTIONS = ("solved", "visit", "work", "courtesy", "informed", "comment")
_KNOWN: dict[str, Container[object]] = {
    "solved": SOLVED,
    "visit": VISITS,
    "work": GRADES,
    "courtesy": GRADES,
    "informed": GRADES,
}


def give_feedback(
    member_id: UUID, complaint_id: UUID, *, score: int | None, solved: str | None, comment: str, ports: Ports
) -> None:
    """Keep a household's score and whether it is solved. The first score counts; "no" reopens at any time.

    Raises
    ------
    BadInput
        When the score is not a whole number from 0 to 10, `solved` is not one of its answers, or both are missing.
    NotFound, NotAllowed
        When there is no such complaint, or it was never closed.

    """
    answers = Answers(solved=solved, comment=comment)
    if score is None and solved is None:
        raise BadInput("blank", "score")
    if score is not None and score not in SCORES:
        raise BadInput("unknown_value", "score")
    _check(answers)
    with member_transaction(member_id) as session:
        complaint, given = _held(session, complaint_id)
        # One passed on goes on with another member, who asks when it is over.
        if complaint.outcome == PASSED_ON or (complaint.closed_at is None and given is None):
            raise NotAllowed("not closed yet, or passed on")
        if score is not None and given is None:
            session.add(_row(complaint, score, answers, ports))
            record(
                session,
                complaint,
                EventKind.FEEDBACK_GIVEN,
                at=ports.clock.now(),
                actor="tenant",
                data={"score": score, "solved": solved},
            )
        if reopens(solved):
            reopen(session, complaint, comment, ports)


def complete(member_id: UUID, complaint_id: UUID, answers: Answers, ports: Ports) -> None:
    """Keep what a household adds to its score within thirty days: each question once, so that twice is harmless.

    Raises
    ------
    BadInput
        When an answer is not one of its question.
    NotFound, NotAllowed
        When there is no such complaint, no score yet, or it is too late.

    """
    _check(answers)
    with member_transaction(member_id) as session:
        complaint, given = _held(session, complaint_id)
        if given is None:
            raise NotAllowed("no_score")
        if ports.clock.now() > given.at + COMPLETE_WITHIN:
            raise NotAllowed("too_late")
        for question in _QUESTIONS:
            if getattr(given, question) is None:
                setattr(given, question, getattr(answers, question) or None)
        if reopens(answers.solved) and complaint.outcome != PASSED_ON:
            reopen(session, complaint, answers.comment, ports)


def waits_for_an_answer() -> tuple[ColumnElement[bool], ...]:
    """Say of which complaints a household may be asked how it went: closed, and no score given."""
    return (
        Complaint.status == Status.CLOSED,
        Complaint.outcome.not_in(NOT_ASKED),
        ~exists().where(Feedback.complaint_id == Complaint.id),
    )


def is_asked_in_vain(session: Session, delivery: Delivery) -> bool:
    """Say whether a survey comes too late: it was answered, or the complaint is open again."""
    if delivery.purpose not in (SURVEY, REMINDER):
        return False
    still = select(Complaint.id).where(Complaint.id == delivery.complaint_id, *waits_for_an_answer())
    return session.scalars(still).first() is None


def _check(answers: Answers) -> None:
    for question, known in _KNOWN.items():
        value = getattr(answers, question)
        if value is not None and value not in known:
            raise BadInput("unknown_value", question)
    if answers.comment:
        check_text(answers.comment, "comment")


def _held(session: Session, complaint_id: UUID) -> tuple[Complaint, Feedback | None]:
    complaint = locked_complaint(session, complaint_id)
    return complaint, session.scalars(select(Feedback).where(Feedback.complaint_id == complaint.id)).first()


def _row(complaint: Complaint, score: int, answers: Answers, ports: Ports) -> Feedback:
    return Feedback(
        member_id=complaint.member_id,
        complaint_id=complaint.id,
        score=score,
        solved=answers.solved,
        comment=answers.comment or None,
        at=ports.clock.now(),
    )

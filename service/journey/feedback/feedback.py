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
from service.journey.closing import closing
from service.journey.danger import forwarding, hearing
from service.journey.events import record
from service.journey.handling.handling import locked_complaint
from service.journey.news import mending
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
    """Keep a household's score and whether it is solved. The first score counts.

    "No" reopens at any time, and so do words of danger, which are heard even when the rest may not be given.

    Raises
    ------
    BadInput
        When the score is not a whole number from 0 to 10, `solved` is not one of its answers, or both are missing.
    NotFound, NotAllowed
        When there is no such complaint, or the household was not told that it is closed.

    """
    answers = Answers(solved=solved, comment=comment)
    if score is None and solved is None:
        raise BadInput("blank", "score")
    if score is not None and score not in SCORES:
        raise BadInput("unknown_value", "score")
    _check(answers)
    with member_transaction(member_id) as session:
        complaint, given = _held(session, complaint_id)
        is_danger = hearing.is_danger(comment, ports)
        events = mending.history(session, complaint.id)
        is_told = mending.is_closed_for_tenant(complaint, events, ports.clock.now())
        if not (is_danger or _may_be_given(complaint, given, is_told=is_told, reopens_it=reopens(solved))):
            raise NotAllowed("not closed yet, or passed on")
        if score is not None and given is None and is_told and complaint.outcome != PASSED_ON:
            session.add(_row(complaint, score, answers, ports))
            record(
                session,
                complaint,
                EventKind.FEEDBACK_GIVEN,
                at=ports.clock.now(),
                actor="tenant",
                data={"score": score, "solved": solved},
            )
        if reopens(solved) or is_danger:
            _go_on(session, complaint, comment, ports)


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
        is_danger = hearing.is_danger(answers.comment, ports)
        if given is None and not is_danger:
            raise NotAllowed("no_score")
        is_late = given is not None and ports.clock.now() > given.at + COMPLETE_WITHIN
        if is_late and not is_danger:
            raise NotAllowed("too_late")
        if given and not is_late:
            _fill(given, answers)
        if is_danger or (reopens(answers.solved) and complaint.outcome != PASSED_ON):
            _go_on(session, complaint, answers.comment, ports)


def _fill(given: Feedback, answers: Answers) -> None:
    for question in _QUESTIONS:
        if getattr(given, question) is None:
            setattr(given, question, getattr(answers, question) or None)


def _may_be_given(complaint: Complaint, given: Feedback | None, *, is_told: bool, reopens_it: bool) -> bool:
    """Say whether a score, or a "no", may be given now. One passed on goes on elsewhere: that member asks."""
    if complaint.outcome == PASSED_ON:
        return False
    return is_told or given is not None or (reopens_it and complaint.closed_at is not None)


def _go_on(session: Session, complaint: Complaint, comment: str, ports: Ports) -> None:
    """Open it again with the words, or tell them to the member that has it now: they are of a danger."""
    if complaint.outcome == PASSED_ON:
        forwarding.forward_danger(session, complaint, comment, ports)
    else:
        closing.reopen(session, complaint, comment, ports)


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

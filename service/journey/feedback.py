"""Feedback: one click, no login; a "no" opens the complaint again."""

from uuid import UUID

from sqlalchemy import select

from service.domain.closing import PASSED_ON
from service.domain.errors import BadInput, NotAllowed
from service.domain.feedback import SCORES, SOLVED, reopens
from service.domain.status import EventKind
from service.domain.submission import check_text
from service.journey.closing import reopen
from service.journey.events import record
from service.journey.handling import locked_complaint
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.feedback import Feedback


def give_feedback(
    member_id: UUID, complaint_id: UUID, *, score: int | None, solved: str | None, comment: str, ports: Ports
) -> None:
    """Keep a household's score and whether it is solved. The first score counts; "no" reopens at any time.

    Raises
    ------
    BadInput
        When the score is not a whole number from 0 to 10, `solved` is not yes, partly or no, or both are missing.
    NotFound, NotAllowed
        When there is no such complaint, or it was never closed.

    """
    if score is None and solved is None:
        raise BadInput("blank", "score")
    if score is not None and score not in SCORES:
        raise BadInput("unknown_value", "score")
    if solved is not None and solved not in SOLVED:
        raise BadInput("unknown_value", "solved")
    if comment:
        check_text(comment)
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        given = session.scalars(select(Feedback).where(Feedback.complaint_id == complaint.id)).first()
        # One passed on goes on with another member, who asks when it is over.
        if complaint.outcome == PASSED_ON or (complaint.closed_at is None and given is None):
            raise NotAllowed("not closed yet, or passed on")
        if score is not None and given is None:
            session.add(_row(complaint, score, solved, comment, ports))
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


def _row(complaint: Complaint, score: int, solved: str | None, comment: str, ports: Ports) -> Feedback:
    return Feedback(
        member_id=complaint.member_id,
        complaint_id=complaint.id,
        score=score,
        solved=solved,
        comment=comment or None,
        at=ports.clock.now(),
    )

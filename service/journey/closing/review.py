"""Review: the tenant does not accept an answer, and another person looks again."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.closing import PASSED_ON
from service.domain.errors import NotAllowed
from service.domain.mending import said
from service.domain.status import Audience, EventKind, Status
from service.domain.submission import check_text
from service.journey.clocks import clocks
from service.journey.closing import reviewers
from service.journey.closing.closing import reopen
from service.journey.closing.reviewers import Author
from service.journey.delivery.planning import Channel, plan
from service.journey.events import record
from service.journey.handling.handling import add_words, locked_complaint
from service.journey.news import mending
from service.journey.people.absence import blind, today_of
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event


def ask(member_id: UUID, complaint_id: UUID, reason: str, ports: Ports) -> None:
    """Let another person look again, and open the complaint when it was closed. Asked twice, it is asked once.

    While a review is pending, other words are kept as a message: whoever looks reads them.

    Raises
    ------
    BadInput
        When the reason is blank or too long.
    NotFound
        When the member has no such complaint.
    NotAllowed
        `passed_on` when another member has it now, `not_answered` when nobody has answered yet.

    """
    check_text(reason, "reason")
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        if complaint.outcome == PASSED_ON:
            raise NotAllowed("passed_on")
        mending.hold_closing(session, complaint, ports)
        told = said(mending.history(session, complaint.id), ports.clock.now())
        if reviewers.pending_since(told):
            _add(session, complaint, reason, ports)
            return
        author = reviewers.answerer(told)
        if author is None:
            raise NotAllowed("not_answered")
        if complaint.status == Status.CLOSED:
            reopen(session, complaint, "", ports)
        _write(session, complaint, reason, reviewers.identified(session, author), ports)


def _add(session: Session, complaint: Complaint, reason: str, ports: Ports) -> None:
    asked = select(Event.data).where(Event.complaint_id == complaint.id, Event.kind == EventKind.REVIEW_ASKED)
    last = session.scalars(asked.order_by(Event.id.desc())).first()
    if last is None or last["text"] != reason:
        add_words(session, complaint, reason, ports)


def _write(session: Session, complaint: Complaint, reason: str, author: Author, ports: Ports) -> None:
    now = ports.clock.now()
    answered = {"answered_by": author.name} | ({"answered_by_id": str(author.id)} if author.id else {})
    complaint.review_asked_at = now
    event = record(
        session,
        complaint,
        EventKind.REVIEW_ASKED,
        at=now,
        actor="tenant",
        audience=Audience.TENANT,
        data={"text": reason} | answered,
    )
    person = reviewers.reviewer(session, author, today_of(ports), blind(session, complaint))
    complaint.assignee_id = person.id if person else None
    if person:
        record(session, complaint, EventKind.ASSIGNED, at=now, actor="system", data={"to": person.name})
        plan(session, event, Channel("review", "email", person.email), ports)
    clocks.refresh(session, complaint, ports)

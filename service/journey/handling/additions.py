"""What a tenant adds from the page of their complaint: a message while it is open, one word more once it is over."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.closing import PASSED_ON
from service.domain.errors import NotAllowed
from service.domain.recourse import Standing, may_add_after
from service.domain.status import Audience, EventKind, Status
from service.domain.submission import check_text
from service.journey.closing import closing
from service.journey.danger import hearing
from service.journey.events import record
from service.journey.handling import handling
from service.journey.news import mending, replies
from service.journey.ports import Ports
from service.journey.submission import uploads
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event


class Kept(StrEnum):
    """What became of the words."""

    ADDED = "added"
    NOTED = "noted"  # it is over: the team reads them, and nothing starts again
    REOPENED = "reopened"  # they speak of a danger


def add(member_id: UUID, complaint_id: UUID, text: str, ports: Ports, *, token: str, knows_end: bool = False) -> Kept:
    """Keep a tenant's words with the files that wait under the page of `token`.

    `knows_end` says that the page told that the complaint is over: words written before are given back, so that the
    tenant chooses.

    Raises
    ------
    BadInput
        When they are blank or too long.
    NotFound
        When there is no such complaint.
    NotAllowed
        When it is closed and the tenant did not know, or the one word more was said, or it is too late for it. Words
        of danger are heard at any time: they open it again.

    """
    check_text(text)
    with member_transaction(member_id) as session:
        complaint = handling.locked_complaint(session, complaint_id)
        mending.hold_closing(session, complaint, ports)
        if complaint.status != Status.CLOSED:
            closing.add_with_files(session, complaint, text, ports)
            return Kept.ADDED
        if _last_after(session, complaint) == text:
            return Kept.NOTED  # a double tap
        if knows_end and complaint.outcome != PASSED_ON and hearing.is_danger(text, ports):
            closing.reopen(session, complaint, "", ports)
            closing.add_with_files(session, complaint, text, ports)
            return Kept.REOPENED
        if not knows_end or not may_add_after(standing_after(session, complaint, ports)):
            raise NotAllowed("closed")
        return _note(session, complaint, text, token, ports)


def attach(member_id: UUID, complaint_id: UUID, text: str | None = None) -> None:
    """Keep the files that wait under the page with words that were kept before them: a danger does not wait for files.

    Without `text` they go with the first message.
    """
    with member_transaction(member_id) as session:
        complaint = handling.locked_complaint(session, complaint_id)
        which = Event.data["text"].astext == text if text else Event.kind == EventKind.SUBMITTED
        said = select(Event).where(Event.complaint_id == complaint.id, Event.actor == "tenant", which)
        event = session.scalars(said.order_by(Event.id.desc())).first()
        if event:
            uploads.take_for(session, complaint, event, complaint.tracking_token)


def standing_after(session: Session, complaint: Complaint, ports: Ports) -> Standing:
    """Return what decides of one word more."""
    return Standing(
        status=Status(complaint.status),
        now=ports.clock.now(),
        outcome=complaint.outcome,
        closed_at=complaint.closed_at,
        said_after=_last_after(session, complaint) is not None,
    )


def _note(session: Session, complaint: Complaint, text: str, token: str, ports: Ports) -> Kept:
    """Keep one word more as a note its team is told of."""
    data, told = {"text": text, "after_closing": True, "from": "le locataire"}, Audience.TENANT
    at = ports.clock.now()
    event = record(session, complaint, EventKind.NOTED, at=at, actor="tenant", audience=told, data=data)
    uploads.take_for(session, complaint, event, token)
    replies.tell_team(session, complaint, event, ports)
    return Kept.NOTED


def _last_after(session: Session, complaint: Complaint) -> str | None:
    """Return the one word more that was said since the end; None when none was."""
    ended = select(Event.id).where(Event.complaint_id == complaint.id, Event.kind == EventKind.CLOSED)
    last = session.scalars(ended.order_by(Event.id.desc()).limit(1)).first() or 0
    said = select(Event.data).where(
        Event.complaint_id == complaint.id,
        Event.id > last,
        Event.kind == EventKind.NOTED,
        Event.data["after_closing"].as_boolean(),
    )
    data = session.scalars(said.order_by(Event.id.desc())).first()
    return str(data["text"]) if data else None

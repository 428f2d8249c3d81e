"""Closing: an outcome from the list and a plain sentence; the tenant may open again."""

from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.closing import CHOICES, PASSED_ON
from service.domain.errors import BadInput, NotAllowed
from service.domain.status import Audience, EventKind, Status, is_allowed
from service.domain.templates import check_words
from service.journey.classification import classification
from service.journey.clocks import clocks
from service.journey.closing import asides, meanwhile, reviewers
from service.journey.closing.asides import Aside
from service.journey.danger import paging
from service.journey.events import record
from service.journey.handling.handling import add_words, locked_complaint, staff_member
from service.journey.news import mending
from service.journey.ports import Ports
from service.journey.submission import uploads
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint


def close(  # noqa: PLR0913  Whose, by whom, how it ended, and when the tenant is told.
    member_id: UUID,
    complaint_id: UUID,
    staff_id: UUID,
    *,
    outcome: str,
    sentence: str,
    ports: Ports,
    at_once: bool = False,
    seen: int | None = None,
    aside: Aside | None = None,
) -> None:
    """Close the complaint and tell the tenant how it ended, a little later unless `at_once`: see journey.news.mending.

    `seen` is the last event of the page on which it was closed: see journey.closing.meanwhile. `aside` is what is
    kept beside it: see journey.closing.asides.

    Raises
    ------
    BadInput
        When the outcome is not in the list, or the sentence is blank or has something in braces left; as `asides.kept`.
    NotFound, NotAllowed
        When there is no such complaint, it is not at a desk yet, or somebody else has to look again;
        `written_meanwhile` when the tenant wrote, or a danger was raised, since the page was shown.

    """
    if outcome not in CHOICES:
        raise BadInput("unknown_value", "outcome")
    check_words(sentence, "sentence")
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        if (complaint.status, complaint.outcome, complaint.closing_sentence) == (Status.CLOSED, outcome, sentence):
            return  # A double click; another ending, sent from a page left open, is refused below.
        staff = staff_member(session, staff_id)
        if not is_allowed(Status(complaint.status), EventKind.CLOSED):
            raise NotAllowed("closed already, or not at a desk yet")
        meanwhile.check(session, complaint_id, seen, "sentence")
        beside = asides.kept(session, complaint, outcome, aside or Aside())
        reviewers.take_up(session, complaint, staff)
        now = ports.clock.now()
        complaint.first_answered_at = complaint.first_answered_at or now
        complaint.closed_at = now
        complaint.outcome = outcome
        complaint.closing_sentence = sentence
        record(
            session,
            complaint,
            EventKind.CLOSED,
            at=now,
            actor=staff.name,
            audience=Audience.TENANT,
            data={"outcome": outcome, "sentence": sentence, reviewers.BY: str(staff.id)}
            | beside
            | mending.when_it_leaves(session, complaint, now, at_once=at_once),
        )
        clocks.refresh(session, complaint, ports)
        paging.stop(session, complaint, staff.name, ports)


def reopen(session: Session, complaint: Complaint, why: str, ports: Ports) -> None:
    """Open a closed complaint again and bring it back to its desk. Words of danger in `why` are heard.

    The files that wait under its page go with the words. When it is open already, the words are one message more.
    """
    if complaint.status == Status.CLOSED and complaint.outcome == PASSED_ON:
        raise NotAllowed("passed_on")
    # When the tenant was never told that it was closed, it is open, as they believe.
    if complaint.status != Status.CLOSED or mending.hold_closing(session, complaint, ports):
        if why:
            add_with_files(session, complaint, why, ports)
        return
    complaint.closed_at = None
    complaint.outcome = None
    complaint.closing_sentence = None
    # A new wait begins, with a promise of its own; the first one is in the history.
    complaint.first_answered_at = None
    event = record(
        session,
        complaint,
        EventKind.REOPENED,
        at=ports.clock.now(),
        actor="tenant",
        audience=Audience.TENANT,
        data={"text": why} if why else {},
    )
    clocks.start_again(session, complaint, ports)
    if why:
        uploads.take_for(session, complaint, event, complaint.tracking_token)
        classification.raise_danger(session, complaint, why, ports)


def add_with_files(session: Session, complaint: Complaint, text: str, ports: Ports) -> None:
    """Add a tenant's words with the files that wait under their page; the same words again may still bring files."""
    event = add_words(session, complaint, text, ports)
    uploads.take_for(session, complaint, event, complaint.tracking_token)

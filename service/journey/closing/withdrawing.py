"""The tenant ends it: « c'est réglé », or the request is taken back. In a danger, a person decides."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.closing import PASSED_ON, WITHDRAWN
from service.domain.errors import NotAllowed
from service.domain.recourse import is_dangerous
from service.domain.status import Audience, EventKind, Status, is_allowed
from service.domain.submission import check_text
from service.journey.clocks import clocks
from service.journey.closing import closing
from service.journey.danger import hearing, paging
from service.journey.events import record
from service.journey.handling.handling import add_words, locked_complaint
from service.journey.news import mending
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event

TENANT = "tenant"


class Way(StrEnum):
    """How a tenant ends a complaint; the value is the outcome it leads to."""

    SOLVED = "solved"
    WITHDRAWN = WITHDRAWN


class Ended(StrEnum):
    """What became of it."""

    CLOSED = "closed"
    KEPT = "kept"  # as a message: somebody may be in danger, so a person decides


@dataclass(frozen=True)
class _Sentences:
    """What is written in the tenant's name, for the member's people: as an ending, and as a message."""

    ending: str
    message: str


_SAID = {
    Way.SOLVED: _Sentences("Le locataire dit que c'est réglé.", "C'est réglé : ma demande peut être terminée."),
    Way.WITHDRAWN: _Sentences("Le locataire retire sa demande.", "Je retire ma demande : elle peut être terminée."),
}


def end(member_id: UUID, complaint_id: UUID, way: Way, words: str, ports: Ports) -> Ended:
    """End the complaint in the tenant's name; asked twice, it ends once. `words` may be blank.

    Words of danger end nothing: a complaint that was ended already is opened again.

    Raises
    ------
    BadInput
        When the words are too long.
    NotFound
        When the member has no such complaint.
    NotAllowed
        `closed` when the member ended it already, `not_routed` while it is on its way to a team.

    """
    words = words.strip()
    if words:
        check_text(words)
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        mending.hold_closing(session, complaint, ports)
        is_danger = hearing.is_danger(words, ports)
        if complaint.status == Status.CLOSED:
            if not is_danger or complaint.outcome == PASSED_ON:
                return _ended_before(session, complaint, way)
            closing.reopen(session, complaint, "", ports)
        if is_danger or is_in_danger(complaint):
            add_words(session, complaint, _with(_SAID[way].message, words), ports)
            return Ended.KEPT
        if not is_allowed(Status(complaint.status), EventKind.CLOSED):
            raise NotAllowed("not_routed")
        _close(session, complaint, way, words, ports)
        return Ended.CLOSED


def is_in_danger(complaint: Complaint) -> bool:
    """Say whether somebody may be in danger, as far as anybody knows."""
    is_unread = complaint.category is None and bool(complaint.danger_types)
    return is_dangerous(
        complaint.urgency, complaint.danger, is_judged=complaint.danger_is_judged, is_unread=is_unread
    )  # fmt: skip


def ended_by_tenant(session: Session, complaint: Complaint) -> bool:
    """Say whether it is the tenant who ended it the last time."""
    last = select(Event.actor).where(Event.complaint_id == complaint.id, Event.kind == EventKind.CLOSED)
    return session.scalars(last.order_by(Event.id.desc())).first() == TENANT


def _ended_before(session: Session, complaint: Complaint, way: Way) -> Ended:
    """Let a double tap pass; what a person ended meanwhile is not ended again."""
    if complaint.outcome == way and ended_by_tenant(session, complaint):
        return Ended.CLOSED
    raise NotAllowed("closed")


def _close(session: Session, complaint: Complaint, way: Way, words: str, ports: Ports) -> None:
    now = ports.clock.now()
    complaint.closed_at = now
    complaint.outcome = way
    complaint.closing_sentence = _with(_SAID[way].ending, words)
    complaint.review_asked_at = complaint.contested_at = None
    data = {"outcome": way.value, "sentence": complaint.closing_sentence} | ({"text": words} if words else {})
    told = Audience.TENANT
    record(session, complaint, EventKind.CLOSED, at=now, actor=TENANT, audience=told, data=data)
    clocks.refresh(session, complaint, ports)
    paging.stop(session, complaint, "le locataire", ports)


def _with(sentence: str, words: str) -> str:
    return f"{sentence} {words}".strip()

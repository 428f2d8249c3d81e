"""Words that stay with people at work: for the organisation that has a complaint, and for colleagues.

The tenant reads neither. What the tenant wrote does not go with the first: the page of the hand-over shows it where the
member's rule or a person let it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed
from service.domain.status import EventKind
from service.domain.submission import check_text
from service.domain.templates import check_words
from service.journey.clocks import clocks
from service.journey.events import record
from service.journey.handling import attaching
from service.journey.handling.handling import locked_complaint, said_before, staff_member
from service.journey.handling.obstacles import Words
from service.journey.ports import Ports
from service.journey.submission import uploads
from service.journey.transactions import member_transaction
from service.models.complaint import Event
from service.models.member import Organisation

# What somebody else may have written while a person was writing.
_WRITTEN = (
    EventKind.ANSWERED, EventKind.ASKED, EventKind.CLOSED, EventKind.REOPENED, EventKind.TENANT_WROTE,
    EventKind.PARTNER_WRITTEN, EventKind.NOTED, EventKind.COMMITTED, EventKind.REVIEW_ASKED, EventKind.CONTESTED,
    EventKind.PLANNED, EventKind.REFUSED, EventKind.WORK_DONE, EventKind.TRANSFERRED,
)  # fmt: skip
_MACHINES = ("system", "rules", "model", "lexicon")


def write(  # noqa: PLR0913  As for an answer.
    member_id: UUID, complaint_id: UUID, staff_id: UUID, *, text: str, seen: int, ports: Ports, holder: str = ""
) -> None:
    """Write to the organisation that has the complaint; `seen` and `holder` as for `handling.answer`.

    Raises
    ------
    BadInput
        When it is blank or too long, or something in it still stands in braces.
    NotFound
        When there is no such complaint.
    NotAllowed
        `no_organisation` when no organisation has it, `organisation_without_email`, or when it is closed.

    """
    check_words(text, "partner_text")
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        files = attaching.arrived(session, holder)
        words = Words(staff.name, EventKind.PARTNER_WRITTEN, text, "partner_text", seen)
        if said := said_before(session, complaint, words):
            uploads.take(session, complaint, said, files)
            return
        if complaint.organisation_id is None:
            raise NotAllowed("no_organisation")
        organisation = session.get_one(Organisation, complaint.organisation_id)
        if not organisation.email:
            raise NotAllowed("organisation_without_email")
        data = {"text": text, "organisation": organisation.name, "organisation_id": str(organisation.id)}
        data |= attaching.said_of(files)
        at = ports.clock.now()
        event = record(session, complaint, EventKind.PARTNER_WRITTEN, at=at, actor=staff.name, data=data)
        uploads.take(session, complaint, event, files)
        clocks.refresh(session, complaint, ports)


def note(  # noqa: PLR0913  As for an answer.
    member_id: UUID, complaint_id: UUID, staff_id: UUID, *, text: str, seen: int, ports: Ports, holder: str = ""
) -> None:
    """Keep words for the colleagues; nothing leaves. `seen` and `holder` as for `handling.answer`.

    Raises
    ------
    BadInput
        When it is blank or too long.
    NotFound
        When there is no such complaint.

    """
    check_text(text, "internal_note")
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        files, kind = attaching.arrived(session, holder), EventKind.NOTED
        said = said_before(session, complaint, Words(staff.name, kind, text, "internal_note", seen))
        if said is None:
            data = {"text": text} | attaching.said_of(files)
            said = record(session, complaint, kind, at=ports.clock.now(), actor=staff.name, data=data)
        uploads.take(session, complaint, said, files)


def written_since(session: Session, complaint_id: UUID, seen: int, own_name: str, own_text: str) -> Sequence[Event]:
    """Return what others wrote or did since a page was shown, for whoever is about to send words written on it.

    Nothing when the person sent these very words since: they pressed twice, and it is not for them to look again.
    """
    later = select(Event).where(Event.complaint_id == complaint_id, Event.id > seen, Event.kind.in_(_WRITTEN))
    found = session.scalars(later.order_by(Event.id)).all()
    mine = [one for one in found if one.actor == own_name]
    if any(own_text in (one.data.get("text"), one.data.get("sentence")) for one in mine):
        return ()
    return [one for one in found if one.actor not in (own_name, *_MACHINES)]

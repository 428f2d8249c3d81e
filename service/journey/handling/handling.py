"""Handling: assign, answer, and what the tenant adds."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.domain.errors import NotAllowed, NotFound
from service.domain.status import Audience, EventKind
from service.domain.submission import check_text
from service.domain.templates import check_words
from service.journey.clocks import clocks
from service.journey.closing import reviewers
from service.journey.events import record
from service.journey.handling import assigned, attaching
from service.journey.handling.obstacles import Words, said_since
from service.journey.news import mending
from service.journey.people import absence
from service.journey.people.absence import Given
from service.journey.ports import Ports
from service.journey.submission import uploads
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.draft import Upload
from service.models.people import Staff

_THEIR_WORDS = (EventKind.TENANT_WROTE, EventKind.REOPENED)


def locked_complaint(session: Session, complaint_id: UUID) -> Complaint:
    """Return the complaint, held until the transaction ends; NotFound when the member has no such complaint."""
    complaint = session.get(Complaint, complaint_id, with_for_update=True)
    if complaint is None:
        raise NotFound("complaint")
    return complaint


def staff_member(session: Session, staff_id: UUID) -> Staff:
    """Return a colleague of the same member; NotFound otherwise."""
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.is_active:
        raise NotFound("staff", "assignee")
    return staff


def sees_all(session: Session) -> bool:
    """Say whether the person who looks sees every sensitive complaint, as the database has it."""
    return bool(session.scalar(text("select seve_sees_sensitive()")))


def assign(member_id: UUID, complaint_id: UUID, staff_id: UUID, assignee_id: UUID, ports: Ports) -> Given:
    """Give the complaint to a colleague by name; return who has it now, who may stand in for them.

    Raises
    ------
    NotFound
        When the complaint or the colleague is not this member's.
    NotAllowed
        When the complaint is closed, `review_by_another` when the colleague is the one whose answer is contested, or
        `named_only` when a sensitive one would be shown to somebody by whoever does not see them all.

    """
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        assignee = staff_member(session, assignee_id)
        by = staff_member(session, staff_id)
        found = _given(session, complaint, assignee, by, ports)
        if found.to.id in absence.blind(session, complaint) and not sees_all(session):
            raise NotAllowed("named_only", "assignee")
        if complaint.assignee_id not in (assignee.id, found.to.id):
            event = give(session, complaint, assignee, by, ports)
            assigned.tell(session, complaint, event, by, ports)
        return found if complaint.assignee_id == found.to.id else Given(assignee)


def give(
    session: Session, complaint: Complaint, assignee: Staff | None, by: Staff, ports: Ports, undoes: int | None = None
) -> Event:
    """Give a complaint that is held to a colleague, or to nobody again; return the event that says so.

    What is given to somebody away goes to their substitute, unless they take it themselves. NotAllowed as for `assign`.
    `undoes` is the event that it takes back, if any: see domain.mending.standing.
    """
    if assignee:
        reviewers.check_reviewer(session, complaint, assignee)
    given = _given(session, complaint, assignee, by, ports) if assignee else None
    complaint.assignee_id = given.to.id if given else None
    data = (given.data if given else {"to": None}) | ({"undoes": undoes} if undoes else {})
    event = record(session, complaint, EventKind.ASSIGNED, at=ports.clock.now(), actor=by.name, data=data)
    clocks.refresh(session, complaint, ports)
    return event


def _given(session: Session, complaint: Complaint, assignee: Staff, by: Staff, ports: Ports) -> Given:
    if assignee.id == by.id:
        return Given(assignee)
    found = absence.given(session, complaint, assignee, absence.today_of(ports))
    # Never to whoever may not look at their own answer again.
    return Given(assignee) if reviewers.is_kept_off(session, complaint, found.to) else found


def answer(  # noqa: PLR0913  Whose, by whom, what, and when it leaves.
    member_id: UUID, complaint_id: UUID, staff_id: UUID, *, text: str, seen: int, ports: Ports, at_once: bool = False,
    holder: str = "",
) -> None:  # fmt: skip
    """Answer the tenant; the mail leaves through the outbox, a little later unless `at_once`: see journey.news.mending.

    `seen` is the id of the last event on the page the answer was written on: the same words sent twice from one page
    are a double click, and answer once. The files under `holder` go with it: see journey.handling.attaching.

    Raises
    ------
    BadInput
        When the answer is blank or too long, or something in it still stands in braces.
    NotFound, NotAllowed
        When there is no such complaint, it is closed, or somebody else has to look again.

    """
    check_words(text)
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        files = attaching.arrived(session, holder)
        if said := said_before(session, complaint, Words(staff.name, EventKind.ANSWERED, text, "text", seen)):
            uploads.take(session, complaint, said, files)
            return
        say(session, complaint, staff, text, ports, at_once=at_once, files=files)


def say(  # noqa: PLR0913  As for an answer.
    session: Session, complaint: Complaint, staff: Staff, text: str, ports: Ports, *, at_once: bool = False,
    files: Sequence[Upload] = (),
) -> Event:  # fmt: skip
    """Answer the tenant of a complaint that is held; return the event with the words. NotAllowed as for `answer`."""
    reviewers.take_up(session, complaint, staff)
    now = ports.clock.now()
    leaves = mending.when_it_leaves(session, complaint, now, at_once=at_once)
    complaint.first_answered_at = complaint.first_answered_at or now
    event = record(
        session,
        complaint,
        EventKind.ANSWERED,
        at=now,
        actor=staff.name,
        audience=Audience.TENANT,
        data={"text": text, reviewers.BY: str(staff.id)} | attaching.said_of(files) | leaves,
    )
    uploads.take(session, complaint, event, files)
    clocks.refresh(session, complaint, ports)
    return event


def ask(  # noqa: PLR0913  As for an answer.
    member_id: UUID, complaint_id: UUID, staff_id: UUID, *, text: str, seen: int, ports: Ports, at_once: bool = False,
    holder: str = "",
) -> bool:  # fmt: skip
    """Ask the tenant something; return whether the delay now waits for the answer.

    A danger or a lost essential service does not wait, nor does a delay that waited twenty working days already.

    Raises
    ------
    BadInput
        When the question is blank or too long, or something in it still stands in braces.
    NotFound, NotAllowed
        When there is no such complaint, it is closed or not at a desk yet, or somebody else has to look again.

    """
    check_words(text, "question")
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff = staff_member(session, staff_id)
        files, kind = attaching.arrived(session, holder), EventKind.ASKED
        said = said_before(session, complaint, Words(staff.name, kind, text, "question", seen))
        if said is None:
            reviewers.keep_off(session, complaint, staff)
            at, told = ports.clock.now(), Audience.TENANT
            leaves = mending.when_it_leaves(session, complaint, at, at_once=at_once)
            data = {"text": text} | attaching.said_of(files) | leaves
            said = record(session, complaint, kind, at=at, actor=staff.name, audience=told, data=data)
        uploads.take(session, complaint, said, files)
        return clocks.refresh(session, complaint, ports).is_paused


def said_before(session: Session, complaint: Complaint, words: Words) -> Event | None:
    """Return these very words as a person said them since they had the page: they pressed twice."""
    return said_since(mending.history(session, complaint.id), words)


def add_from_tenant(member_id: UUID, complaint_id: UUID, text: str, ports: Ports) -> None:
    """Keep what the tenant adds from the tracking page; the same words twice in a row are a double click.

    Raises
    ------
    BadInput
        When it is blank or too long.
    NotFound, NotAllowed
        When there is no such complaint, or it is closed.

    """
    check_text(text)
    with member_transaction(member_id) as session:
        add_words(session, locked_complaint(session, complaint_id), text, ports)


def add_words(session: Session, complaint: Complaint, text: str, ports: Ports, *, mail: str | None = None) -> Event:
    """Keep what the tenant adds to a complaint that is held; return the event that has the words.

    The same words twice in a row are a double click, unless they came by two mails: `mail` marks the one at hand.
    """
    told = select(Event).where(Event.complaint_id == complaint.id, Event.audience == Audience.TENANT)
    last = session.scalars(told.order_by(Event.id.desc())).first()
    if mail is None and last and last.kind in _THEIR_WORDS and last.data.get("text") == text:
        return last
    mending.hold_closing(session, complaint, ports)
    event = record(
        session,
        complaint,
        EventKind.TENANT_WROTE,
        at=ports.clock.now(),
        actor="tenant",
        audience=Audience.TENANT,
        data={"text": text} | ({"by_mail": True, "mail": mail} if mail else {}),
    )
    clocks.refresh(session, complaint, ports)
    return event

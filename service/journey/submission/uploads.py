"""Files that tenants send: piece by piece, made anew before they are kept, then part of a complaint.

A file waits under its holder: the secret of the page it is sent from. What is kept of it is never what was sent, but
what was seen in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session, undefer

from service.domain.errors import NotAllowed, NotFound
from service.domain.status import EventKind, Status
from service.journey.ports import Ports
from service.journey.submission.cleaning import Cleaned, FileRefused, clean
from service.journey.submission.pictures import TENANT
from service.journey.submission.upload_room import MOST, check_room, hold, holder_hash
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.draft import Upload
from service.models.handover import Attachment

KEPT = timedelta(days=4)  # a day more than the draft they wait for
UNFINISHED = timedelta(hours=1)


@dataclass(frozen=True)
class Sent:
    """A file as it was sent at once; its name is only ever said back to its sender."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Waiting:
    """A file of a page, as its sender sees it. `number` is its place among the others, from 1."""

    id: UUID
    number: int
    state: str
    size: int
    received: int
    media_type: str | None
    pages: int | None
    refusal: str | None


def of_holder(member_id: UUID, holder: str) -> list[Waiting]:
    """Return the files of a page that are on their way or arrived, in order. A refusal is told at once, and no more."""
    mine = select(Upload).where(Upload.holder_hash == holder_hash(holder), Upload.state.in_(("receiving", "clean")))
    with member_transaction(member_id) as session:
        rows = session.scalars(mine.order_by(Upload.at, Upload.id)).all()
    return [
        Waiting(one.id, number, one.state, one.size, one.received, one.media_type, one.pages, one.refusal)
        for number, one in enumerate(rows, 1)
    ]


def read(member_id: UUID, holder: str, upload_id: UUID) -> Upload:
    """Return a page's own file with its content, made anew; NotFound when it is another's or not ready."""
    with member_transaction(member_id) as session:
        upload = session.get(Upload, upload_id, options=[undefer(Upload.content)])
        if upload is None or upload.holder_hash != holder_hash(holder) or upload.state != "clean":
            raise NotFound("upload")
        return upload


def remove(member_id: UUID, holder: str, upload_id: UUID) -> None:
    """Take a file off; harmless when it is gone or part of a complaint already."""
    mine = (Upload.id == upload_id, Upload.holder_hash == holder_hash(holder), Upload.state != "taken")
    with member_transaction(member_id) as session:
        session.execute(delete(Upload).where(*mine))


def add_at_once(member_id: UUID, holder: str, files: Sequence[Sent], ports: Ports) -> None:
    """Keep whole files sent with a form, all or none; one the page has already is not kept twice.

    Called with no transaction open: it computes for a while.

    Raises
    ------
    FileRefused
        When there are too many, or one of them is not a file we keep; `name` says which.

    """
    if len(files) > MOST:
        raise FileRefused("too_many_files", files[MOST].name)
    made = [clean(file.content, ports, file.name) for file in files]
    now = ports.clock.now()
    with member_transaction(member_id) as session:
        hold(session, holder)
        known = {one.sha256 for one in arrived(session, holder)}
        fresh = {one.sha256: one for one in made if one.sha256 not in known}
        before = check_room(session, holder, len(fresh), sum(len(one.content) for one in fresh.values()))
        for order, one in enumerate(fresh.values(), before):
            upload = Upload(
                member_id=member_id,
                holder_hash=holder_hash(holder),
                size=len(one.content),
                received=len(one.content),
                state="clean",
                at=in_order(now, order),
                expires_at=now + KEPT,
            )
            fill(upload, one)
            session.add(upload)


def in_order(at: datetime, order: int) -> datetime:
    """Return an instant that tells files of one moment apart: they are shown in the order in which they were chosen."""
    return at + timedelta(microseconds=order)


def fill(upload: Upload, made: Cleaned) -> None:
    """Write what was made of a file in its row."""
    upload.state = "clean"
    upload.media_type, upload.content, upload.sha256 = made.media_type, made.content, made.sha256
    upload.width, upload.height, upload.pages = made.width, made.height, made.pages


def arrived(session: Session, holder: str) -> Sequence[Upload]:
    """Return the files of a page that were made anew and not taken yet, in order, with their content.

    They are held until the transaction ends: none is taken off while it is being taken.
    """
    wanted = select(Upload).where(Upload.holder_hash == holder_hash(holder), Upload.state == "clean")
    ordered = wanted.options(undefer(Upload.content)).order_by(Upload.at, Upload.id)
    return session.scalars(ordered.with_for_update()).all()


def take(session: Session, complaint: Complaint, event: Event, files: Sequence[Upload]) -> None:
    """Keep the files with the event that brought them; one the tenant has sent already is not kept twice.

    What staff add goes with its own words, for whoever reads these: the same file may go with others too.

    The files may be another member's when the complaint was referred: their content is read already, and their rows are
    forgotten with the draft.
    """
    if not files:
        return
    same = Attachment.author == TENANT if event.actor == TENANT else Attachment.event_id == event.id
    known = set(session.scalars(select(Attachment.sha256).where(Attachment.complaint_id == complaint.id, same)))
    for order, file in enumerate(files):
        if file.sha256 not in known:
            known.add(str(file.sha256))
            kept = _attachment(complaint, event, file)
            kept.at = in_order(event.at, order)
            session.add(kept)
    session.flush()
    for file in files:
        if file.member_id == complaint.member_id:
            file.state, file.content = "taken", None
    session.flush()


def take_for(session: Session, complaint: Complaint, event: Event, token: str) -> int:
    """Keep the files of a tracking page with the message that brought them; return how many there were."""
    files = arrived(session, token)
    take(session, complaint, event, files)
    return len(files)


def add_to_complaint(member_id: UUID, complaint_id: UUID, content: bytes, ports: Ports) -> Attachment:
    """Keep a file that a member's own system sends after the message: it belongs to the submission.

    Raises
    ------
    FileRefused
        When it is not a file we keep, or the submission has five already.
    NotFound, NotAllowed
        When there is no such complaint, or it is closed.

    """
    with member_transaction(member_id) as session:
        _open_complaint(session, complaint_id)  # A stranger's file is not even looked at.
    made = clean(content, ports)
    with member_transaction(member_id) as session:
        complaint = _open_complaint(session, complaint_id)
        known = select(Attachment).where(Attachment.complaint_id == complaint_id, Attachment.author == TENANT)
        same = session.scalars(known.where(Attachment.sha256 == made.sha256)).first()
        if same:
            return same
        sent = select(Event).where(Event.complaint_id == complaint_id, Event.kind == EventKind.SUBMITTED)
        event = session.scalars(sent.order_by(Event.id).limit(1)).one()
        if len(session.scalars(known.where(Attachment.event_id == event.id)).all()) >= MOST:
            raise FileRefused("too_many_files")
        kept = _attachment(complaint, event, made)
        kept.at = ports.clock.now()
        session.add(kept)
        return kept


def _open_complaint(session: Session, complaint_id: UUID) -> Complaint:
    complaint = session.get(Complaint, complaint_id, with_for_update=True)
    if complaint is None:
        raise NotFound("complaint")
    if complaint.status == Status.CLOSED:
        raise NotAllowed("complaint_closed")
    return complaint


def _attachment(complaint: Complaint, event: Event, file: Upload | Cleaned) -> Attachment:
    return Attachment(
        id=uuid4(),
        member_id=complaint.member_id,
        complaint_id=complaint.id,
        event_id=event.id,
        media_type=file.media_type,
        sha256=file.sha256,
        width=file.width,
        height=file.height,
        pages=file.pages,
        content=file.content,
        author=event.actor,
        at=event.at,
    )


def prune(member_id: UUID, ports: Ports) -> None:
    """Forget what was not finished within an hour, and everything whose time is over. Harmless when two run."""
    now = ports.clock.now()
    unfinished = and_(Upload.state == "receiving", Upload.at <= now - UNFINISHED)
    with member_transaction(member_id) as session:
        session.execute(delete(Upload).where(or_(Upload.expires_at <= now, unfinished)))

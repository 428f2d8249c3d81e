"""Room for files on their way: how much one page, one complaint and one member may hold. A flood fills no disk."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from service.journey.submission.cleaning import FileRefused
from service.journey.submission.pictures import TENANT
from service.journey.submission.sent import hash_of
from service.models.complaint import Complaint
from service.models.draft import Upload
from service.models.handover import Attachment

MOST = 5  # files in one message, hence 40 MB
MOST_BEGUN = 60  # files of one page, those refused and taken off included
MAX_WAITING = 2 * 1024**3  # bytes of one member's files on their way
MOST_KEPT = 60  # files that a tenant adds to one complaint, from its first day to its last
MAX_KEPT = 100 * 1024**2  # bytes of them
_LIVE = ("receiving", "clean")


def holder_hash(secret: str) -> str:
    """Return what is kept of the secret of a page that files are sent from."""
    return hash_of(secret)


def hold(session: Session, holder: str) -> None:
    """Let one request at a time count the files of a page."""
    session.execute(text("select pg_advisory_xact_lock(:page)"), {"page": int(holder_hash(holder)[:15], 16)})


def check_room(session: Session, holder: str, more: int, size: int) -> int:
    """Refuse files there is no room for, on the page, in its complaint or with the member.

    Returns how many files the page began before.
    """
    states = session.scalars(select(Upload.state).where(Upload.holder_hash == holder_hash(holder))).all()
    live = sum(state in _LIVE for state in states)
    if live + more > MOST or len(states) + more > MOST_BEGUN:
        raise FileRefused("too_many_files")
    _check_complaint(session, holder, live + more, size)
    check_bytes(session, size)
    return len(states)


def check_bytes(session: Session, size: int) -> None:
    """Refuse bytes the member has no room for. What was announced takes none before it comes."""
    here = func.coalesce(func.octet_length(Upload.content), Upload.received)
    waiting = select(func.coalesce(func.sum(here), 0)).where(Upload.state.in_(_LIVE))
    if session.scalars(waiting).one() + size > MAX_WAITING:
        raise FileRefused("no_room")


def _check_complaint(session: Session, holder: str, more: int, size: int) -> None:
    """Refuse files that the complaint of a tracking page has no room for; other pages have no complaint yet."""
    kept = (
        select(func.count(), func.coalesce(func.sum(func.octet_length(Attachment.content)), 0))
        .join(Complaint, Complaint.id == Attachment.complaint_id)
        .where(Complaint.tracking_token == holder, Attachment.author == TENANT)
    )
    count, total = session.execute(kept).one()
    if count + more > MOST_KEPT or total + size > MAX_KEPT:
        raise FileRefused("complaint_full")

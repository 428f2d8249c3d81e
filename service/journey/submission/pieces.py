"""Files that arrive piece by piece, over a network that breaks: what was received is never asked for again."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import NotFound
from service.journey.ports import Ports
from service.journey.submission.cleaning import Cleaned, FileRefused, check_size, clean
from service.journey.submission.upload_room import check_bytes, check_room, hold, holder_hash
from service.journey.submission.uploads import KEPT, fill, in_order
from service.journey.transactions import member_transaction
from service.models.draft import Upload, UploadPiece

PIECE = 256 * 1024  # bytes at most
MOST_PIECES = 1024  # of one file: nobody needs pieces of a few bytes
BUSY = "files_busy"  # said of the moment, not of the file


@dataclass(frozen=True)
class Progress:
    """How far a file is. `received` is in bytes: where its sender goes on from."""

    id: UUID
    state: str
    received: int
    refusal: str | None
    media_type: str | None
    pages: int | None


def announce(member_id: UUID, holder: str, size: int, ports: Ports, upload_id: UUID | None = None) -> Progress:
    """Make room for a file of `size` bytes. Under an id that its sender drew, announcing twice announces once.

    Raises
    ------
    FileRefused
        When it is empty or too heavy, or there is no room for one more.
    NotFound
        When the id is that of another page, or of a file of another size.

    """
    check_size(size)
    upload_id, now = upload_id or uuid4(), ports.clock.now()
    with member_transaction(member_id) as session:
        hold(session, holder)
        known = session.get(Upload, upload_id)
        if known is not None:
            if known.holder_hash != holder_hash(holder) or known.size != size:
                raise NotFound("upload")
            return _progress(known)
        before = check_room(session, holder, 1, size)
        row = {
            "id": upload_id,
            "member_id": member_id,
            "holder_hash": holder_hash(holder),
            "size": size,
            "received": 0,
            "state": "receiving",
            "at": in_order(now, before),
            "expires_at": now + KEPT,
        }
        made = insert(Upload).values(row).on_conflict_do_nothing(index_elements=["id"]).returning(Upload.id)
        if session.execute(made).scalar() is None:
            raise NotFound("upload")  # Another member has it, which is none of this page's business.
        return Progress(upload_id, "receiving", 0, None, None, None)


def append(member_id: UUID, holder: str, upload_id: UUID, start: int, piece: bytes, ports: Ports) -> Progress:
    """Keep a piece that begins `start` bytes into the file, and make the file anew when it is whole.

    A piece that came before is harmless. After a gap nothing is kept: the answer says where to go on from.

    Raises
    ------
    FileRefused
        When the piece does not fit in the size announced, or there is no room for it.
    NotFound
        When there is no such file on this page.

    """
    with member_transaction(member_id) as session:
        upload = _held(session, upload_id, holder)
        if upload.state != "receiving":
            return _progress(upload)
        _keep(session, upload, start, piece)
        if upload.received < upload.size:
            return _progress(upload)
        pieces = select(UploadPiece.content).where(UploadPiece.upload_id == upload.id)
        whole = b"".join(session.scalars(pieces.order_by(UploadPiece.start)))
    return _finish(member_id, holder, upload_id, whole, ports)


def _held(session: Session, upload_id: UUID, holder: str) -> Upload:
    upload = session.get(Upload, upload_id, with_for_update=True)
    if upload is None or upload.holder_hash != holder_hash(holder):
        raise NotFound("upload")
    return upload


def _keep(session: Session, upload: Upload, start: int, piece: bytes) -> None:
    end = start + len(piece)
    if start < 0 or len(piece) > PIECE or end > upload.size:
        raise FileRefused("not_as_announced")
    if start > upload.received or end <= upload.received:
        return
    mine = select(func.count()).where(UploadPiece.upload_id == upload.id)
    if session.scalars(mine).one() >= MOST_PIECES:
        raise FileRefused("not_as_announced")
    fresh = piece[upload.received - start :]
    check_bytes(session, len(fresh))
    session.add(UploadPiece(member_id=upload.member_id, upload_id=upload.id, start=upload.received, content=fresh))
    upload.received += len(fresh)


def _finish(member_id: UUID, holder: str, upload_id: UUID, whole: bytes, ports: Ports) -> Progress:
    """Make the file anew with no transaction open, then write how it ended. Two may do it: the first one counts."""
    made: Cleaned | str
    try:
        made = clean(whole, ports)
    except FileRefused as refusal:
        if refusal.code == BUSY:
            raise
        made = refusal.code
    with member_transaction(member_id) as session:
        upload = _held(session, upload_id, holder)
        if upload.state == "receiving":
            if isinstance(made, Cleaned):
                fill(upload, made)
            else:
                upload.state, upload.refusal = "refused", made
            session.execute(delete(UploadPiece).where(UploadPiece.upload_id == upload_id))
        return _progress(upload)


def _progress(upload: Upload) -> Progress:
    return Progress(upload.id, upload.state, upload.received, upload.refusal, upload.media_type, upload.pages)

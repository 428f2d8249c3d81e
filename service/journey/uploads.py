"""Files that tenants send: piece by piece, made anew before they are kept, then part of a complaint."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from service.models.complaint import Complaint, Event
from service.models.draft import Upload
from service.models.handover import Attachment


def holder_hash(secret: str) -> str:
    """Return what is kept of the secret of a page that files are sent from."""
    return hashlib.sha256(secret.encode()).hexdigest()


def arrived(session: Session, holder: str) -> Sequence[Upload]:
    """Return the files of a page that were made anew and not taken yet, in order, with their content."""
    wanted = select(Upload).where(Upload.holder_hash == holder_hash(holder), Upload.state == "clean")
    return session.scalars(wanted.options(undefer(Upload.content)).order_by(Upload.at, Upload.id)).all()


def take(session: Session, complaint: Complaint, event: Event, files: Sequence[Upload]) -> None:
    """Keep the files with the event that brought them; one the complaint already has is not kept twice.

    The files may be another member's when the complaint was referred: their content is read already, and their rows are
    forgotten with the draft.
    """
    known = set(session.scalars(select(Attachment.sha256).where(Attachment.complaint_id == complaint.id)))
    for file in files:
        if file.sha256 in known:
            continue
        known.add(str(file.sha256))
        session.add(
            Attachment(
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
        )
    session.flush()

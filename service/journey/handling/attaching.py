"""Files that staff add to their words: held under the form they are sent from, then part of what they go with.

Whoever may read the words may open the files: colleagues, the organisation that has the complaint, or the tenant.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.errors import NotFound
from service.journey.ports import Ports
from service.journey.submission import uploads
from service.journey.submission.cleaning import FileRefused
from service.journey.submission.pictures import TENANT
from service.journey.submission.upload_room import MOST_KEPT, holder_hash
from service.journey.submission.uploads import Sent
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.draft import Upload
from service.models.handover import Attachment

ENTRY = "entry"  # the form by which a message is entered for a tenant


def holder_of(staff_id: UUID, about: object, form: str) -> str:
    """Return the holder of the files of one person's form about one complaint, or under one number of an entry.

    No secret: it is made of signs that the address of a tenant's page never has.
    """
    return f"staff:{staff_id}:{about}:{form}"


def add(member_id: UUID, complaint_id: UUID, holder: str, files: Sequence[Sent], ports: Ports) -> None:
    """Hold files that came with a form about a complaint, made anew, all or none.

    Called with no transaction open: it computes for a while.

    Raises
    ------
    FileRefused
        When there are too many, or one of them is not a file we keep.
    NotFound
        When there is no such complaint: a stranger's files are not even looked at.

    """
    with member_transaction(member_id) as session:
        if session.get(Complaint, complaint_id) is None:
            raise NotFound("complaint")
        kept = select(func.count()).where(Attachment.complaint_id == complaint_id, Attachment.author != TENANT)
        if (session.scalar(kept) or 0) + len(files) > MOST_KEPT:
            raise FileRefused("complaint_full")
    uploads.add_at_once(member_id, holder, files, ports)


def waiting(session: Session, holder: str) -> Sequence[Upload]:
    """Return the files that a form holds, in order, without their content."""
    mine = select(Upload).where(Upload.holder_hash == holder_hash(holder), Upload.state == "clean")
    return session.scalars(mine.order_by(Upload.at, Upload.id)).all()


def arrived(session: Session, holder: str) -> Sequence[Upload]:
    """Return the files that a form holds, held until the transaction ends; none where the form has no holder."""
    return uploads.arrived(session, holder) if holder else ()


def said_of(files: Sequence[Upload]) -> dict[str, Any]:
    """Return what an event carries of the files that come with it."""
    return {"files": len(files)} if files else {}

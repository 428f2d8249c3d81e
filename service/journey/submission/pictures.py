"""Pictures and documents that belong to a complaint: made anew before they are kept, shown to whom they concern."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from service.domain.errors import BadInput, NotFound
from service.journey.ports import Picture, Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.handover import Attachment

MOST = 3  # pictures in one message of a supplier
TENANT = "tenant"  # the actor of what tenants do


@dataclass(frozen=True)
class Upload:
    """A file as it was sent; its name is only ever said back to its sender."""

    name: str
    content: bytes


class PictureRefused(BadInput):
    """A file that is not kept; `name` is the one its sender gave it."""

    def __init__(self, code: str, field: str, name: str) -> None:
        super().__init__(code, field)
        self.name = name


def clean(uploads: Sequence[Upload], field: str, ports: Ports) -> list[Picture]:
    """Return the pictures made anew, all or none. Called with no transaction open: it computes for a while.

    Raises
    ------
    PictureRefused
        When there are too many, or one of them is not a picture we keep.

    """
    if len(uploads) > MOST:
        raise PictureRefused("too_many_pictures", field, uploads[MOST].name)
    made = []
    for upload in uploads:
        try:
            made.append(ports.pictures.clean(upload.content))
        except BadInput as refusal:
            raise PictureRefused(refusal.code, field, upload.name) from refusal
    return made


def unlike(pictures: Sequence[Picture]) -> list[Picture]:
    """Return each picture once, whatever the number of times it was chosen."""
    return list({_hash(picture): picture for picture in pictures}.values())


def keep(session: Session, complaint: Complaint, event: Event, pictures: Sequence[Picture]) -> None:
    """Keep pictures with the event that brought them; one the complaint already has is not kept twice."""
    known = set(session.scalars(select(Attachment.sha256).where(Attachment.complaint_id == complaint.id)).all())
    for picture in unlike(pictures):
        if _hash(picture) in known:
            continue
        session.add(
            Attachment(
                member_id=complaint.member_id,
                complaint_id=complaint.id,
                event_id=event.id,
                media_type=picture.media_type,
                sha256=_hash(picture),
                width=picture.width,
                height=picture.height,
                content=picture.content,
                author=event.actor,
                at=event.at,
            )
        )
    session.flush()


def of_complaint(session: Session, complaint_id: UUID) -> dict[int, list[Attachment]]:
    """Return the pictures of a complaint by the event that brought them, without their content."""
    found: dict[int, list[Attachment]] = {}
    rows = select(Attachment).where(Attachment.complaint_id == complaint_id)
    for one in session.scalars(rows.order_by(Attachment.at, Attachment.id)):
        found.setdefault(one.event_id, []).append(one)
    return found


def read(member_id: UUID, complaint_id: UUID, attachment_id: UUID) -> Attachment:
    """Return one picture with its content; NotFound when it is not of this complaint of this member."""
    with member_transaction(member_id) as session:
        one = session.get(Attachment, attachment_id, options=[undefer(Attachment.content)])
        if one is None or one.complaint_id != complaint_id:
            raise NotFound("picture")
        return one


def _hash(picture: Picture) -> str:
    return hashlib.sha256(picture.content).hexdigest()

"""The files that a tenant may open: those they sent, and those that came with what staff told them, once it left."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.errors import NotFound
from service.domain.status import EventKind
from service.journey.news import mending
from service.journey.news.mending import Said
from service.journey.submission import pictures
from service.journey.submission.pictures import TENANT
from service.journey.transactions import member_transaction
from service.models.handover import Attachment

# What staff say to a tenant with files. Those of an organisation stay with the staff, whoever is told of its work.
_GIVES = (EventKind.ANSWERED, EventKind.ASKED)


def of_tenant(session: Session, complaint_id: UUID, told: Collection[Said]) -> dict[int, list[Attachment]]:
    """Return the files that a tenant may open by the event that brought them, without their content.

    `told` is what the tenant may read now: see journey.news.mending.
    """
    every = pictures.of_complaint(session, complaint_id)
    given = {one.event.id for one in told if one.event.kind in _GIVES}
    mine = {key: [one for one in files if one.author == TENANT or key in given] for key, files in every.items()}
    return {key: files for key, files in mine.items() if files}


def read_of_tenant(member_id: UUID, complaint_id: UUID, attachment_id: UUID, now: datetime) -> Attachment:
    """Return one file that a tenant may open, with its content; NotFound for any other."""
    one = pictures.read(member_id, complaint_id, attachment_id)
    if one.author != TENANT:
        with member_transaction(member_id) as session:
            told = mending.told(mending.history(session, complaint_id), now)
        if all(said.event.id != one.event_id or said.event.kind not in _GIVES for said in told):
            raise NotFound("picture")
    return one

"""The photos and documents of a complaint: in a list, under the words they came with, and given one by one."""

from uuid import UUID

from flask import Response, g
from sqlalchemy.orm import Session

from service.domain.status import EventKind
from service.file_response import file_response
from service.journey.inbox.views import FILE
from service.journey.reading import Sheet
from service.journey.submission import pictures
from service.journey.submission.upload_room import MOST
from service.models.draft import Upload
from service.models.handover import Attachment
from service.staff import wording
from service.staff.complaint import attaching, views


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/files.html` shows: all files in order, and those of each event."""
    by_event = pictures.of_complaint(session, sheet.complaint.id)
    sent = next((event.id for event in sheet.events if event.kind == EventKind.SUBMITTED), None)
    return {
        "all": [one for files in by_event.values() for one in files],
        "by_event": by_event,
        "of_message": by_event.get(sent or 0, []),
        "message": sent,
        "author": author,
        "waiting": attaching.waiting(session, sheet.complaint.id),
        "readers": attaching.AUDIENCES,
        "most": MOST,
        "kind": kind,
    }


def author(file: Attachment) -> str:
    """Return who sent a file."""
    return "le locataire" if file.author == pictures.TENANT else file.author


def kind(file: Attachment | Upload) -> str:
    """Return what a file is, with the number of its pages."""
    if file.media_type != "application/pdf":
        return "Photo"
    return f"Document PDF, {wording.count(file.pages or 1, 'page')}"


def give(complaint_id: UUID, attachment_id: UUID) -> Response:
    """Give one file of a complaint of the member, as what it is and nothing else."""
    found = pictures.read(g.staff.member_id, complaint_id, attachment_id)
    views.look(complaint_id, FILE)
    return file_response(found.media_type, found.content)

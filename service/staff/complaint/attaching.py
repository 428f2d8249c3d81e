"""Files that staff add to what they write: they come with the form, and wait under it until the words are sent."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from service.domain.errors import BadInput
from service.journey.handling import attaching
from service.journey.submission import uploads
from service.journey.submission.cleaning import FIELD, FileRefused
from service.models.draft import Upload
from service.staff.complaint.compose import ANSWER, NOTE, PARTNER, QUESTION
from service.staff.request_context import ports

PIECES = "pieces"  # where the page says what is wrong with a file
TAKEN_OFF = "retirer"  # the button beside a file
_FORMS = (ANSWER.code, QUESTION.code, PARTNER.code, NOTE.code)
AUDIENCES = {
    "tenant": "Le locataire pourra les ouvrir sur sa page de suivi.",
    "partner": "L'organisme pourra les ouvrir sur sa page.",
    "internal": "Seuls vos collègues pourront les ouvrir.",
}


def receive(complaint_id: UUID, form: str) -> str:
    """Hold the files that came with a form; return under what they are held. Called with no transaction open.

    Raises
    ------
    FileRefused
        When one of them is not a file we keep; none of those that came with it is.
    NotFound
        When there is no such complaint.

    """
    holder = attaching.holder_of(g.staff.id, complaint_id, form)
    if sent := read(request.files.getlist(FIELD)):
        try:
            attaching.add(g.staff.member_id, complaint_id, holder, sent, ports())
        except FileRefused as refusal:
            refusal.field = PIECES
            raise
    return holder


def read(files: Sequence[FileStorage]) -> list[uploads.Sent]:
    """Return the files that were chosen; large ones were put aside on the disk, and are let go of."""
    sent = []
    for one in files:
        with one.stream as stream:
            if one.filename:
                sent.append(uploads.Sent(one.filename, stream.read()))
    return sent


def take_off(holder: str) -> bool:
    """Take off the file whose button was pressed; say whether one was."""
    pressed = request.form.get(TAKEN_OFF, "")
    if not pressed:
        return False
    try:
        uploads.remove(g.staff.member_id, holder, UUID(pressed))
    except ValueError as error:
        raise BadInput("unknown_value", PIECES) from error
    return True


def waiting(session: Session, complaint_id: UUID) -> Mapping[str, Sequence[Upload]]:
    """Return the files that wait under each form of a complaint, for the person who looks."""
    return {form: attaching.waiting(session, attaching.holder_of(g.staff.id, complaint_id, form)) for form in _FORMS}

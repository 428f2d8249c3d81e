"""The files that came with what a member's people wrote to an organisation, on the page of its hand-over."""

from uuid import UUID

from flask import Response, current_app

from service.domain.errors import NotFound
from service.file_response import file_response
from service.journey.delivery import handovers
from service.journey.delivery.handovers import Door
from service.journey.ports import Ports
from service.journey.submission import pictures


def give(token: str, attachment_id: UUID) -> Response:
    """Give one of them while the page is open; those of anybody else are not found."""
    ports: Ports = current_app.extensions["seve"].ports
    sheet = handovers.open_page(token, ports)
    known = {one.id for files in sheet.files.values() for one in files}
    if sheet.door != Door.OPEN or attachment_id not in known:
        raise NotFound("picture")
    found = pictures.read(sheet.member.id, sheet.complaint.id, attachment_id)
    return file_response(found.media_type, found.content)

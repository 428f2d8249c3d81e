"""Photos and documents that an extranet sends after the message they belong to."""

from typing import Any
from uuid import UUID

from flask import g, request

from service.api.answers import FileOut
from service.api.blueprint import blueprint, ports, refuses
from service.domain.errors import BadInput
from service.journey.submission import sandbox, uploads
from service.journey.submission.cleaning import Cleaned, clean
from service.models.handover import Attachment

FIELD = "file"
_FORM = {"type": "object", "required": [FIELD], "properties": {FIELD: {"type": "string", "format": "binary"}}}
_ALONE = ("image/jpeg", "image/png", "image/webp", "application/pdf")
BODY = {"required": True, "content": {"multipart/form-data": {"schema": _FORM}} | {kind: {} for kind in _ALONE}}


@blueprint.post("/complaints/<uuid:complaint_id>/files")
@blueprint.doc(requestBody=BODY)
@blueprint.response(201, FileOut)
@refuses(401, 404, 409, 413, 422, 503)
def add_file(complaint_id: UUID) -> dict[str, Any]:
    """Add a photo or a PDF: alone as the body, or as `file` of a multipart form. It is made anew before it is kept.

    Five files at the most, 8 MB each. Sent again, the same file is kept once.
    """
    content = _content()
    if g.is_sandbox:
        sandbox.read(g.member_id, complaint_id)
        return _written(_cleaned(content)) | {"sandbox": True}
    try:
        return _written(uploads.add_to_complaint(g.member_id, complaint_id, content, ports()))
    except BadInput as refusal:
        raise BadInput(refusal.code, FIELD) from refusal


def _content() -> bytes:
    if request.mimetype != "multipart/form-data":
        return request.get_data()
    sent = request.files.get(FIELD)
    if sent is None:
        raise BadInput("required", FIELD)
    content: bytes = sent.read()
    return content


def _cleaned(content: bytes) -> Cleaned:
    try:
        return clean(content, ports())
    except BadInput as refusal:
        raise BadInput(refusal.code, FIELD) from refusal


def _written(file: Attachment | Cleaned) -> dict[str, Any]:
    return {
        "media_type": file.media_type,
        "sha256": file.sha256,
        "width": file.width,
        "height": file.height,
        "pages": file.pages,
    }

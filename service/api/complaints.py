"""What members' extranets call: submit, read one, list."""

import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, g, request
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.api import problems
from service.api.access import find_member
from service.api.presentation import as_answer, with_timeline
from service.api.schemas import ComplaintIn, ComplaintOut, ComplaintWithTimelineOut, ListQuery, PageOut, ProblemOut
from service.domain.errors import BadInput, Refusal
from service.journey import reading, steps, submission
from service.journey.places import Address
from service.journey.ports import Ports
from service.journey.sent import Submission, Tenant
from service.journey.submission import Receipt
from service.journey.transactions import member_transaction

blueprint = Blueprint("complaints", __name__, url_prefix="/api/v1", description="Les demandes des locataires")
blueprint.before_request(find_member)
blueprint.register_error_handler(Refusal, problems.from_refusal)

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 300},
    "description": "Any string of yours. Sent again with the same body, it gives the same answer and stores nothing.",
}
_View = TypeVar("_View", bound=Callable[..., Any])
MAX_KEY = 300  # characters of an idempotency key
TWIN = 1.0  # seconds to wait for a twin request that is being answered


def _refuses(status: int) -> Callable[[_View], _View]:
    """Describe one refusal in the OpenAPI document."""
    title = problems.TITLES[status][0]
    described: Callable[[_View], _View] = blueprint.alt_response(
        status, schema=ProblemOut, description=title, content_type="application/problem+json"
    )
    return described


@blueprint.post("/complaints")
@blueprint.doc(parameters=[IDEMPOTENCY_KEY])
@blueprint.arguments(ComplaintIn)
@blueprint.response(201, ComplaintOut)
@_refuses(400)
@_refuses(401)
@_refuses(413)
@_refuses(415)
@_refuses(422)
@_refuses(503)
def submit_complaint(body: dict[str, Any]) -> dict[str, Any]:
    """Accept a tenant's message.

    Send an `Idempotency-Key` header of your own: sent again with the same body it gives the same answer; sent with
    another body it is refused. Without one, a request sent twice makes two complaints.
    """
    ports: Ports = current_app.extensions["seve"].ports
    key = _idempotency_key()
    receipt = submission.submit(g.member_id, _as_submission(body), key, ports)
    if receipt.is_new:
        steps.follow(receipt.member_id, receipt.complaint_id, ports)
    else:
        receipt = _answered(receipt, g.member_id, key)
    if receipt.answer:
        return receipt.answer
    with member_transaction(receipt.member_id) as session:
        answer = as_answer(reading.sheet(session, receipt.complaint_id), ports.base_url)
    submission.keep_answer(g.member_id, key, answer)
    return answer


@blueprint.get("/complaints")
@blueprint.arguments(ListQuery, location="query", unknown=RAISE)
@blueprint.response(200, PageOut)
@_refuses(401)
@_refuses(422)
@_refuses(503)
def list_complaints(query: dict[str, Any]) -> dict[str, Any]:
    """List the member's complaints, the newest first, by key: give `next_cursor` back as `cursor`."""
    ports: Ports = current_app.extensions["seve"].ports
    cursor = query.pop("cursor")
    now = ports.clock.now()
    with member_transaction(g.member_id) as session:
        page = reading.page(session, reading.Filters(**query), now, cursor)
        sheets = reading.sheets(session, page.complaints)
        return {
            "complaints": [as_answer(sheet, ports.base_url) for sheet in sheets],
            "next_cursor": page.next_cursor,
        }


@blueprint.get("/complaints/<uuid:complaint_id>")
@blueprint.response(200, ComplaintWithTimelineOut)
@_refuses(401)
@_refuses(404)
@_refuses(503)
def read_complaint(complaint_id: UUID) -> dict[str, Any]:
    """Read one complaint with its text and its timeline."""
    with member_transaction(g.member_id) as session:
        return with_timeline(reading.sheet(session, complaint_id), current_app.extensions["seve"].ports.base_url)


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY:
        raise BadInput("too_long", "Idempotency-Key")
    return key or secrets.token_urlsafe(16)


def _answered(receipt: Receipt, member_id: UUID, key: str) -> Receipt:
    """Wait a moment for the answer of a twin request that came first and is not finished."""
    deadline = time.monotonic() + TWIN
    while receipt.answer is None and time.monotonic() < deadline:
        time.sleep(0.05)
        receipt = submission.receipt_of(member_id, key)
    return receipt


def _as_submission(body: dict[str, Any]) -> Submission:
    dwelling = body["dwelling"] or {}
    address = dwelling.get("address")
    return Submission(
        text=body["text"],
        channel=body["channel"],
        tenant=Tenant(**(body["tenant"] or {})),
        dwelling_reference=(dwelling.get("reference") or "").strip() or None,
        address=Address(**address) if address else None,
        chosen_category=body["category"],
    )

"""What members' extranets call: submit, read one, list."""

import secrets
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import g, request
from marshmallow import RAISE

from service.api.answers import ComplaintOut, ComplaintWithTimelineOut, PageOut
from service.api.blueprint import blueprint, ports, refuses
from service.api.bodies import as_submission
from service.api.presentation import as_answer, as_read, as_trial, with_timeline
from service.api.schemas import ComplaintIn, ListQuery
from service.domain.errors import BadInput
from service.journey import reading, steps
from service.journey.inbox import lists, pages
from service.journey.news import leaving
from service.journey.reading import Sheet
from service.journey.submission import sandbox, submission
from service.journey.submission.submission import Receipt
from service.journey.transactions import member_transaction

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 300},
    "description": "Any string of yours. Sent again with the same body, it gives the same answer and stores nothing.",
}
MAX_KEY = 300  # characters of an idempotency key
TWIN = 1.0  # seconds to wait for a twin request that is being answered


@blueprint.post("/complaints")
@blueprint.doc(parameters=[IDEMPOTENCY_KEY])
@blueprint.arguments(ComplaintIn)
@blueprint.response(201, ComplaintOut)
@refuses(400, 401, 413, 415, 422, 503)
def submit_complaint(body: dict[str, Any]) -> dict[str, Any]:
    """Accept a tenant's message.

    Send an `Idempotency-Key` header of your own: sent again with the same body it gives the same answer; sent with
    another body it is refused. Without one, a request sent twice makes two complaints. With a sandbox key the answer is
    the same, `sandbox` is true, nothing is kept and nobody is told.
    """
    key, sent = _idempotency_key(), as_submission(g.member_id, body)
    if g.is_sandbox:
        return sandbox.submit(g.member_id, sent, key, _trial, ports())
    receipt = submission.submit(g.member_id, replace(sent, key_id=g.key_id), key, ports())
    if receipt.is_new:
        steps.follow(receipt.member_id, receipt.complaint_id, ports())
    else:
        receipt = _answered(receipt, g.member_id, key)
    if receipt.answer:
        return receipt.answer
    with member_transaction(receipt.member_id) as session:
        answer = as_answer(reading.sheet(session, receipt.complaint_id), ports().base_url, ports().clock.now())
    submission.keep_answer(g.member_id, key, answer)
    return answer


@blueprint.get("/complaints")
@blueprint.arguments(ListQuery, location="query", unknown=RAISE)
@blueprint.response(200, PageOut)
@refuses(401, 422, 503)
def list_complaints(query: dict[str, Any]) -> dict[str, Any]:
    """List the member's complaints, the newest first, by key: give `next_cursor` back as `cursor`."""
    cursor = query.pop("cursor")
    now = ports().clock.now()
    if g.is_sandbox:  # It kept nothing, and what others keep is not its to read.
        return {"complaints": [], "next_cursor": None}
    with member_transaction(g.member_id) as session:
        page = pages.page(session, lists.Filters(**query, as_told=True, key_id=g.key_id), now, cursor)
        waiting = leaving.histories(session, now, [one.id for one in page.complaints])
        sheets = [
            replace(sheet, events=waiting.get(sheet.complaint.id, ()))
            for sheet in reading.sheets(session, page.complaints)
        ]
        return {
            "complaints": [as_read(sheet, as_answer(sheet, ports().base_url, now), g.key_id) for sheet in sheets],
            "next_cursor": page.next_cursor,
        }


@blueprint.get("/complaints/<uuid:complaint_id>")
@blueprint.response(200, ComplaintWithTimelineOut)
@refuses(401, 404, 503)
def read_complaint(complaint_id: UUID) -> dict[str, Any]:
    """Read one complaint with its text and its timeline.

    Of one that the member keeps to people it named, another key than the one that sent it reads no word: `reserved` is
    true, and what would tell what it is about is null.
    """
    if g.is_sandbox:
        return sandbox.read(g.member_id, complaint_id)
    with member_transaction(g.member_id) as session:
        sheet = reading.sheet(session, complaint_id)
        return as_read(sheet, with_timeline(sheet, ports().base_url, ports().clock.now()), g.key_id)


def _trial(sheet: Sheet) -> dict[str, Any]:
    return as_trial(sheet, ports().base_url, ports().clock.now())


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

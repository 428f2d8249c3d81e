"""Service requests: sent, listed, read."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Response, current_app, request

from service.domain import open311
from service.domain.errors import BadInput, NotFound
from service.domain.reference import read_reference
from service.domain.safety import advice_for
from service.domain.submission import check_text
from service.journey import steps
from service.journey.delivery import service_requests
from service.journey.delivery.service_requests import Search, ServiceRequest, promise
from service.journey.patrimoine.places import Address
from service.journey.people.accounts import Caller
from service.journey.ports import Ports
from service.journey.submission import submission
from service.journey.submission.sent import Submission, Tenant
from service.journey.submission.submission import Receipt
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.open311.access import find_caller
from service.open311.formats import write

MAX_KEY = 300  # characters of an idempotency key


def submit_request(extension: str) -> Response:
    """Accept a service request, in real time: the answer carries its id, which is our reference.

    With an `Idempotency-Key` header, the same request sent again is answered alike and stored once.
    """
    ports: Ports = current_app.extensions["seve"].ports
    caller = find_caller()
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY:
        raise BadInput("too_long", "Idempotency-Key")
    sent = replace(_as_submission(), key_id=caller.key_id)
    receipt = submission.submit(caller.member_id, sent, key or secrets.token_urlsafe(16), ports)
    if receipt.is_new:
        steps.follow(receipt.member_id, receipt.complaint_id, ports)
    return write("service_requests", [_receipt(receipt)], extension, 201)


def _as_submission() -> Submission:
    fields = {name: value for name, value in request.values.items() if name != "api_key"}
    names = [open311.read_short(fields, name) for name in ("first_name", "last_name")]
    address = open311.read_short(fields, "address_string")
    return Submission(
        text=_text(fields),
        channel="extranet",
        tenant=Tenant(
            reference=open311.read_short(fields, "account_id"),
            name=" ".join(name for name in names if name) or None,
            email=open311.read_email(fields),
            phone=open311.read_short(fields, "phone"),
        ),
        dwelling_reference=open311.read_short(fields, "address_id"),
        address=Address(address, "", "") if address and not _is_from_a_sister() else None,
        chosen_category=open311.read_code(fields),
    )


def _is_from_a_sister() -> bool:
    """Say whether another Sève hands a complaint over, perhaps one that shares our members.

    Looked up, the address could lead back to the very member that sends it, whose rules would send it here again, and
    so on without end. It is then kept in words, for a person.
    """
    return request.user_agent.string == open311.SISTER


def _text(fields: dict[str, str]) -> str:
    """Return the description, then what has no field of its own with us. Nothing is guessed from a position."""
    description = check_text(fields.get("description", ""), "description")
    address = open311.read_short(fields, "address_string")
    place = f"Lieu donné : {address}" if address and _is_from_a_sister() else None
    lines = [
        place,
        open311.read_position(fields),
        *open311.attribute_lines([*request.args.lists(), *request.form.lists()]),
    ]
    rest = "\n".join(line for line in lines if line)
    return check_text(f"{description}\n\n{rest}" if rest else description, "description")


def _receipt(receipt: Receipt) -> dict[str, Any]:
    """Return what the sender is told: whom to call in danger, by when a person answers, what was not used."""
    with member_transaction(receipt.member_id) as session:
        complaint = session.get_one(Complaint, receipt.complaint_id)
        advice = [f"{one.title} : {one.phone}." for one in advice_for(complaint.danger_types)]
        unused = open311.ignored([*request.args, *request.form, *request.files])
        named = [f"Champs non utilisés : {', '.join(unused)}."] if unused else []
        return {
            "service_request_id": complaint.reference,
            "service_notice": " ".join([promise(complaint), *advice, *named]),
            "account_id": complaint.tenant_reference,
        }


def list_requests(extension: str) -> Response:
    """List the member's requests, the newest first."""
    ports: Ports = current_app.extensions["seve"].ports
    caller, search = find_caller(), _search(ports)
    with member_transaction(caller.member_id) as session:
        found = service_requests.find(session, caller, search, ports.clock.now())
    return write("service_requests", [_as_answer(one) for one in found], extension)


def _search(ports: Ports) -> Search:
    asked = {name: value.strip() for name, value in request.args.items()}
    size = open311.read_number(asked.get("page_size", ""), "page_size", open311.MAX_REQUESTS, open311.MAX_REQUESTS)
    ids = open311.listed(asked.get("service_request_id", ""))
    if ids:
        return Search(references=[reference for one in ids if (reference := read_reference(one))], size=size)
    return Search(
        codes=open311.read_codes(asked.get("service_code", "")),
        states=frozenset(open311.read_states(asked.get("status", ""))),
        window=open311.window(asked.get("start_date", ""), asked.get("end_date", ""), ports.clock.now()),
        page=open311.read_number(asked.get("page", ""), "page", 1, open311.MAX_PAGE),
        size=size,
    )


def read_request(request_id: str, extension: str) -> Response:
    """Read one request."""
    return write("service_requests", [_as_answer(_one(find_caller(), request_id))], extension)


def read_token(token: str, extension: str) -> Response:
    """Answer a token with the id of its request. We give the id at once, which is therefore its own token."""
    found = _one(find_caller(), token)
    return write("service_requests", [{"service_request_id": found.reference, "token": token}], extension)


def _one(caller: Caller, request_id: str) -> ServiceRequest:
    ports: Ports = current_app.extensions["seve"].ports
    reference = read_reference(request_id)
    search = Search(references=[reference] if reference else [])
    with member_transaction(caller.member_id) as session:
        found = service_requests.find(session, caller, search, ports.clock.now())
    if not found:
        raise NotFound("service_request", "service_request_id")
    return found[0]


def _as_answer(found: ServiceRequest) -> dict[str, Any]:
    return dict(_fields(found))


def _fields(found: ServiceRequest) -> Iterator[tuple[str, Any]]:
    yield "service_request_id", found.reference
    yield "status", found.state
    yield "status_notes", found.notes
    yield "service_name", found.name
    yield "service_code", found.code
    yield "description", found.text
    yield "agency_responsible", found.agency
    yield "service_notice", found.notice or None
    yield "requested_datetime", open311.instant_in_words(found.requested_at)
    yield "updated_datetime", open311.instant_in_words(found.updated_at)
    yield "expected_datetime", open311.instant_in_words(found.expected_at) if found.expected_at else None
    yield "address", found.address
    yield "address_id", found.dwelling_reference
    yield "zipcode", found.postcode
    yield "lat", None
    yield "long", None
    yield "media_url", None

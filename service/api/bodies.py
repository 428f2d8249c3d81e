"""A request's body, already checked field by field, turned into a submission."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.domain.errors import BadInput
from service.domain.origins import allowed_origins, return_address
from service.domain.questions import details_of, questions_of
from service.domain.taxonomy import categories
from service.journey.patrimoine.places import Address
from service.journey.submission.sent import Submission, Tenant
from service.journey.transactions import shared_transaction
from service.models.member import Member


def as_submission(member_id: UUID, body: Mapping[str, Any]) -> Submission:
    """Return the submission of a checked body.

    Raises
    ------
    BadInput
        When a place, a question, an answer or an address to return to is not one of ours, or of the member's.

    """
    dwelling = body["dwelling"] or {}
    address = dwelling.get("address")
    return Submission(
        text=body["text"],
        channel=body.get("channel", "extranet"),
        tenant=Tenant(**(body.get("tenant") or {})),
        dwelling_reference=(dwelling.get("reference") or "").strip() or None,
        address=Address(**address) if address else None,
        chosen_category=body["category"],
        details=_details(body["category"], body.get("details") or {}),
        joined_incident_id=body.get("incident"),
        return_url=_return_url(member_id, body.get("return_url")),
    )


def _details(category: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    answers = given.get("answers") or {}
    try:
        return details_of(category or _asking(answers), given.get("where"), answers)
    except BadInput as refusal:
        field = "details/where" if refusal.field == "where" else f"details/answers/{refusal.field}"
        raise BadInput(refusal.code, field) from refusal


def _asking(answers: Mapping[str, str]) -> str | None:
    """Return a category that asks all these questions: without a chosen one, they were those of a suggestion.

    When there is none, the one that asks most of them tells which question is not to be answered.
    """
    asked = {code: {question.code for question in questions_of(code)} for code in categories()}
    return max(asked, key=lambda code: len(asked[code] & set(answers))) if answers else None


def _return_url(member_id: UUID, typed: str | None) -> str | None:
    if not typed:
        return None
    with shared_transaction() as session:
        origins = allowed_origins(session.get_one(Member, member_id).frame_origins)
    found = return_address(typed, origins)
    if found is None:
        raise BadInput("foreign_address", "return_url")
    return found

"""A complaint as the API writes it."""

from dataclasses import asdict
from typing import Any

from service.domain.safety import advice_for
from service.domain.status import EventKind
from service.domain.taxonomy import category_label
from service.journey.reading import Sheet
from service.models.complaint import Complaint

_TOLD = ("where", "answers")  # of the details: what the tenant said, not what was made of it


def as_answer(sheet: Sheet, base_url: str) -> dict[str, Any]:
    """Return the fields of ComplaintOut, as plain JSON values."""
    complaint = sheet.complaint
    return {
        "id": str(complaint.id),
        "reference": complaint.reference,
        "status": complaint.status,
        "submitted_at": complaint.submitted_at.isoformat(),
        "classification": _classification(complaint),
        "routed_to": _routed_to(sheet),
        "promised_answer_by": complaint.promised_answer_by.isoformat(),
        "incident": _incident(sheet),
        "safety_advice": [asdict(advice) for advice in advice_for(complaint.danger_types)],
        "tracking_url": f"{base_url}/suivi/{complaint.tracking_token}",
    }


def as_trial(sheet: Sheet, base_url: str) -> dict[str, Any]:
    """Return what a sandbox key is answered: everything as for good, and a link that says it was a trial."""
    return with_timeline(sheet, base_url) | {"sandbox": True, "tracking_url": f"{base_url}/{sheet.member.slug}/essai"}


def with_timeline(sheet: Sheet, base_url: str) -> dict[str, Any]:
    """Return the fields of ComplaintWithTimelineOut."""
    return as_answer(sheet, base_url) | {
        "text": sheet.complaint.text,
        "place": sheet.place,
        "details": {name: sheet.complaint.details[name] for name in _TOLD if name in sheet.complaint.details},
        "timeline": [
            {
                "kind": event.kind,
                "at": event.at.isoformat(),
                "actor": event.actor,
                "audience": event.audience,
                "data": event.data,
            }
            for event in sheet.events
            if event.kind != EventKind.TARGETS_SET  # a reckoning of ours, which `promised_answer_by` sums up
        ],
    }


def _classification(complaint: Complaint) -> dict[str, Any] | None:
    if complaint.category is None:
        return None
    return {
        "category": complaint.category,
        "category_label": category_label(complaint.category),
        "secondary": complaint.secondary,
        "nature": complaint.nature,
        "urgency": complaint.urgency,
        "confidence": complaint.confidence,
        "abstained": complaint.abstained,
        "alternatives": complaint.alternatives,
        "model_version": complaint.model_version,
        "decided_by": "person" if complaint.category_by_person else "model",
    }


def _incident(sheet: Sheet) -> dict[str, Any] | None:
    """Return the open incident it is linked to; `neighbours` is null while so few would point at somebody."""
    known = sheet.known
    if known is None or not known.is_open:
        return None
    return {
        "id": str(known.id),
        "title": known.title,
        "neighbours": known.neighbours,
        "next_news_at": known.next_news_at.isoformat() if known.next_news_at else None,
    }


def _routed_to(sheet: Sheet) -> dict[str, Any] | None:
    if sheet.team is None:
        return None
    return {
        "organisation": sheet.organisation.name if sheet.organisation else sheet.member.name,
        "team": sheet.team.name,
        "kind": sheet.complaint.target,
        "reason": sheet.complaint.route_reason,
    }

"""A complaint as the API writes it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from service.domain.closing import KEPT_INSIDE
from service.domain.mending import MENDABLE, Fate, fates
from service.domain.safety import advice_for
from service.domain.status import Audience, EventKind
from service.domain.taxonomy import category_label
from service.journey.news.mending import status_told
from service.journey.reading import Sheet
from service.journey.submission import own_key
from service.models.complaint import Complaint, Event

_TOLD = ("where", "answers")  # of the details: what the tenant said, not what was made of it
# What would tell what a complaint is about, or open it, and what stands there for whoever is not told.
_UNTOLD: Mapping[str, Any] = {
    "classification": None, "routed_to": None, "incident": None, "tracking_url": None, "text": None, "place": None,
    "details": None, "timeline": [],
}  # fmt: skip


def as_answer(sheet: Sheet, base_url: str, now: datetime) -> dict[str, Any]:
    """Return the fields of ComplaintOut, as plain JSON values. What may still be mended before it leaves counts not."""
    complaint = sheet.complaint
    return {
        "id": str(complaint.id),
        "reference": complaint.reference,
        "status": status_told(complaint, sheet.events, now),
        "submitted_at": complaint.submitted_at.isoformat(),
        "classification": _classification(complaint),
        "routed_to": _routed_to(sheet),
        "promised_answer_by": complaint.promised_answer_by.isoformat(),
        "incident": _incident(sheet),
        "safety_advice": [asdict(advice) for advice in advice_for(complaint.danger_types)],
        "tracking_url": f"{base_url}/suivi/{complaint.tracking_token}",
    }


def as_read(sheet: Sheet, answer: Mapping[str, Any], key_id: UUID) -> dict[str, Any]:
    """Return what a key reads of a complaint: no word of a sensitive one that another brought."""
    if own_key.is_told(sheet.complaint, key_id):
        return dict(answer)
    kept = {name: _UNTOLD.get(name, value) for name, value in answer.items()}
    return kept | {"safety_advice": [asdict(advice) for advice in advice_for(())], "reserved": True}


def as_trial(sheet: Sheet, base_url: str, now: datetime) -> dict[str, Any]:
    """Return what a sandbox key is answered: everything as for good, and a link that says it was a trial."""
    link = f"{base_url}/{sheet.member.slug}/essai"
    return with_timeline(sheet, base_url, now) | {"sandbox": True, "tracking_url": link}


def with_timeline(sheet: Sheet, base_url: str, now: datetime) -> dict[str, Any]:
    """Return the fields of ComplaintWithTimelineOut."""
    known = fates(sheet.events)
    return as_answer(sheet, base_url, now) | {
        "text": sheet.complaint.text,
        "place": sheet.place,
        "details": {name: sheet.complaint.details[name] for name in _TOLD if name in sheet.complaint.details},
        "timeline": [
            {
                "kind": event.kind,
                "at": event.at.isoformat(),
                "actor": event.actor,
                **_told(event, known.get(event.id), now),
            }
            for event in sheet.events
            if event.kind != EventKind.TARGETS_SET  # a reckoning of ours, which `promised_answer_by` sums up
        ],
    }


def _told(event: Event, fate: Fate | None, now: datetime) -> dict[str, Any]:
    """Return whom an event is for, and what goes with it: no words that wait to leave, were changed or kept back."""
    if event.kind == EventKind.MENDED:
        kept = {name: value for name, value in event.data.items() if name != "text"}
        return {"audience": event.audience, "data": kept}
    told = {name: value for name, value in event.data.items() if name not in KEPT_INSIDE}
    if fate is None:
        return {"audience": event.audience, "data": told}
    words = MENDABLE[event.kind]
    if fate.is_said(now):
        mended = {words: fate.text} if words in event.data else {}
        return {"audience": event.audience, "data": told | mended}
    return {"audience": Audience.INTERNAL, "data": {name: value for name, value in told.items() if name != words}}


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

"""Everything held about a tenant with one complaint, as they may read it: for their own copy.

Never what the member's people note among themselves, what others wrote, or what belongs to a supplier. Whoever has the
link may ask for it: addresses and numbers are hidden in part, as on the tenant's own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.masking import masked_email, masked_phone, masked_recipient
from service.domain.news import TO_TENANTS
from service.domain.status import Audience, EventKind
from service.domain.taxonomy import category_label
from service.journey.inbox import views
from service.journey.news import given_files, mending
from service.journey.ports import Ports
from service.journey.reading import Sheet, sheet
from service.journey.submission.pictures import TENANT
from service.journey.transactions import member_transaction
from service.journey.trends import objections
from service.models.classification import Correction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.feedback import Feedback
from service.models.incident import Incident, IncidentLink
from service.models.learning import TrainingExample
from service.models.people import Staff

# Channels by which a person is written to.
PERSONAL = ("email", "sms", "post", "phone")
# What goes with each event and is the tenant's to read, besides its words. All else is how the house works.
GIVEN: dict[str, tuple[str, ...]] = {
    EventKind.SUBMITTED: ("channel", "entered_by", "received_on", "files"),
    EventKind.CONFIRMED: ("category", "about"),
    EventKind.ROUTED: ("team", "organisation", "reason"),
    EventKind.TRANSFERRED: ("team", "organisation", "reason"),
    EventKind.PASSED_ON: ("member", "reason"),
    EventKind.PLANNED: ("organisation", "on", "slot"),
    EventKind.EXTENDED: ("until", "reason"),
    EventKind.LINKED: ("title",),
    EventKind.INCIDENT_NEWS: ("title",),
    EventKind.COMMITTED: ("what", "due_on", "owner"),
    EventKind.COMMITMENT_KEPT: ("what",),
    EventKind.COMMITMENT_DROPPED: ("what", "why", "until"),
    EventKind.CLOSED: ("outcome",),
    EventKind.FEEDBACK_GIVEN: ("score", "solved"),
    EventKind.CONTESTED: ("about", "category"),
    EventKind.CONTACT_CHANGED: ("words",),
}


@dataclass(frozen=True)
class OwnFile:
    """A file the tenant sent or was given.

    Its content is read when it is its turn: all of them at once would fill the memory.
    """

    id: UUID
    media_type: str


@dataclass(frozen=True)
class OwnData:
    """Everything, as plain JSON values, and the files."""

    facts: dict[str, Any]
    files: Sequence[OwnFile]


def gather(member_id: UUID, complaint_id: UUID, ports: Ports) -> OwnData:
    """Return what is held about the tenant of a complaint, as it stands now. Changes nothing."""
    now = ports.clock.now()
    with member_transaction(member_id) as session:
        whole = sheet(session, complaint_id)
        complaint = whole.complaint
        given = given_files.of_tenant(session, complaint_id, mending.told(whole.events, now))
        files = sorted((one for some in given.values() for one in some), key=lambda one: (one.at, one.id))
        facts = {
            "gathered_at": now.isoformat(),
            "landlord": whole.member.name,
            "complaint": _complaint(whole, now),
            "tenant": _tenant(session, complaint),
            "reading": _reading(session, complaint),
            "history": _history(whole, now),
            "messages_sent": _sent(session, complaint_id),
            "incidents": _incidents(session, complaint_id),
            "feedback": _feedback(session, complaint_id),
            "opened": [{"on": on.isoformat(), "by": team} for on, team in views.by_function(session, complaint_id)],
            "training": _training(session, complaint_id),
            "trends": {"left_out_since": _when(objections.asked_on(session, complaint))},
            "files": [{"media_type": one.media_type, "sent_at": one.at.isoformat()} for one in files],
        }
        return OwnData(facts, [OwnFile(one.id, one.media_type) for one in files])


def _complaint(whole: Sheet, now: datetime) -> dict[str, Any]:
    complaint = whole.complaint
    standing = mending.standing(complaint, whole.events, now)
    return {
        "reference": complaint.reference,
        "text": complaint.text,
        "channel": complaint.channel,
        "submitted_at": complaint.submitted_at.isoformat(),
        "place_given": complaint.place_given,
        "details": complaint.details,
        "chosen_category": complaint.chosen_category,
        "team": whole.team.name if whole.team else None,
        "organisation": whole.organisation.name if whole.organisation else None,
        "route_reason": complaint.route_reason,
        "promised_answer_by": complaint.promised_answer_by.isoformat(),
        "first_answered_at": _when(standing.first_answered_at),
        "closed_at": _when(standing.closed_at),
        "outcome": standing.outcome,
        "closing_sentence": standing.sentence,
        "dwelling_was_found": complaint.dwelling_id is not None,
        "return_url": complaint.return_url,
    }


def _tenant(session: Session, complaint: Complaint) -> dict[str, Any]:
    entered_by = session.get(Staff, complaint.entered_by_id) if complaint.entered_by_id else None
    return {
        "reference": complaint.tenant_reference,
        "name": complaint.tenant_name,
        "email": masked_email(complaint.tenant_email),
        "phone": masked_phone(complaint.tenant_phone),
        "preferred_channel": complaint.preferred_channel,
        "pace": complaint.pace,
        "language": complaint.language,
        "needs": complaint.needs,
        "read_at": _when(complaint.read_at),
        "surveyed_at": _when(complaint.surveyed_at),
        "entered_by": entered_by.name if entered_by else None,
    }


def _reading(session: Session, complaint: Complaint) -> dict[str, Any]:
    """Return what the machine said of the message, and what people said after it."""
    corrections = select(Correction).where(Correction.complaint_id == complaint.id).order_by(Correction.at)
    return {
        "category": complaint.category,
        "category_label": category_label(complaint.category),
        "secondary": complaint.secondary,
        "nature": complaint.nature,
        "urgency": complaint.urgency,
        "danger": complaint.danger,
        "danger_types": complaint.danger_types,
        "confidence": complaint.confidence,
        "abstained": complaint.abstained,
        "alternatives": complaint.alternatives,
        "words": complaint.words,
        "model_version": complaint.model_version,
        "decided_by": "person" if complaint.category_by_person else "model",
        "corrections": [
            {"from": one.from_category, "to": one.to_category, "at": one.at.isoformat()}
            for one in session.scalars(corrections)
        ],
    }


def _history(whole: Sheet, now: datetime) -> list[dict[str, Any]]:
    """Return what the tenant may read, and what they did themselves."""
    told = {one.event.id: one.text for one in mending.told(whole.events, now)}
    return [
        {
            "at": event.at.isoformat(),
            "kind": event.kind,
            "by": event.actor,
            "text": told[event.id] if event.id in told else event.data.get("text"),
            "data": {name: event.data[name] for name in GIVEN.get(event.kind, ()) if name in event.data},
        }
        for event in whole.events
        if event.id in told or (event.actor == TENANT and event.audience == Audience.INTERNAL)
    ]


def _sent(session: Session, complaint_id: UUID) -> list[dict[str, Any]]:
    mine = select(Delivery).where(
        Delivery.complaint_id == complaint_id,
        Delivery.channel.in_(PERSONAL),
        Delivery.purpose.in_(TO_TENANTS),
        Delivery.sent_at.is_not(None),
    )
    return [
        {
            "about": one.purpose,
            "by": one.channel,
            "to": masked_recipient(one.channel, one.recipient),
            "sent_at": _when(one.sent_at),
        }
        for one in session.scalars(mine.order_by(Delivery.sent_at))
    ]


def _incidents(session: Session, complaint_id: UUID) -> list[dict[str, Any]]:
    linked = (
        select(Incident.title, IncidentLink.linked_at, IncidentLink.unlinked_at)
        .join(IncidentLink, IncidentLink.incident_id == Incident.id)
        .where(IncidentLink.complaint_id == complaint_id, Incident.status.in_(("open", "resolved")))
    )
    return [
        {"title": title, "linked_at": _when(since), "unlinked_at": _when(until)}
        for title, since, until in session.execute(linked.order_by(IncidentLink.linked_at))
    ]


def _feedback(session: Session, complaint_id: UUID) -> list[dict[str, Any]]:
    names = ("score", "solved", "visit", "work", "courtesy", "informed", "comment")
    rows = session.scalars(select(Feedback).where(Feedback.complaint_id == complaint_id))
    return [{name: getattr(one, name) for name in names} | {"at": one.at.isoformat()} for one in rows]


def _training(session: Session, complaint_id: UUID) -> list[dict[str, Any]]:
    """Return the copy without names from which the machine learns to read."""
    rows = session.scalars(select(TrainingExample).where(TrainingExample.complaint_id == complaint_id))
    return [{"text": one.text, "category": one.category, "at": one.at.isoformat()} for one in rows]


def _when(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

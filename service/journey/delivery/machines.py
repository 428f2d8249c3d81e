"""What machines are told: signed calls, and files for old systems. Never a name, never a tenant's words unasked."""

import json

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.domain.drops import STATES, state_of, write_line
from service.domain.taxonomy import category_label
from service.journey.news.messages import Facts
from service.journey.parcels import Call, Drop, NotSendable
from service.journey.ports import Ports
from service.models.endpoint import Endpoint, EndpointSecret
from service.models.patrimoine import Dwelling

# purpose -> the end of the type of a call; an arrival is called after what brought it: routed, transferred, reopened
TYPES = {
    "withdrawn": "withdrawn", "answered": "answered", "closed": "closed", "page": "danger", "alert": "danger",
    "handover_danger": "danger",
}  # fmt: skip
# A type that says "routed" again and again would hide what happened.
ARRIVALS = {"routed": "routed", "transferred": "transferred", "reopened": "reopened"}


def call(session: Session, facts: Facts, endpoint: Endpoint, ports: Ports) -> Call:
    """Return the call, signed under every secret that is live."""
    complaint, event = facts.complaint, facts.event
    kind = TYPES.get(facts.delivery.purpose) or ARRIVALS.get(event.kind, "routed")
    body = {
        "type": f"complaint.{kind}",
        "timestamp": event.at.isoformat(),
        "data": {
            "id": str(complaint.id),
            "reference": complaint.reference,
            "status": complaint.status,
            # Whoever reads what a machine keeps is not among the people named for it.
            "category": None if complaint.is_sensitive else complaint.category,
            "sensitive": complaint.is_sensitive,
            "urgency": complaint.urgency,
            "target": complaint.target,
            "team": facts.desk,
            "organisation": facts.organisation.name if facts.organisation else None,
            "submitted_at": complaint.submitted_at.isoformat(),
            "promised_answer_by": complaint.promised_answer_by.isoformat(),
            "outcome": complaint.outcome,
        },
    }
    secrets = live_secrets(session, endpoint, ports)
    if not secrets:
        raise NotSendable("no live secret")
    return Call(str(facts.delivery.id), endpoint.address, secrets, json.dumps(body), ports.clock.now())


def live_secrets(session: Session, endpoint: Endpoint, ports: Ports) -> tuple[str, ...]:
    """Return the secrets in clear, the newest first.

    Raises
    ------
    SealBroken
        When one of them cannot be opened.

    """
    live = (
        select(EndpointSecret.sealed)
        .where(
            EndpointSecret.endpoint_id == endpoint.id,
            or_(EndpointSecret.ends_at.is_(None), EndpointSecret.ends_at > ports.clock.now()),
        )
        .order_by(EndpointSecret.created_at.desc(), EndpointSecret.id)
    )
    return tuple(ports.sealer.unseal(sealed) for sealed in session.scalars(live))


def drop(session: Session, facts: Facts, endpoint: Endpoint) -> Drop:
    """Return the file for an old system, named after the delivery: put twice, it replaces itself."""
    complaint, purpose = facts.complaint, facts.delivery.purpose
    if purpose not in STATES:
        raise NotSendable(f"no file says {purpose}")
    status, event = state_of(purpose, complaint.outcome)
    codes = endpoint.options.get("services", {})
    dwelling = session.get(Dwelling, complaint.dwelling_id) if complaint.dwelling_id else None
    at = facts.event.at.isoformat(timespec="seconds")
    described = complaint.text if facts.with_text else f"{category_label(complaint.category)}, {facts.place}"
    service = str(codes.get(complaint.category, complaint.category or ""))
    if complaint.is_sensitive:
        described, service = facts.place, ""  # where to go, and how urgent: nothing of what it is about
    line = {
        "reference": complaint.reference,
        "description": described,
        "status": status,
        "event": event,
        "eventDate": at,
        "logDate": at,
        "serviceCode": service,
        "location.assetReference": dwelling.reference if dwelling else "",
        "workType": "corrective",
        "criticalLevel": complaint.urgency or "",
        "origin": complaint.channel,
    }
    key = str(facts.delivery.id)
    return Drop(key, f"{facts.member.slug}/{endpoint.address}", f"{key}.csv", write_line(line))

"""Collective incidents beside a complaint: the one it is linked to, those around, and the three buttons."""

from uuid import UUID

from flask import request
from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.incidents import INDIVIDUAL
from service.domain.status import Status
from service.journey.incidents.incident_links import live_link
from service.journey.incidents.incident_lists import around
from service.journey.reading import Sheet
from service.journey.submission.known import known
from service.staff.request_context import now


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/incidents.html` shows beside a complaint."""
    complaint = sheet.complaint
    is_open = complaint.status != Status.CLOSED
    linked = known(session, complaint.incident_id)
    is_possible = complaint.residence_id is not None and complaint.category not in {None, *INDIVIDUAL}
    return {
        "known": linked,
        "link": live_link(session, complaint.id) if linked else None,
        "around": around(session, complaint, now()) if is_open else [],
        "may_report": is_open and is_possible and not (linked and linked.status in ("proposed", "open")),
        "is_open": is_open,
    }


def incident_typed() -> UUID:
    """Return the incident chosen in a form of the panel."""
    try:
        return UUID(request.form.get("incident", ""))
    except ValueError as error:
        raise BadInput("unknown_value", "incident") from error

"""Writing down what happened: the status, the event and the steps it calls for, in the transaction at hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.domain.cycle import HEARD
from service.domain.errors import Erased, NotAllowed
from service.domain.follow_up import told_since, unread_since, unsolved_since
from service.domain.status import Audience, EventKind, Status, is_allowed, status_after
from service.models.complaint import Complaint, Event
from service.models.outbox import OutboxStep

MOVED = "moved"  # what a transaction remembers: the complaints whose clocks may have moved

# event -> the steps that follow from it. Read downwards, this is the straight line.
STEPS_AFTER: dict[EventKind, tuple[str, ...]] = {
    EventKind.SUBMITTED: ("classify", "notify"),
    EventKind.CLASSIFIED: ("route",),
    EventKind.CORRECTED: ("route", "watch"),
    EventKind.PLACED: ("route", "watch"),
    EventKind.DANGER_RAISED: ("route",),
    EventKind.ROUTED: ("deliver", "watch"),
    EventKind.TRANSFERRED: ("deliver", "notify", "reckon"),
    EventKind.NOTED: ("reckon",),
    EventKind.PASSED_ON: ("notify", "reckon"),
    EventKind.REFUSED: ("reckon",),
    EventKind.ACCEPTED: ("reckon",),
    EventKind.PLANNED: ("notify", "reckon"),
    EventKind.WORK_DONE: ("reckon",),
    EventKind.TENANT_WROTE: ("relay",),
    EventKind.CONTESTED: ("relay",),
    EventKind.REVIEW_ASKED: ("relay",),
    EventKind.ASKED: ("notify",),
    EventKind.EXTENDED: ("notify",),
    EventKind.LINKED: ("notify",),
    EventKind.INCIDENT_NEWS: ("notify", "reckon"),
    EventKind.ANSWERED: ("notify",),
    EventKind.COMMITTED: ("notify", "reckon"),
    EventKind.COMMITMENT_DROPPED: ("notify",),
    EventKind.PARTNER_WRITTEN: ("tell_partner", "reckon"),
    EventKind.CLOSED: ("notify",),
    EventKind.REOPENED: ("deliver",),
}


def record(  # noqa: PLR0913  An event has this many parts; a bag of options would only hide them.
    session: Session,
    complaint: Complaint,
    kind: EventKind,
    *,
    at: datetime,
    actor: str,
    audience: Audience = Audience.INTERNAL,
    data: dict[str, Any] | None = None,
) -> Event:
    """Add the event, move the status, and put the following steps in the outbox.

    Raises
    ------
    NotAllowed
        When the present status does not allow the event.
    Erased
        When its words and names were erased: nothing happens to it any more.

    """
    if complaint.erased_at and kind != EventKind.ERASED:
        raise Erased("complaint")
    status = Status(complaint.status)
    if not is_allowed(status, kind):
        raise NotAllowed(f"{kind} after {status}")
    complaint.status = status_after(status, kind)
    event = Event(
        member_id=complaint.member_id,
        complaint_id=complaint.id,
        kind=kind,
        audience=audience,
        actor=actor,
        at=at,
        data=data or {},
    )
    complaint.told_at = told_since(complaint.told_at, event)
    complaint.unread_at = unread_since(complaint.unread_at, event)
    complaint.unsolved_at = unsolved_since(complaint.unsolved_at, event)
    session.add(event)
    session.flush()  # gives the event its id
    if kind in HEARD:
        session.info.setdefault(MOVED, set()).add(complaint.id)
    for name in STEPS_AFTER.get(kind, ()):
        session.add(
            OutboxStep(
                member_id=complaint.member_id,
                complaint_id=complaint.id,
                event_id=event.id,
                name=name,
                run_after=_due(name, at, event.data),
            )
        )
    session.flush()
    return event


def _due(name: str, at: datetime, data: Mapping[str, Any]) -> datetime:
    """Return when a step is due: the tenant is told when the message leaves, and everything else goes on at once."""
    leaves_at = data.get("leaves_at") if name == "notify" else None
    return datetime.fromisoformat(leaves_at) if leaves_at else at

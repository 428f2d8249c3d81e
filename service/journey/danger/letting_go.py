"""Letting go: once somebody may be in danger, nothing that was written to the tenant waits any longer."""

from sqlalchemy.orm import Session

from service.domain.status import EventKind
from service.journey.events import record
from service.journey.news import grouping, mending
from service.journey.ports import Ports
from service.models.complaint import Complaint


def let_go(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Let the messages leave that could still be mended, and the news held for the evening. Twice is harmless."""
    now = ports.clock.now()
    for waiting in mending.waiting(mending.history(session, complaint.id), now):
        step = mending.step_that_tells(session, waiting.event.id)
        if step is None:
            continue  # a worker has it: it is leaving
        about = {"of": waiting.event.id, "text": waiting.fate.text, "leaves_at": now.isoformat()}
        record(session, complaint, EventKind.MENDED, at=now, actor="system", data=about)
        step.run_after = now
    for delivery in grouping.held_of(session, complaint.id):
        grouping.let_go(session, delivery, ports)

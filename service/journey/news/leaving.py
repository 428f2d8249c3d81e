"""What staff wrote to tenants and has not left yet, of many complaints at once: see journey.news.mending for one."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from service.domain.status import EventKind
from service.models.complaint import Complaint, Event
from service.models.outbox import OutboxStep


def _later(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return which steps still wait to tell a tenant. One that was tried and failed is no second thought."""
    return (
        OutboxStep.done_at.is_(None),
        OutboxStep.run_after > now,
        OutboxStep.name == "notify",
        OutboxStep.attempts == 0,
    )


def complaints_with_some(now: datetime) -> Select[UUID | None]:
    """Return the complaints of which something is still to leave."""
    return select(OutboxStep.complaint_id).where(*_later(now))


def end_waits(now: datetime) -> ColumnElement[bool]:
    """Say of which complaints the tenant was not told yet that they are over."""
    return exists().where(
        OutboxStep.complaint_id == Complaint.id,
        *_later(now),
        Event.id == OutboxStep.event_id,
        Event.kind == EventKind.CLOSED,
    )


def histories(session: Session, now: datetime, among: Iterable[UUID] | None = None) -> dict[UUID, list[Event]]:
    """Return the events of each complaint of which something is still to leave, in order: one query for all."""
    query = select(Event).where(Event.complaint_id.in_(complaints_with_some(now)))
    if among is not None:
        query = query.where(Event.complaint_id.in_(list(among)))
    found: dict[UUID, list[Event]] = defaultdict(list)
    for event in session.scalars(query.order_by(Event.id)):
        found[event.complaint_id].append(event)
    return dict(found)

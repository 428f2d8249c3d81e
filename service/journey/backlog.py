"""What waits in the whole service, as numbers: no member and no complaint can be told apart."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.endpoints import OPENS_AFTER
from service.domain.status import Status
from service.journey import steps
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.outbox import OutboxStep


@dataclass
class Backlog:
    """What waits, and what was given up."""

    waiting: int = 0  # steps in the outbox
    oldest_seconds: float = 0.0  # since the oldest event whose steps are not all taken
    given_up: int = 0  # deliveries given to a person, of complaints still open
    parked: int = 0  # deliveries that wait for an endpoint which fails or is slow
    left_alone: int = 0  # endpoints in service that fail


def read(now: datetime) -> Backlog:
    """Return what waits, for all members together."""
    backlog = Backlog()
    for member_id in steps.member_ids():
        with member_transaction(member_id) as session:
            _add(session, backlog, now)
    return backlog


def _add(session: Session, backlog: Backlog, now: datetime) -> None:
    count, first = session.execute(
        select(
            func.count(),
            # What waits for an endpoint that fails is counted by itself: our own workers are not behind.
            func.min(Event.at).filter(Delivery.parked_at.is_(None)),
        )
        .select_from(OutboxStep)
        .outerjoin(Event, Event.id == OutboxStep.event_id)
        .outerjoin(Delivery, Delivery.id == OutboxStep.delivery_id)
        .where(OutboxStep.done_at.is_(None))
    ).one()
    failed = session.scalar(
        select(func.count())
        .select_from(Delivery)
        .outerjoin(Complaint, Complaint.id == Delivery.complaint_id)
        .where(Delivery.status == "given_up", Complaint.status.is_distinct_from(Status.CLOSED))
    )
    behind = session.scalar(select(func.count()).where(Delivery.parked_at.is_not(None)))
    failing = session.scalar(select(func.count()).where(Endpoint.is_active, Endpoint.failures >= OPENS_AFTER))
    backlog.waiting += count
    backlog.given_up += failed or 0
    backlog.parked += behind or 0
    backlog.left_alone += failing or 0
    backlog.oldest_seconds = max(backlog.oldest_seconds, (now - first).total_seconds() if first else 0.0)

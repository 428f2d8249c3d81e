"""What the page of deliveries shows: what was given up, what waits, how each endpoint does. Nothing here changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.member import Organisation, Team
from service.models.people import Staff

MOST = 100  # deliveries on one page


@dataclass(frozen=True)
class DeadLetter:
    """One delivery that was given up, the complaint it is about, and whose it is now."""

    delivery: Delivery
    complaint: Complaint | None
    given_to: Staff | None
    endpoint: Endpoint | None


@dataclass(frozen=True)
class EndpointState:
    """One endpoint: whose it is, how many deliveries wait for it, since when, and how many were given up."""

    endpoint: Endpoint
    owner: str | None
    waiting: int
    since: datetime | None
    given_up: int


def dead_letters(session: Session) -> list[DeadLetter]:
    """Return what was given up, the oldest first."""
    rows = session.execute(
        select(Delivery, Complaint, Staff, Endpoint)
        .outerjoin(Complaint, Complaint.id == Delivery.complaint_id)
        .outerjoin(Staff, Staff.id == Delivery.given_to_id)
        .outerjoin(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Delivery.status == "given_up")
        .order_by(Delivery.event_id, Delivery.id)
        .limit(MOST)
    )
    return [DeadLetter(delivery, complaint, staff, endpoint) for delivery, complaint, staff, endpoint in rows]


def count_dead_letters(session: Session) -> int:
    """Return how many deliveries were given up in all."""
    return session.scalar(select(func.count()).where(Delivery.status == "given_up")) or 0


def endpoint_states(session: Session) -> list[EndpointState]:
    """Return every endpoint in service, those that fail first."""
    endpoints = session.scalars(select(Endpoint).where(Endpoint.is_active).order_by(Endpoint.created_at)).all()
    names: dict[UUID, str] = {team.id: team.name for team in session.scalars(select(Team))}
    names |= {organisation.id: organisation.name for organisation in session.scalars(select(Organisation))}
    counts = _counts(session, endpoints)
    states = []
    for endpoint in endpoints:
        owner = endpoint.team_id or endpoint.organisation_id
        waiting, since = counts.get((endpoint.id, "waiting"), (0, None))
        given_up, _ = counts.get((endpoint.id, "given_up"), (0, None))
        states.append(EndpointState(endpoint, names.get(owner) if owner else None, waiting, since, given_up))
    return sorted(states, key=lambda state: not (state.endpoint.failures or state.given_up))


def _counts(
    session: Session, endpoints: Sequence[Endpoint]
) -> dict[tuple[UUID | None, str], tuple[int, datetime | None]]:
    rows = session.execute(
        select(Delivery.endpoint_id, Delivery.status, func.count(), func.min(Delivery.parked_at))
        .where(
            Delivery.endpoint_id.in_([endpoint.id for endpoint in endpoints]),
            Delivery.status.in_(("waiting", "given_up")),
        )
        .group_by(Delivery.endpoint_id, Delivery.status)
    )
    return {(endpoint_id, status): (count, since) for endpoint_id, status, count, since in rows}

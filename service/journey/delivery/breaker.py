"""The circuit breaker at work: who may call an endpoint now, who waits for it, and what wakes those that wait.

What waits is parked: put to later, with a date in `parked_at`. Each call that ends wakes as many as there is room for,
the oldest first; should that process die, the step it held comes back by itself and goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.domain.endpoints import PARKED, SPREAD, Admission, Health, admit, after_failure, after_success
from service.journey.ports import Ports
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.outbox import OutboxStep

PARTS = 1000  # into which chance is divided
PARKED_AT_MOST = 200  # deliveries in one transaction


def chance(ports: Ports) -> float:
    """Return a number from 0 to 1."""
    return ports.random.below(PARTS + 1) / PARTS


def health_of(endpoint: Endpoint) -> Health:
    """Return how the endpoint does."""
    return Health(endpoint.failures, endpoint.open_until, endpoint.is_slow)


def admission(session: Session, endpoint: Endpoint, ports: Ports) -> Admission:
    """Say whether the endpoint, held by this transaction, may be called now."""
    return admit(health_of(endpoint), _calls(session, endpoint, ports), ports.clock.now())


def park(session: Session, delivery: Delivery, step: OutboxStep, endpoint: Endpoint, ports: Ports) -> None:
    """Let the delivery wait for its endpoint, without counting a try."""
    now = ports.clock.now()
    is_open = endpoint.open_until is not None and endpoint.open_until > now
    again = endpoint.open_until if is_open and endpoint.open_until else now + PARKED
    step.run_after = again + timedelta(seconds=ports.random.below(SPREAD))
    if is_open and delivery.give_up_at and delivery.give_up_at > now:
        step.run_after = min(step.run_after, delivery.give_up_at)
    delivery.parked_at = delivery.parked_at or now
    _park_others(session, step, endpoint, again, ports)


def _park_others(session: Session, step: OutboxStep, endpoint: Endpoint, again: datetime, ports: Ports) -> None:
    """Let all that is due at the same endpoint wait too, instead of asking one transaction after another.

    What somebody holds is left to them. What is to be given up soon looks for itself.
    """
    now = ports.clock.now()
    due = session.execute(
        select(OutboxStep, Delivery)
        .join(Delivery, Delivery.id == OutboxStep.delivery_id)
        .where(
            Delivery.endpoint_id == endpoint.id,
            Delivery.status == "waiting",
            or_(Delivery.give_up_at.is_(None), Delivery.give_up_at > again + timedelta(seconds=SPREAD)),
            OutboxStep.id != step.id,
            OutboxStep.done_at.is_(None),
            OutboxStep.run_after <= now,
        )
        .limit(PARKED_AT_MOST)
        .with_for_update(of=(OutboxStep, Delivery), skip_locked=True)
    ).all()
    for other, delivery in due:
        other.run_after = again + timedelta(seconds=ports.random.below(SPREAD))
        delivery.parked_at = delivery.parked_at or now


def note(session: Session, endpoint: Endpoint, error: str | None, took: timedelta, ports: Ports) -> Sequence[UUID]:
    """Write down how a call ended; return the steps that may now be taken."""
    now = ports.clock.now()
    if error is None:
        endpoint.last_success_at = now
        after = after_success(took)
    else:
        after = after_failure(health_of(endpoint), took, now, chance(ports))
    endpoint.last_error = error
    endpoint.failures, endpoint.open_until, endpoint.is_slow = after.failures, after.open_until, after.is_slow
    return release(session, endpoint, ports)


def release(session: Session, endpoint: Endpoint, ports: Ports) -> Sequence[UUID]:
    """Make due as many of those that wait as may be called at once; return their steps."""
    session.flush()
    now = ports.clock.now()
    health = health_of(endpoint)
    room = 0 if health.is_open(now) else health.at_once - _calls(session, endpoint, ports)
    if room <= 0:
        return ()
    waiting = session.scalars(
        select(OutboxStep)
        .join(Delivery, Delivery.id == OutboxStep.delivery_id)
        .where(
            Delivery.endpoint_id == endpoint.id,
            Delivery.parked_at.is_not(None),
            OutboxStep.done_at.is_(None),
            OutboxStep.run_after > now,
        )
        .order_by(Delivery.parked_at, OutboxStep.event_id)
        .limit(room)
        .with_for_update(of=OutboxStep, skip_locked=True)
    ).all()
    for step in waiting:
        step.run_after = now
    return [step.id for step in waiting]


def _calls(session: Session, endpoint: Endpoint, ports: Ports) -> int:
    """Return how many calls to it are on their way, other processes' too; a dead process's count for a moment."""
    on_their_way = select(func.count()).where(
        Delivery.endpoint_id == endpoint.id,
        Delivery.held_until > ports.clock.now(),
        Delivery.status == "waiting",
    )
    return session.scalar(on_their_way) or 0

"""Taking the steps that wait in the outbox. Every step may run twice, and Redis may forget everything."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, select
from sqlalchemy.orm import Session

from service.journey.classification import classification
from service.journey.clocks import clocks
from service.journey.danger import paging
from service.journey.delivery import delivery, sending
from service.journey.delivery.planning import CALL, SEND, WARN
from service.journey.incidents import incidents
from service.journey.ports import Ports
from service.journey.routing import routing
from service.journey.transactions import looking_as, member_transaction, shared_transaction
from service.models.complaint import Complaint, Event
from service.models.member import Member
from service.models.outbox import OutboxStep

log = logging.getLogger(__name__)


def _classify(session: Session, complaint: Complaint, _event: Event, ports: Ports) -> None:
    classification.classify(session, complaint, ports)


# The steps that stay inside the database: done in the transaction that marks them done, so exactly once.
INSIDE: dict[str, Callable[[Session, Complaint, Event, Ports], None]] = {
    "classify": _classify,
    "route": routing.route,
    "deliver": delivery.deliver,
    "notify": delivery.notify,
    "relay": delivery.relay,
    "tell_partner": delivery.tell_partner,
    "watch": incidents.watch,  # many neighbours, one trouble
    "reckon": clocks.reckon,  # what is due after an event nobody waits for
    "page": paging.page,  # one round of calls to those on duty
}
# The steps taken while the sender waits: a message reaches its desk within the request when all is well.
AT_ONCE = ("classify", "route")

# What brings a message to its desk, or calls people to a danger, is taken before all else that waits inside.
AHEAD = (*AT_ONCE, "deliver", "page")
_LATER = tuple(name for name in INSIDE if name not in AHEAD)

# The workers that take a step: those of the inside, of mails and text messages, or of calls to endpoints. What is slow
# in one lane holds nothing in another.
STEPS = "steps"
LANES = {WARN: "duty", SEND: "mail", CALL: "calls"}

GRACE = timedelta(seconds=3)  # what is younger is being taken care of
IN_A_ROW = timedelta(seconds=5)  # then the next one is sent through Redis, so that a process told to stop stops
AGAIN = timedelta(seconds=30)  # after a step of ours broke off
SWEEP_AT_MOST = 200  # woken of one lane for one member in one sweep: less than a queue takes, so that all have room

Waiting = tuple[UUID, str]  # a step and its name


def run_step(member_id: UUID, step_id: UUID, ports: Ports) -> None:
    """Take one step, if it still waits and nobody else is at it, and for a moment those that are next in a row.

    A call that ends makes others due that waited for the same endpoint; a complaint has more steps inside.
    """
    until = ports.clock.now() + IN_A_ROW
    next_ones = _take(member_id, step_id, ports)
    while next_ones and ports.clock.now() < until:
        _wake(member_id, next_ones[1:], ports)
        next_ones = _take(member_id, next_ones[0][0], ports)
    _wake(member_id, next_ones, ports)


def _take(member_id: UUID, step_id: UUID, ports: Ports) -> Sequence[Waiting]:
    try:
        return _run(member_id, step_id, ports)
    except sending.NotWritten:
        raise  # It left: to count it as a failure would send it again sooner.
    except Exception as failure:
        _postpone(member_id, step_id, type(failure).__name__, ports)
        raise


def _run(member_id: UUID, step_id: UUID, ports: Ports) -> Sequence[Waiting]:
    """Take the step; return what is next: of the same complaint, or at the endpoint that was called."""
    with member_transaction(member_id) as session:
        step = session.scalars(_due(ports).where(OutboxStep.id == step_id)).first()
        if step is None:
            return ()
        is_inside, is_ahead = step.name in INSIDE, step.name in AHEAD
        if is_inside:
            _take_inside(session, step, ports)
            waiting = _waiting(session, step.complaint_id, ports)
            # After what goes ahead, the desks of other complaints come before what may wait.
            following = _next_ahead(session, ports) if is_ahead else [one for one in waiting if one[1] in _LATER][:1]
        else:
            parcel = sending.pack(session, step, ports)
    if is_inside:
        _wake(member_id, [one for one in waiting if is_ahead or one[1] not in _LATER], ports)
        return following
    if parcel is None:
        return ()
    # The database is let go of while the outside is called.
    outcome = sending.carry(parcel, ports)
    return [(next_id, CALL) for next_id in sending.write_down(member_id, step_id, outcome, ports)]


def _next_ahead(session: Session, ports: Ports) -> Sequence[Waiting]:
    """Return what the member has waited for longest: Redis sends the newest first."""
    waiting = select(OutboxStep.id, OutboxStep.name).where(
        OutboxStep.done_at.is_(None), OutboxStep.run_after <= ports.clock.now(), OutboxStep.name.in_(AHEAD)
    )
    found = session.execute(waiting.order_by(OutboxStep.run_after, OutboxStep.event_id).limit(1)).all()
    return [(row.id, row.name) for row in found]


def _due(ports: Ports) -> Select[OutboxStep]:
    """Return the steps that wait and that nobody else is at, held until the transaction ends."""
    return (
        select(OutboxStep)
        .where(OutboxStep.done_at.is_(None), OutboxStep.run_after <= ports.clock.now())
        .order_by(OutboxStep.event_id)
        .with_for_update(skip_locked=True)
    )


def _take_inside(session: Session, step: OutboxStep, ports: Ports) -> None:
    complaint = session.get_one(Complaint, step.complaint_id, with_for_update=True)
    INSIDE[step.name](session, complaint, session.get_one(Event, step.event_id), ports)
    clocks.settle(session, complaint, ports)
    step.done_at = ports.clock.now()
    session.flush()


def _postpone(member_id: UUID, step_id: UUID, error: str, ports: Ports) -> None:
    """Put a step that broke off to a little later; it is never dropped, and never waits long for us to mend.

    What goes outside is tried as often as if the outside had failed, then given to a person.
    """
    with member_transaction(member_id) as session:
        step = session.get(OutboxStep, step_id, with_for_update=True)
        if step is None or step.done_at is not None:
            return
        if step.delivery_id:
            sending.count_failure(session, step, error, ports)
        else:
            step.attempts += 1
            step.last_error = error
            step.run_after = ports.clock.now() + AGAIN


def _waiting(session: Session, complaint_id: UUID | None, ports: Ports) -> Sequence[Waiting]:
    """Return the steps of a complaint that are due, what goes ahead first."""
    due = select(OutboxStep.id, OutboxStep.name).where(
        OutboxStep.complaint_id == complaint_id,
        OutboxStep.done_at.is_(None),
        OutboxStep.run_after <= ports.clock.now(),
    )
    is_later = case((OutboxStep.name.in_(AHEAD), 0), else_=1)
    return [(step_id, name) for step_id, name in session.execute(due.order_by(is_later, OutboxStep.event_id))]


def wake_waiting(member_id: UUID, complaint_id: UUID, ports: Ports) -> None:
    """Tell a worker of every step that waits for this complaint."""
    with member_transaction(member_id) as session:
        waiting = _waiting(session, complaint_id, ports)
    _wake(member_id, waiting, ports)


def _wake(member_id: UUID, waiting: Sequence[Waiting], ports: Ports) -> None:
    """Send the steps of one complaint to the workers of their lanes; of those inside the first, which leads on."""
    for lane in LANES.values():
        ports.waker.wake(member_id, [step_id for step_id, name in waiting if LANES.get(name) == lane], lane)
    inside = [(step_id, name in AHEAD) for step_id, name in waiting if name in INSIDE]
    for step_id, is_ahead in inside[:1]:
        ports.waker.wake(member_id, [step_id], STEPS, ahead=is_ahead)


def follow(member_id: UUID, complaint_id: UUID, ports: Ports) -> None:
    """Sort and route at once, in one transaction, then leave the rest to a worker.

    Called by each face after its own commit. Whatever fails here is logged and left to the worker and the sweep: the
    person who sent the request already has their complaint stored.
    """
    try:
        # Sève sorts and routes, not the person who asked: what they may no longer see goes on all the same.
        with looking_as(None), member_transaction(member_id) as session:
            take_at_once(session, complaint_id, ports)
            waiting = _waiting(session, complaint_id, ports)
    except Exception:
        log.exception("step_failed_at_once %s", complaint_id)
        wake_waiting(member_id, complaint_id, ports)
    else:
        _wake(member_id, waiting, ports)


def take_at_once(session: Session, complaint_id: UUID, ports: Ports) -> None:
    """Take the steps that bring a message to its desk, in the transaction at hand: each makes the next one due."""

    def following() -> OutboxStep | None:
        at_once = _due(ports).where(OutboxStep.complaint_id == complaint_id, OutboxStep.name.in_(AT_ONCE))
        return session.scalars(at_once.limit(1)).first()

    while step := following():
        _take_inside(session, step, ports)


def member_ids() -> Sequence[UUID]:
    """Return every member: what is done for all is done for one at a time."""
    with shared_transaction() as session:
        return session.scalars(select(Member.id)).all()


def sweep(ports: Ports) -> int:
    """Wake every step that waited longer than it should; return how many. Harmless when two processes sweep."""
    count = 0
    for member_id in member_ids():
        with member_transaction(member_id) as session:
            inside = _stayed_inside(session, ports)
            outside = {lane: _stayed(session, OutboxStep.name == name, ports) for name, lane in LANES.items()}
        for is_ahead in (True, False):
            ids = [step_id for step_id, name in inside if (name in AHEAD) is is_ahead]
            ports.waker.wake(member_id, ids, STEPS, ahead=is_ahead)
        for lane, stayed in outside.items():
            ports.waker.wake(member_id, [row.id for row in stayed], lane)
        count += len(inside) + sum(map(len, outside.values()))
    return count


def _stayed_inside(session: Session, ports: Ports) -> Sequence[Waiting]:
    """Return the first step inside of each complaint where some stayed: it leads on to the others."""
    stayed = _stayed(session, OutboxStep.name.in_(AHEAD), ports) + _stayed(session, OutboxStep.name.in_(_LATER), ports)
    first = {row.complaint_id: (row.id, row.name) for row in reversed(stayed)}
    return list(reversed(first.values()))


def _stayed(session: Session, which: ColumnElement[bool], ports: Ports) -> list[Row[Any]]:
    stayed = (
        select(OutboxStep.id, OutboxStep.name, OutboxStep.complaint_id)
        .where(OutboxStep.done_at.is_(None), OutboxStep.run_after <= ports.clock.now() - GRACE, which)
        .order_by(OutboxStep.run_after)
    )
    return list(session.execute(stayed.limit(SWEEP_AT_MOST)))

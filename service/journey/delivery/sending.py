"""Sending: taking a planned delivery outside, and writing down how it ended.

A step, its complaint, its delivery and its endpoint are always held in this order: nobody waits for each other.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service.domain.delivery import CLAIM, CLAIM_CALL, next_wait
from service.domain.endpoints import Admission
from service.journey.delivery import breaker, dead_letters, packing
from service.journey.delivery.withdrawals import is_for_nobody
from service.journey.feedback.feedback import is_asked_in_vain
from service.journey.news import grouping
from service.journey.parcels import Call, CivicRequest, Drop, Mail, NotSendable, Parcel, Sms
from service.journey.ports import OutsideFailed, Ports, SealBroken, TakenUnread
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.outbox import OutboxStep

log = logging.getLogger(__name__)

WRITES = 4  # tries to write down how it ended, each waiting a few seconds: all of them within the claim


class NotWritten(Exception):
    """It left, and how it ended could not be written down: neither a success nor a failure, it comes back by itself."""


@dataclass(frozen=True)
class Outcome:
    """How it ended outside: what went wrong, how long it took, what the other side calls what it took."""

    error: str | None
    took: timedelta = timedelta(0)
    remote_id: str | None = None
    is_final: bool = False  # trying again would do harm


def pack(session: Session, step: OutboxStep, ports: Ports) -> Parcel | None:
    """Take the delivery for a moment and return what to bring outside; None when there is nothing to bring now."""
    delivery, endpoint = _held(session, step)
    if endpoint and not endpoint.is_active and delivery.status == "waiting":
        if endpoint.organisation_id:  # Somebody outside was to be told: a person tells them.
            _end(session, step, delivery, "endpoint retired", ports)
        else:
            delivery.status = "cancelled"
    if delivery.status == "waiting" and (is_for_nobody(session, delivery) or is_asked_in_vain(session, delivery)):
        delivery.status = "cancelled"
    if delivery.status != "waiting":
        step.done_at = ports.clock.now()
        delivery.parked_at = None
        return None
    if endpoint and not _is_its_turn(session, step, delivery, endpoint, ports):
        return None
    step.attempts += 1
    delivery.attempts = step.attempts
    delivery.parked_at = None
    step.run_after = ports.clock.now() + (CLAIM_CALL if endpoint else CLAIM)
    delivery.held_until = step.run_after if endpoint else None
    try:
        return packing.pack(session, delivery, endpoint, ports)
    except SealBroken:
        _drop(session, step, (delivery, endpoint), "seal broken", ports)
    except NotSendable as reason:
        _drop(session, step, (delivery, endpoint), f"not sendable: {reason}", ports)
    return None


def _is_its_turn(session: Session, step: OutboxStep, delivery: Delivery, endpoint: Endpoint, ports: Ports) -> bool:
    """Say whether the endpoint may be called now. If not the delivery waits, or has waited too long."""
    admission = breaker.admission(session, endpoint, ports)
    if admission is Admission.GO:
        return True
    is_over = delivery.give_up_at is not None and delivery.give_up_at <= ports.clock.now()
    if admission is Admission.LEFT_ALONE and is_over:
        _end(session, step, delivery, endpoint.last_error or "not reached", ports)
    else:
        breaker.park(session, delivery, step, endpoint, ports)
    return False


def _drop(session: Session, step: OutboxStep, pair: tuple[Delivery, Endpoint | None], error: str, ports: Ports) -> None:
    """Give up what trying again would not help, and let the next one have its turn."""
    delivery, endpoint = pair
    log.error("delivery_not_sendable %s %s", delivery.id, error)
    _end(session, step, delivery, error, ports)
    if endpoint:
        breaker.release(session, endpoint, ports)


def _end(session: Session, step: OutboxStep, delivery: Delivery, error: str, ports: Ports) -> None:
    step.done_at = ports.clock.now()
    step.last_error = error
    dead_letters.give_up(session, delivery, error, ports)


def carry(parcel: Parcel, ports: Ports) -> Outcome:
    """Bring the parcel outside, no transaction being open; return how it ended."""
    started = ports.clock.now()
    error, remote_id, is_final = None, None, False
    try:
        remote_id = _bring(parcel, ports)
    except OutsideFailed as failure:
        error, is_final = str(failure), isinstance(failure, TakenUnread)
    except Exception as failure:
        # Whatever an adapter did not foresee has failed too: it is tried again, then given to a person.
        log.exception("delivery_broke_off %s", parcel.key)
        error = type(failure).__name__
    return Outcome(error, ports.clock.now() - started, remote_id, is_final)


def _bring(parcel: Parcel, ports: Ports) -> str | None:
    match parcel:
        case Mail():
            ports.mailer.send(parcel)
        case Sms():
            ports.sms.send(parcel)
        case Call():
            ports.caller.call(parcel)
        case Drop():
            ports.drop_box.put(parcel)
        case CivicRequest():
            return ports.civic.send(parcel)
    return None


def write_down(member_id: UUID, step_id: UUID, outcome: Outcome, ports: Ports) -> Sequence[UUID]:
    """Settle in a transaction of its own, again when somebody holds the complaint; return what `settle` does.

    Raises
    ------
    NotWritten
        When the database let nothing be written each time.

    """
    for _ in range(WRITES):
        try:
            with member_transaction(member_id) as session:
                step = session.get_one(OutboxStep, step_id, with_for_update=True)
                return settle(session, step, outcome, ports)
        except OperationalError as failure:
            log.warning("delivery_not_written %s %s", step_id, type(failure.orig).__name__)
    raise NotWritten


def settle(session: Session, step: OutboxStep, outcome: Outcome, ports: Ports) -> Sequence[UUID]:
    """Write down how it ended: sent, to be tried again, or given up. Return the steps whose turn it is now."""
    delivery, endpoint = _held(session, step)
    if delivery.status != "waiting":
        # Another process took over meanwhile and has settled it, or it was stopped.
        return breaker.release(session, endpoint, ports) if endpoint else ()
    now = ports.clock.now()
    delivery.held_until = None
    delivery.last_error = step.last_error = outcome.error
    if outcome.error is None:
        delivery.status = "sent"
        delivery.sent_at = now
        delivery.remote_id = outcome.remote_id
        grouping.mark_sent(session, delivery)
        step.done_at = now
    woken = breaker.note(session, endpoint, outcome.error, outcome.took, ports) if endpoint else ()
    if outcome.error is not None and outcome.is_final:
        _end(session, step, delivery, outcome.error, ports)
    elif outcome.error is not None:
        _try_again(session, step, (delivery, endpoint), outcome.error, ports)
    return woken


def count_failure(session: Session, step: OutboxStep, error: str, ports: Ports) -> None:
    """Count a try that broke off in our own hands: it comes again, but not for ever."""
    delivery, endpoint = _held(session, step)
    if delivery.status != "waiting":
        step.done_at = ports.clock.now()
        return
    step.attempts += 1
    delivery.attempts = step.attempts
    delivery.held_until = delivery.parked_at = None
    delivery.last_error = step.last_error = error
    _try_again(session, step, (delivery, endpoint), error, ports)
    if endpoint:
        breaker.release(session, endpoint, ports)


def _try_again(
    session: Session, step: OutboxStep, pair: tuple[Delivery, Endpoint | None], error: str, ports: Ports
) -> None:
    """Put it to a little later, or give it up when it was tried often or long enough."""
    delivery, endpoint = pair
    now = ports.clock.now()
    wait = next_wait(step.attempts, breaker.chance(ports))
    if wait is None or (delivery.give_up_at is not None and delivery.give_up_at <= now):
        _end(session, step, delivery, error, ports)
        return
    step.run_after = now + wait
    if endpoint and endpoint.open_until:
        step.run_after = max(step.run_after, endpoint.open_until)
    if delivery.give_up_at:
        step.run_after = min(step.run_after, delivery.give_up_at)


def _held(session: Session, step: OutboxStep) -> tuple[Delivery, Endpoint | None]:
    if step.complaint_id:
        session.get_one(Complaint, step.complaint_id, with_for_update=True)
    delivery = session.get_one(Delivery, step.delivery_id, with_for_update=True)
    if delivery.endpoint_id is None:
        return delivery, None
    return delivery, session.get_one(Endpoint, delivery.endpoint_id, with_for_update=True)

"""What authorities that speak Open311 say of what they were sent.

An authority's word is noted and told to the team. It closes nothing: the member's people do.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from service.domain import transfers
from service.domain.civic import TOKEN
from service.domain.open311 import CLOSED
from service.domain.status import EventKind, Status, is_allowed
from service.journey.dates import in_words
from service.journey.delivery import handovers
from service.journey.delivery.civic import api_key_of
from service.journey.events import record
from service.journey.news.replies import tell_team
from service.journey.parcels import CivicInquiry, CivicStatus
from service.journey.ports import OutsideFailed, Ports, SealBroken
from service.journey.steps import member_ids
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.member import Organisation

log = logging.getLogger(__name__)
POLL_EVERY = timedelta(hours=6)
PATIENCE = 5.0  # seconds one round of questions may last, beside the call in hand
MOST_AT_ONCE = 60  # questions of one member in one round


@dataclass(frozen=True)
class _Question:
    """One service request to ask about."""

    member_id: UUID
    endpoint_id: UUID
    delivery_id: UUID


def poll_due(ports: Ports) -> int:
    """Ask authorities about the open complaints they have, each at most every six hours; return how many were asked.

    No transaction is open while an authority is called. One that does not answer is left alone for six hours, and the
    whole round ends after `PATIENCE`: what was not asked is asked in the next. Harmless when two processes ask.
    """
    until = time.monotonic() + PATIENCE
    count = 0
    for question in _due(ports):
        if time.monotonic() >= until:
            break
        inquiry = _claim(question, ports)
        if inquiry is None:
            continue
        count += 1
        try:
            status = ports.civic.status(inquiry)
        except OutsideFailed as failure:
            log.warning("authority_not_asked %s %s", question.delivery_id, failure)
            _leave_alone(question, ports)
        else:
            with member_transaction(question.member_id) as session:
                _keep(session, question, status, ports)
    return count


def _due(ports: Ports) -> list[_Question]:
    """Return what may be asked, one of each authority before a second of any."""
    found: list[tuple[int, _Question]] = []
    asked: dict[UUID, int] = {}
    for member_id in member_ids():
        with member_transaction(member_id) as session:
            for delivery_id, endpoint_id in session.execute(_open(ports).limit(MOST_AT_ONCE)):
                turn = asked[endpoint_id] = asked.get(endpoint_id, 0) + 1
                found.append((turn, _Question(member_id, endpoint_id, delivery_id)))
    return [question for _, question in sorted(found, key=lambda one: one[0])]


def _open(ports: Ports) -> Select[UUID, UUID]:
    now = ports.clock.now()
    polled_at = func.coalesce(Delivery.data["polled_at"].astext, "")
    return (
        select(Delivery.id, Endpoint.id)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .join(Complaint, Complaint.id == Delivery.complaint_id)
        .where(
            Delivery.channel == "open311",
            Delivery.status == "sent",
            Delivery.remote_id.is_not(None),
            Complaint.status != Status.CLOSED,
            polled_at <= (now - POLL_EVERY).isoformat(),
            Endpoint.is_active,
            or_(Endpoint.open_until.is_(None), Endpoint.open_until <= now),
            # An authority from which it was taken back has no more to say.
            or_(Endpoint.organisation_id.is_(None), Endpoint.organisation_id == Complaint.organisation_id),
        )
        .order_by(polled_at, Delivery.sent_at)
    )


def _claim(question: _Question, ports: Ports) -> CivicInquiry | None:
    """Mark the question as asked now, so that nobody else asks it, and return it; None when another process did."""
    with member_transaction(question.member_id) as session:
        held = select(Delivery).where(Delivery.id == question.delivery_id).with_for_update(skip_locked=True)
        delivery = session.scalars(held).first()
        is_due = _open(ports).where(Delivery.id == question.delivery_id)
        if delivery is None or session.execute(is_due).first() is None:
            return None
        delivery.data = {**delivery.data, "polled_at": ports.clock.now().isoformat()}
        endpoint = session.get_one(Endpoint, question.endpoint_id)
        try:
            api_key = api_key_of(session, endpoint, ports)
        except SealBroken:
            log.error("authority_key_sealed_otherwise %s", endpoint.id)  # noqa: TRY400  No traceback.
            return None
        return CivicInquiry(
            url=endpoint.address,
            api_key=api_key,
            jurisdiction_id=str(endpoint.options.get("jurisdiction_id") or ""),
            remote_id=str(delivery.remote_id),
        )


def _leave_alone(question: _Question, ports: Ports) -> None:
    """Put off everything else that one authority would be asked: the others would wait behind it."""
    with member_transaction(question.member_id) as session:
        due = _open(ports).where(Endpoint.id == question.endpoint_id).with_for_update(of=Delivery, skip_locked=True)
        for delivery_id, _ in session.execute(due).all():
            delivery = session.get_one(Delivery, delivery_id)
            delivery.data = {**delivery.data, "polled_at": ports.clock.now().isoformat()}


def _keep(session: Session, question: _Question, status: CivicStatus, ports: Ports) -> None:
    """Write down what an authority says, when it says something new."""
    delivery = session.get_one(Delivery, question.delivery_id)
    complaint = session.get_one(Complaint, delivery.complaint_id, with_for_update=True)
    delivery = session.get_one(Delivery, question.delivery_id, with_for_update=True, populate_existing=True)
    delivery.remote_id = status.remote_id
    said = {
        "status": status.status,
        "notes": status.notes,
        "expected_at": status.expected_at.isoformat() if status.expected_at else None,
    }
    before = delivery.data.get("civic") or {"status": "open", "notes": "", "expected_at": None}
    if said == before:
        return
    delivery.data = {**delivery.data, "civic": said}
    endpoint = session.get_one(Endpoint, question.endpoint_id)
    organisation = session.get(Organisation, endpoint.organisation_id) if endpoint.organisation_id else None
    name = organisation.name if organisation else "organisme public"
    is_over = status.status == CLOSED and before["status"] != CLOSED
    if is_over and is_allowed(Status(complaint.status), EventKind.WORK_DONE):
        _finish(session, complaint, name, status, ports)
        for handover in handovers.live(session, complaint.id):
            if organisation and handover.organisation_id == organisation.id:
                handover.status = transfers.Handover.DONE
                handover.done_at = ports.clock.now()
        return
    data = {"text": "\n".join(_words(name, status)), "from": name}
    event = record(session, complaint, EventKind.NOTED, at=ports.clock.now(), actor=name, data=data)
    tell_team(session, complaint, event, ports)


def _finish(session: Session, complaint: Complaint, name: str, status: CivicStatus, ports: Ports) -> None:
    data: dict[str, Any] = {"organisation": name, "text": status.notes, "photos": 0}
    event = record(session, complaint, EventKind.WORK_DONE, at=ports.clock.now(), actor=name, data=data)
    tell_team(session, complaint, event, ports, purpose="team_told")


def _words(name: str, status: CivicStatus) -> Iterator[str]:
    number = "" if status.remote_id.startswith(TOKEN) else f" n° {status.remote_id}"
    yield f"{name}, demande{number} : {'terminée' if status.status == CLOSED else 'en cours'}."
    if status.notes:
        yield status.notes
    if status.expected_at:
        yield f"Date annoncée : {in_words(status.expected_at.astimezone(PARIS).date())}."

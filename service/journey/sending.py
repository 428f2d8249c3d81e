"""Sending: taking a planned delivery outside, and writing down how it ended."""

import json
import logging
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.delivery import CLAIM, next_wait
from service.domain.feedback import QUIET
from service.journey.delivery import tell_a_person
from service.journey.letters.every import LETTERS
from service.journey.messages import Facts
from service.journey.parcels import Call, Mail, Parcel
from service.journey.places import place_in_words
from service.journey.ports import OutsideFailed, Ports
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint, EndpointSecret
from service.models.member import Member, Organisation, Team
from service.models.outbox import OutboxStep

log = logging.getLogger(__name__)


def pack(session: Session, step: OutboxStep, ports: Ports) -> Parcel | None:
    """Take the delivery for a minute and return what to bring outside, or None when it already arrived."""
    delivery = session.get_one(Delivery, step.delivery_id, with_for_update=True)
    endpoint = session.get_one(Endpoint, delivery.endpoint_id) if delivery.endpoint_id else None
    if endpoint and not endpoint.is_active and delivery.status == "waiting":
        delivery.status = "cancelled"
    if delivery.status != "waiting":
        step.done_at = ports.clock.now()
        return None
    step.attempts += 1
    delivery.attempts = step.attempts
    step.run_after = ports.clock.now() + CLAIM
    if endpoint:
        return _call(session, delivery, endpoint, ports)
    return _mail(session, delivery, ports)


def carry(parcel: Parcel, ports: Ports) -> str | None:
    """Bring the parcel outside, no transaction being open; return what went wrong, or None."""
    try:
        if isinstance(parcel, Mail):
            ports.mailer.send(parcel)
        elif isinstance(parcel, Call):
            ports.caller.call(parcel)
    except OutsideFailed as failure:
        return str(failure)
    except Exception as failure:
        # Whatever an adapter did not foresee has failed too: it is tried again, then given to a person.
        log.exception("delivery_broke_off %s", parcel.key)
        return type(failure).__name__
    return None


def settle(session: Session, step: OutboxStep, error: str | None, ports: Ports) -> None:
    """Write down how it ended: sent, to be tried again, or given up to a named person."""
    now = ports.clock.now()
    delivery = session.get_one(Delivery, step.delivery_id, with_for_update=True)
    if delivery.status != "waiting":
        return  # Another process took over meanwhile and has settled it.
    delivery.last_error = error
    step.last_error = error
    wait = next_wait(step.attempts) if error else None
    if error is None:
        delivery.status = "sent"
        delivery.sent_at = now
        step.done_at = now
    elif wait is not None:
        step.run_after = now + wait
    else:
        delivery.status = "given_up"
        step.done_at = now
        tell_a_person(session, delivery, error, ports)


def _facts(session: Session, delivery: Delivery, ports: Ports) -> Facts:
    complaint = session.get_one(Complaint, delivery.complaint_id)
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    organisation = session.get(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    return Facts(
        delivery=delivery,
        complaint=complaint,
        event=session.get_one(Event, delivery.event_id),
        member=session.get_one(Member, complaint.member_id),
        organisation=organisation,
        desk=team.name if team else "",
        place=place_in_words(session, complaint),
        tracking_url=f"{ports.base_url}/suivi/{complaint.tracking_token}",
        staff_url=f"{ports.base_url}/equipe/demandes/{complaint.id}",
        ask_feedback=delivery.purpose == "closed" and _may_survey(session, complaint, ports),
        with_text=delivery.with_text,
    )


def _may_survey(session: Session, complaint: Complaint, ports: Ports) -> bool:
    """Ask one household once a quarter at the most; a second try of the same mail still asks."""
    since = ports.clock.now() - QUIET
    if complaint.surveyed_at is None:
        asked_lately = session.scalars(
            select(Complaint.id).where(
                Complaint.surveyed_at > since,
                Complaint.id != complaint.id,
                Complaint.tenant_email == complaint.tenant_email,
            )
        ).first()
        if asked_lately:
            return False
        complaint.surveyed_at = ports.clock.now()
        return True
    return complaint.surveyed_at > ports.clock.now() - timedelta(days=1)


def _mail(session: Session, delivery: Delivery, ports: Ports) -> Mail:
    facts = _facts(session, delivery, ports)
    letter = LETTERS[delivery.purpose](facts)
    return Mail(
        key=str(delivery.id),
        to=delivery.recipient,
        subject=letter.subject,
        text=letter.text(),
        html=letter.html(facts.member.colour),
        sender_name=facts.member.name,
    )


def _call(session: Session, delivery: Delivery, endpoint: Endpoint, ports: Ports) -> Call:
    facts = _facts(session, delivery, ports)
    complaint = facts.complaint
    body = {
        "type": "complaint.routed",
        "timestamp": ports.clock.now().isoformat(),
        "data": {
            "id": str(complaint.id),
            "reference": complaint.reference,
            "category": complaint.category,
            "urgency": complaint.urgency,
            "target": complaint.target,
            "team": facts.desk,
            "organisation": facts.organisation.name if facts.organisation else None,
            "submitted_at": complaint.submitted_at.isoformat(),
            "promised_answer_by": complaint.promised_answer_by.isoformat(),
        },
    }
    sealed = session.scalars(select(EndpointSecret.sealed).where(EndpointSecret.endpoint_id == endpoint.id)).all()
    secrets = tuple(ports.sealer.unseal(one) for one in sealed)
    return Call(str(delivery.id), endpoint.address, secrets, json.dumps(body), ports.clock.now())

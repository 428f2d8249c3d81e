"""Delivery: to the desk's inbox at once, and by every channel the member configured, until it arrives."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.delivery import CLAIM, next_wait
from service.domain.feedback import QUIET
from service.domain.status import EventKind, Status
from service.journey import classification
from service.journey.events import record
from service.journey.messages import PURPOSES, Facts
from service.journey.places import place_in_words
from service.journey.ports import Call, Mail, OutsideFailed, Ports
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.member import Member, Organisation, Team, Webhook
from service.models.outbox import OutboxStep
from service.models.people import Staff
from service.models.routing import RoutingRule

Parcel = Mail | Call

NOTICES = {EventKind.SUBMITTED: "received", EventKind.ANSWERED: "answered", EventKind.CLOSED: "closed"}


def deliver(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Put the complaint in its team's inbox and plan one delivery for each outside channel."""
    if complaint.status != Status.ROUTED:
        return
    team = session.get_one(Team, complaint.team_id)
    for purpose, channel, recipient in _outside(session, complaint, team):
        _plan(session, event, purpose, channel, recipient, ports)
    record(
        session,
        complaint,
        EventKind.DELIVERED,
        at=ports.clock.now(),
        actor="system",
        data={"team": team.name},
    )


def _outside(session: Session, complaint: Complaint, team: Team) -> Iterator[tuple[str, str, str]]:
    """Yield the purpose, channel and recipient of each delivery an arrival calls for."""
    if team.email:
        yield "arrival", "email", team.email
    for webhook in session.scalars(select(Webhook).where(Webhook.is_active)):
        yield "arrival", "webhook", str(webhook.id)
    organisation = session.get_one(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    if organisation and organisation.email:
        yield "handover", "email", organisation.email
    if complaint.urgency == "danger":
        yield from (("alert", "email", recipient) for recipient in _on_call(session))


def _on_call(session: Session) -> list[str]:
    on_call = select(Team.email).where(Team.kind == "on_call", Team.email.is_not(None))
    return [str(email) for email in session.scalars(on_call)]


def notify(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Plan the mail that tells the tenant what just happened."""
    if complaint.tenant_email:
        _plan(session, event, NOTICES[EventKind(event.kind)], "email", complaint.tenant_email, ports)


def relay(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Tell the team what the tenant adds; words of danger raise the complaint, and the astreinte is told."""
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    if team and team.email:
        _plan(session, event, "addition", "email", team.email, ports)
    level = classification.raise_danger(complaint, str(event.data["text"]), ports)
    if level == "danger":
        for recipient in _on_call(session):
            _plan(session, event, "alert", "email", recipient, ports)


def _plan(session: Session, event: Event, purpose: str, channel: str, recipient: str, ports: Ports) -> None:
    """Write the delivery and its step; the unique index makes planning it twice harmless."""
    planned = session.execute(
        insert(Delivery)
        .values(
            id=uuid4(),
            member_id=event.member_id,
            complaint_id=event.complaint_id,
            event_id=event.id,
            purpose=purpose,
            channel=channel,
            recipient=recipient,
            status="waiting",
            attempts=0,
        )
        .on_conflict_do_nothing()
        .returning(Delivery.id)
    ).scalar()
    if planned:
        session.add(
            OutboxStep(
                member_id=event.member_id,
                complaint_id=event.complaint_id,
                event_id=event.id,
                delivery_id=planned,
                name="send",
                run_after=ports.clock.now(),
            )
        )


def pack(session: Session, step: OutboxStep, ports: Ports) -> Parcel | None:
    """Take the delivery for a minute and return what to bring outside, or None when it already arrived."""
    delivery = session.get_one(Delivery, step.delivery_id, with_for_update=True)
    if delivery.status != "waiting":
        step.done_at = ports.clock.now()
        return None
    step.attempts += 1
    delivery.attempts = step.attempts
    step.run_after = ports.clock.now() + CLAIM
    if delivery.channel == "webhook":
        return _call(session, delivery, ports)
    return _mail(session, delivery, ports)


def carry(parcel: Parcel, ports: Ports) -> str | None:
    """Bring the parcel outside, no transaction being open; return what went wrong, or None."""
    try:
        if isinstance(parcel, Mail):
            ports.mailer.send(parcel)
        else:
            ports.caller.call(parcel)
    except OutsideFailed as failure:
        return str(failure)
    return None


def settle(session: Session, step: OutboxStep, error: str | None, ports: Ports) -> None:
    """Write down how it ended: sent, to be tried again, or given up to a named person."""
    now = ports.clock.now()
    delivery = session.get_one(Delivery, step.delivery_id, with_for_update=True)
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
        _tell_a_person(session, delivery, error, ports)


def _tell_a_person(session: Session, delivery: Delivery, error: str, ports: Ports) -> None:
    """Give the failed delivery to a supervisor by name, in the timeline and in the inbox's failures."""
    complaint = session.get_one(Complaint, delivery.complaint_id)
    supervisor = session.scalars(
        select(Staff).where(Staff.role == "supervisor", Staff.is_active).order_by(Staff.name)
    ).first()
    if supervisor and complaint.assignee_id is None:
        complaint.assignee_id = supervisor.id
    record(
        session,
        complaint,
        EventKind.DELIVERY_FAILED,
        at=ports.clock.now(),
        actor="system",
        data={
            "purpose": delivery.purpose,
            "channel": delivery.channel,
            "error": error,
            "given_to": supervisor.name if supervisor else None,
        },
    )


def _facts(session: Session, delivery: Delivery, ports: Ports) -> Facts:
    complaint = session.get_one(Complaint, delivery.complaint_id)
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    organisation = session.get(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    rule = session.get(RoutingRule, complaint.rule_id) if complaint.rule_id else None
    return Facts(
        complaint=complaint,
        event=session.get_one(Event, delivery.event_id),
        member=session.get_one(Member, complaint.member_id),
        organisation=organisation,
        desk=team.name if team else "",
        place=place_in_words(session, complaint),
        tracking_url=f"{ports.base_url}/suivi/{complaint.tracking_token}",
        staff_url=f"{ports.base_url}/equipe/reclamations/{complaint.id}",
        ask_feedback=delivery.purpose == "closed" and _may_survey(session, complaint, ports),
        forwards_text=bool(rule and rule.forwards_text),
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
    letter = PURPOSES[delivery.purpose](facts)
    return Mail(
        key=str(delivery.id),
        to=delivery.recipient,
        subject=letter.subject,
        text=letter.text(),
        html=letter.html(facts.member.colour),
        sender_name=facts.member.name,
    )


def _call(session: Session, delivery: Delivery, ports: Ports) -> Call:
    webhook = session.get_one(Webhook, UUID(delivery.recipient))
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
    return Call(str(delivery.id), webhook.url, webhook.secret, json.dumps(body), ports.clock.now())

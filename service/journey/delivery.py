"""Delivery: to the desk's inbox at once, and planned for every channel the member configured."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.status import EventKind, Status
from service.journey import classification
from service.journey.events import record
from service.journey.ports import Ports
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.endpoint import Endpoint
from service.models.member import Organisation, Team
from service.models.outbox import OutboxStep
from service.models.people import Staff
from service.models.routing import RoutingRule

# What the tenant is told of an event: the purpose of a letter in journey.letters.
NOTICES = {
    EventKind.SUBMITTED: "received",
    EventKind.TRANSFERRED: "transferred",
    EventKind.PASSED_ON: "passed_on",
    EventKind.PLANNED: "planned",
    EventKind.ASKED: "asked",
    EventKind.EXTENDED: "extended",
    EventKind.LINKED: "linked",
    EventKind.INCIDENT_NEWS: "incident_news",
    EventKind.ANSWERED: "answered",
    EventKind.CLOSED: "closed",
}


def deliver(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Put the complaint in its team's inbox and plan one delivery for each outside channel.

    A person may have answered before this step ran: what has to leave leaves all the same. What a later routing
    replaced does not.
    """
    if _is_replaced(session, event):
        return
    team = session.get_one(Team, complaint.team_id)
    channels = list(_outside(session, complaint, team))
    taken_back = _no_longer_theirs(session, complaint) - {channel.recipient for channel in channels}
    for channel in [*channels, *(Channel("withdrawn", "email", email) for email in sorted(taken_back))]:
        _plan(session, event, channel, ports)
    if complaint.status == Status.ROUTED:
        record(
            session,
            complaint,
            EventKind.DELIVERED,
            at=ports.clock.now(),
            actor="system",
            data={"team": team.name},
        )


def _is_replaced(session: Session, event: Event) -> bool:
    later = select(Event.id).where(
        Event.complaint_id == event.complaint_id,
        Event.id > event.id,
        Event.kind.in_((EventKind.ROUTED, EventKind.REOPENED)),
    )
    return session.scalars(later).first() is not None


def _no_longer_theirs(session: Session, complaint: Complaint) -> set[str]:
    """Return the outside organisations that were given the complaint and not told otherwise since."""
    told = select(Delivery.recipient, Delivery.purpose).where(
        Delivery.complaint_id == complaint.id,
        Delivery.purpose.in_(("handover", "withdrawn")),
        Delivery.status == "sent",
    )
    latest = dict(session.execute(told.order_by(Delivery.event_id)).all())
    return {recipient for recipient, purpose in latest.items() if purpose == "handover"}


@dataclass(frozen=True)
class Channel:
    """One way out: which message, by what means, to whom, and whether the tenant's words may go with it."""

    purpose: str
    means: str  # email, sms, or the kind of an endpoint
    recipient: str
    with_text: bool = False
    endpoint_id: UUID | None = None


def _outside(session: Session, complaint: Complaint, team: Team) -> Iterator[Channel]:
    """Yield what an arrival calls for. Whether words may leave is settled here, by the rule that chose the desk."""
    if team.email:
        yield Channel("arrival", "email", team.email)
    for endpoint in session.scalars(select(Endpoint).where(Endpoint.is_active)):
        yield Channel("arrival", endpoint.kind, str(endpoint.id), endpoint_id=endpoint.id)
    organisation = session.get_one(Organisation, complaint.organisation_id) if complaint.organisation_id else None
    if organisation and organisation.email:
        rule = session.get(RoutingRule, complaint.rule_id) if complaint.rule_id else None
        yield Channel("handover", "email", organisation.email, with_text=bool(rule and rule.forwards_text))
    if complaint.urgency == "danger":
        on_call = select(Team.email).where(Team.kind == "on_call", Team.email.is_not(None))
        yield from (Channel("alert", "email", str(email)) for email in session.scalars(on_call))


def notify(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Plan the mail that tells the tenant what just happened."""
    if complaint.tenant_email:
        _plan(session, event, Channel(NOTICES[EventKind(event.kind)], "email", complaint.tenant_email), ports)


def relay(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Tell the team what the tenant adds. Words of danger raise the complaint, which is then routed as a danger."""
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    if team and team.email:
        _plan(session, event, Channel("addition", "email", team.email), ports)
    if complaint.status != Status.CLOSED:
        classification.raise_danger(session, complaint, str(event.data["text"]), ports)


def tell_a_person(session: Session, failed: Delivery, error: str, ports: Ports) -> None:
    """Give a delivery that will not arrive to a person by name: in the timeline, in the inbox, and by mail."""
    complaint = session.get_one(Complaint, failed.complaint_id, with_for_update=True)
    supervisors = select(Staff).where(Staff.role == "supervisor", Staff.is_active).order_by(Staff.name)
    assignee = session.get(Staff, complaint.assignee_id) if complaint.assignee_id else None
    person = assignee or session.scalars(supervisors).first()
    if person and assignee is None and complaint.status != Status.CLOSED:
        complaint.assignee_id = person.id
        record(session, complaint, EventKind.ASSIGNED, at=ports.clock.now(), actor="system", data={"to": person.name})
    event = record(
        session,
        complaint,
        EventKind.DELIVERY_FAILED,
        at=ports.clock.now(),
        actor="system",
        data={
            "purpose": failed.purpose,
            "channel": failed.channel,
            "error": error,
            "given_to": person.name if person else None,
        },
    )
    if person and failed.purpose != "failed":  # A mail about a mail that failed would go on for ever.
        _plan(session, event, Channel("failed", "email", person.email), ports)


def _plan(session: Session, event: Event, channel: Channel, ports: Ports) -> None:
    """Write the delivery and its step; the unique index makes planning it twice harmless."""
    planned = session.execute(
        insert(Delivery)
        .values(
            id=uuid4(),
            member_id=event.member_id,
            complaint_id=event.complaint_id,
            event_id=event.id,
            purpose=channel.purpose,
            channel=channel.means,
            recipient=channel.recipient,
            endpoint_id=channel.endpoint_id,
            with_text=channel.with_text,
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

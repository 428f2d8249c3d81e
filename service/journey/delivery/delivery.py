"""Delivery: to the desk's inbox at once, and planned for every channel the member configured."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from service.domain.closing import PASSED_ON
from service.domain.status import Audience, EventKind, Status
from service.journey.classification import classification
from service.journey.closing import closing
from service.journey.danger import forwarding, hearing, paging
from service.journey.delivery import handovers
from service.journey.delivery.planning import Channel, plan
from service.journey.delivery.withdrawals import stop_what_waits, taken_back
from service.journey.events import record
from service.journey.incidents.incident_links import RULES, households_of
from service.journey.news import news
from service.journey.people import absence
from service.journey.ports import Ports
from service.journey.routing import passages
from service.journey.submission.submission import PARIS
from service.models.complaint import Complaint, Event
from service.models.endpoint import Endpoint
from service.models.handover import Handover
from service.models.incident import Incident
from service.models.member import Organisation, Team

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
    EventKind.COMMITTED: "committed",
    EventKind.COMMITMENT_DROPPED: "commitment_dropped",
    EventKind.CLOSED: "closed",
}


# What member-wide endpoints are told besides arrivals, each kind of endpoint in its own way.
TOLD = frozenset({EventKind.ANSWERED, EventKind.CLOSED})
TOLD_KINDS = ("webhook", "folder")


def deliver(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Put the complaint in its team's inbox and plan one delivery for each outside channel.

    A person may have answered before this step ran: what has to leave leaves all the same. What a later routing
    replaced does not.
    """
    if _is_replaced(session, event):
        return
    if event.kind == EventKind.REOPENED:
        absence.hand_on(session, complaint, ports)
    team = session.get_one(Team, complaint.team_id)
    handover = handovers.offer(session, complaint, event, ports)
    channels = list(_outside(session, complaint, team, with_text=bool(handover and handover.with_text)))
    stop_what_waits(session, event, channels)
    news = list(_news(session, complaint, event, handover, channels))
    for channel in [*news, *taken_back(session, complaint, channels)]:
        plan(session, event, channel, ports)
    paging.start(session, complaint, event, ports)
    passages.name_at_limit(session, complaint, ports)
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
        Event.kind.in_((EventKind.ROUTED, EventKind.TRANSFERRED, EventKind.PASSED_ON, EventKind.REOPENED)),
    )
    return session.scalars(later).first() is not None


def _outside(session: Session, complaint: Complaint, team: Team, *, with_text: bool) -> Iterator[Channel]:
    """Yield what an arrival calls for. Whether words may leave was settled when the hand-over was offered."""
    if team.email:
        yield Channel("arrival", "email", team.email)
    for endpoint in _endpoints(session, or_(Endpoint.team_id == team.id, _everybodys())):
        yield Channel.to(endpoint, "arrival")
    if complaint.organisation_id:
        organisation = session.get_one(Organisation, complaint.organisation_id)
        if organisation.email:
            yield Channel("handover", "email", organisation.email, with_text=with_text)
        for endpoint in _endpoints(session, Endpoint.organisation_id == organisation.id):
            yield Channel.to(endpoint, "handover", with_text=with_text)


def _news(
    session: Session, complaint: Complaint, event: Event, handover: Handover | None, channels: Sequence[Channel]
) -> Iterator[Channel]:
    """Yield what leaves. To an organisation that goes on with what it has, only word of a danger does."""
    is_kept = handover is not None and handover.event_id != event.id
    told = handovers.told(session, handover) if handover and is_kept else frozenset()
    for channel in channels:
        if channel.purpose != "handover" or (channel.means, channel.recipient) not in told:
            yield channel
        elif complaint.urgency == "danger" and (channel.means != "open311" or "email" not in {way for way, _ in told}):
            yield replace(channel, purpose="handover_danger", with_text=False)


def _endpoints(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Endpoint]:
    return session.scalars(select(Endpoint).where(Endpoint.is_active, *conditions).order_by(Endpoint.id)).all()


def _everybodys() -> ColumnElement[bool]:
    """Say which endpoints are told of all that reaches the member."""
    return and_(Endpoint.team_id.is_(None), Endpoint.organisation_id.is_(None))


def notify(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Plan what tells the tenant of what just happened, and the call that tells the member's own systems.

    A promise that takes the place of another is told with the word that takes the other back.
    """
    kind = EventKind(event.kind)
    is_told = event.audience == Audience.TENANT and not event.data.get("told_with")
    if is_told and not _is_first_to_tell(session, event):
        news.tell(session, complaint, event, NOTICES[kind], ports)
    if kind in TOLD:
        for endpoint in _endpoints(session, Endpoint.kind.in_(TOLD_KINDS), _everybodys()):
            plan(session, event, Channel.to(endpoint, NOTICES[kind]), ports)
    if kind == EventKind.CLOSED and complaint.status == Status.CLOSED:
        _end_outside(session, complaint, event, ports)


def _is_first_to_tell(session: Session, event: Event) -> bool:
    """Say whether a household would read that its own message is known: it alone told of it so far."""
    if event.kind != EventKind.LINKED:
        return False
    incident = session.get_one(Incident, UUID(str(event.data["incident"])))
    return incident.opened_by == RULES and households_of(session, incident.id) == 1


def _end_outside(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Stop what still waits for a desk. An organisation that was to come is told that it need not."""
    stop_what_waits(session, event, ())
    visit = handovers.coming_visit(session, complaint, event.at.astimezone(PARIS).date())
    if visit:
        for word in taken_back(session, complaint):
            plan(session, event, replace(word, data={**word.data, "visit": visit.isoformat()}), ports)


def relay(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Tell the team what the tenant adds. Words of danger raise the complaint, which is then routed as a danger."""
    team = session.get(Team, complaint.team_id) if complaint.team_id else None
    if team and team.email:
        plan(session, event, Channel("addition", "email", team.email), ports)
    if complaint.status != Status.CLOSED or _is_brought_back(session, complaint, event, ports):
        classification.raise_danger(session, complaint, str(event.data["text"]), ports)


def _is_brought_back(session: Session, complaint: Complaint, event: Event, ports: Ports) -> bool:
    """Open again a complaint that was closed on words of danger nobody had heard; say whether it is open now.

    Where it was passed on, they are heard by the member that has it.
    """
    text = str(event.data["text"])
    if hearing.danger_in(text, ports) != "danger" or _is_heard(session, event):
        return False
    if complaint.outcome == PASSED_ON:
        forwarding.forward_danger(session, complaint, text, ports)
        return False
    closing.reopen(session, complaint, "", ports)
    return True


def _is_heard(session: Session, event: Event) -> bool:
    """Say whether a danger was raised after the tenant wrote, so that whoever closed knew."""
    later = select(Event.id).where(
        Event.complaint_id == event.complaint_id, Event.id > event.id, Event.kind == EventKind.DANGER_RAISED
    )
    return session.scalars(later).first() is not None


def tell_partner(session: Session, _complaint: Complaint, event: Event, ports: Ports) -> None:
    """Plan the mail that brings a person's words to the organisation that has the complaint."""
    organisation = session.get_one(Organisation, UUID(str(event.data["organisation_id"])))
    if organisation.email:
        plan(session, event, Channel("partner_message", "email", organisation.email), ports)

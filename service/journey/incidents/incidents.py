"""Collective incidents: many households, one trouble. Each arrival looks around; the clock ends what is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from service.domain import incidents as rules
from service.domain.incident_news import first_news_at
from service.domain.incidents import Outcome, Report, Verdict
from service.domain.season import is_cold_season
from service.domain.status import EventKind, Status
from service.journey.clocks.clocks import ways_of
from service.journey.incidents.incident_links import (
    RULES,
    candidates,
    link,
    link_all,
    live_link,
    taken_off,
    taken_off_of,
    unlink,
)
from service.journey.incidents.incident_reports import (
    LIVE,
    history,
    hold_residence,
    live_incidents,
    report_of,
    reports_since,
)
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction, shared_transaction
from service.models.complaint import Complaint, Event
from service.models.incident import Incident, IncidentLink
from service.models.member import Member


def watch(session: Session, complaint: Complaint, event: Event, ports: Ports) -> None:
    """Look whether neighbours report the same trouble: attach to what is known, else propose or open an incident.

    Nothing here touches the complaint's desk, clocks or danger: a link is only a link.
    """
    if complaint.residence_id is None or complaint.status == Status.CLOSED:
        return
    hold_residence(session, complaint.residence_id)
    arrival = report_of(session, complaint)
    if _stays_linked(session, complaint, arrival, event, ports):
        return
    known = _fitting(session, complaint, arrival, ports.clock.now())
    if known and known.status == "open":
        link(session, complaint, known, by=RULES, ports=ports)
    else:
        _consider(session, complaint, arrival, known, ports)


def _stays_linked(session: Session, complaint: Complaint, arrival: Report, event: Event, ports: Ports) -> bool:
    """Say whether the present link stands; end it when the complaint turns out to be about something else.

    The last word of a person wins: a link made by hand is ended by a correction or a place that came after it, by no
    rule.
    """
    if complaint.incident_id is None:
        return False
    incident = session.get_one(Incident, complaint.incident_id)
    bond = live_link(session, complaint.id)
    if bond is None or incident.status not in LIVE:
        return False
    if _fits(incident, arrival, complaint.residence_id):
        return True
    is_corrected = event.kind == EventKind.CORRECTED and event.data["from"] != event.data["to"]
    is_said = is_corrected or event.kind == EventKind.PLACED
    if bond.linked_by != RULES and not (is_said and event.at >= bond.linked_at):
        return True
    unlink(session, complaint, by=RULES, ports=ports)
    return False


def _fits(incident: Incident, report: Report, residence_id: UUID | None) -> bool:
    return (
        incident.residence_id == residence_id
        and rules.is_about(report, incident.category)
        and rules.is_same_building(report.building, incident.building)
    )


def _fitting(session: Session, complaint: Complaint, arrival: Report, now: datetime) -> Incident | None:
    """Return the incident of the residence that a complaint is about: an open one before one that is proposed."""
    fitting = [
        incident
        for incident in live_incidents(session, arrival_residence(complaint))
        if _fits(incident, arrival, complaint.residence_id) and _is_in_time(incident, arrival, now)
    ]
    refused = taken_off_of(session, complaint.id) if fitting else set()
    exact = sorted(fitting, key=lambda incident: (incident.status != "open", incident.category != arrival.category))
    return next((incident for incident in exact if incident.id not in refused), None)


def arrival_residence(complaint: Complaint) -> UUID:
    """Return the residence of a complaint that is known to have one."""
    if complaint.residence_id is None:
        raise ValueError("a complaint without a place has no neighbours")
    return complaint.residence_id


def _is_in_time(incident: Incident, arrival: Report, now: datetime) -> bool:
    """Say whether a message was written while the incident lasts; a danger heard later in an old one is of now."""
    at = now if arrival.is_danger else arrival.at
    if incident.kind == "works":
        return incident.starts_at <= at and (incident.ends_at is None or at <= incident.ends_at)
    return at >= incident.starts_at - rules.window_of(incident.category)


def _consider(session: Session, complaint: Complaint, arrival: Report, proposed: Incident | None, ports: Ports) -> None:
    """Weigh the neighbours' messages; `proposed` is the incident that waits for a person's word about them."""
    category, now = rules.subject_of(arrival), ports.clock.now()
    residence_id = arrival_residence(complaint)
    if category is None or (proposed is None and _is_settled(session, complaint, category)):
        return
    ended = _ended(session, residence_id, category, arrival)
    window = rules.window_of(category)
    since = max([now - window, *(one.resolved_at + timedelta.resolution for one in ended if one.resolved_at)])
    is_recent = arrival.at >= since
    neighbours = reports_since(session, residence_id, since) if is_recent else []
    verdict = rules.decide(
        arrival,
        [one for one in neighbours if one.id != complaint.id],
        lambda: rules.rate(history(session, residence_id, category, now - window), window),
        is_cold=is_cold_season(now.astimezone(PARIS).date()),
    )
    if verdict.outcome == Outcome.NOTHING or not (is_recent or arrival.is_danger):
        return
    if not arrival.is_danger and any(_is_refused(incident, now - window) for incident in ended):
        return
    if proposed is None:
        proposed = _propose(session, complaint, arrival, category, verdict, ports)
    proposed.households = max(verdict.households, proposed.households or 0)
    proposed.chance = min(verdict.chance, proposed.chance if proposed.chance is not None else 1.0)
    if verdict.outcome == Outcome.OPEN:
        _open(session, complaint, proposed, verdict, ports)


def _is_settled(session: Session, complaint: Complaint, category: str) -> bool:
    """Say whether the complaint has been part of such an incident before: it starts no second one by itself."""
    before = select(IncidentLink.id).join(Incident, Incident.id == IncidentLink.incident_id)
    mine = before.where(
        IncidentLink.complaint_id == complaint.id, Incident.category == category, Incident.status.not_in(LIVE)
    )
    return session.scalars(mine).first() is not None


def _ended(session: Session, residence_id: UUID, category: str, arrival: Report) -> list[Incident]:
    """Return the incidents of this kind that ended here within the window: what came before them is settled."""
    found = select(Incident).where(
        Incident.residence_id == residence_id,
        Incident.category == category,
        Incident.status.not_in(LIVE),
        Incident.resolved_at > arrival.at - rules.LONGEST_WINDOW,
    )
    return [one for one in session.scalars(found) if rules.is_same_building(one.building, arrival.building)]


def _is_refused(incident: Incident, since: datetime) -> bool:
    """Say whether a person has said no to this trouble within the window."""
    return incident.status == "dismissed" and incident.resolved_at is not None and incident.resolved_at > since


def _propose(
    session: Session, complaint: Complaint, arrival: Report, category: str, verdict: Verdict, ports: Ports
) -> Incident:
    incident = Incident(
        member_id=complaint.member_id,
        residence_id=complaint.residence_id,
        category=category,
        building=rules.building_of(arrival, category),
        kind="outage",
        status="proposed",
        title=rules.title_of(arrival, category),
        opened_by=RULES,
        opened_at=ports.clock.now(),
        starts_at=min([arrival.at, *(report.at for report in verdict.alike)]),
    )
    session.add(incident)
    session.flush()
    return incident


def _open(session: Session, complaint: Complaint, incident: Incident, verdict: Verdict, ports: Ports) -> None:
    """Open an incident without waiting for a person, with the complaint at hand and those alike."""
    session.flush()
    session.refresh(incident, with_for_update={"key_share": True})
    if incident.status not in LIVE:
        return  # It ended meanwhile: what ended stays so.
    begin(session, incident, ports, is_soon=complaint.urgency == "danger")
    session.flush()
    link(session, complaint, incident, by=RULES, ports=ports)
    others = {report.id for report in (*verdict.alike, *candidates(session, incident, incident.starts_at))}
    link_all(session, incident, others - {complaint.id} - taken_off(session, incident), by=RULES, ports=ports)


def begin(session: Session, incident: Incident, ports: Ports, *, is_soon: bool) -> None:
    """Mark an incident open, and promise when neighbours read the first news: on a day on which the member works."""
    incident.status = "open"
    now, time = ports.clock.now().astimezone(PARIS), ways_of(session, incident.member_id, ports).time
    incident.next_news_at = first_news_at(now, is_soon=is_soon, is_off=time.is_closed)


def tick(ports: Ports) -> int:
    """End what is over: works past their end, and outages of which every linked complaint is closed; return how many.

    Called by the clock process; harmless when two run.
    """
    with shared_transaction() as session:
        members: Sequence[UUID] = session.scalars(select(Member.id)).all()
    ended = 0
    for member_id in members:
        with member_transaction(member_id) as session:
            ended += _end_what_is_over(session, ports.clock.now())
    return ended


def _end_what_is_over(session: Session, now: datetime) -> int:
    linked = exists().where(IncidentLink.incident_id == Incident.id, IncidentLink.unlinked_at.is_(None))
    still_open = linked.where(Complaint.id == IncidentLink.complaint_id, Complaint.status != Status.CLOSED)
    is_over = (Incident.kind == "works") & (Incident.ends_at <= now)
    # Only what the rules opened: a person who opened an incident also says when it ends.
    is_empty = (Incident.kind == "outage") & (Incident.opened_by == RULES) & linked & ~still_open
    done = session.execute(
        update(Incident)
        .where(Incident.status == "open", is_over | is_empty)
        .values(status="resolved", resolved_at=now, next_news_at=None)
        .returning(Incident.id)
    )
    return len(done.all())


def news_due(session: Session, now: datetime) -> int:
    """Return how many incidents of the transaction's member promised news that did not come: work for a person."""
    due = select(func.count()).select_from(Incident).where(Incident.status == "open", Incident.next_news_at < now)
    return session.scalars(due).one()

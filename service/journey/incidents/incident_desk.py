"""What people decide of an incident that lives: accept, dismiss, change, resolve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.incident_news import check_news, fill
from service.domain.status import Status
from service.domain.submission import MAX_REASON, check_text
from service.journey.closing import closing, meanwhile
from service.journey.handling.handling import staff_member
from service.journey.incidents.incident_links import candidates, link_all, unlink
from service.journey.incidents.incident_news import held_incident
from service.journey.incidents.incident_reports import LIVE, hold_residence
from service.journey.incidents.incidents import begin
from service.journey.ports import Ports
from service.journey.submission.known import blanks_of
from service.journey.transactions import looking_as, member_transaction
from service.models.complaint import Complaint
from service.models.incident import Incident, IncidentLink


@dataclass(frozen=True)
class Changes:
    """What a person may change of an incident. Instants carry a time zone."""

    title: str
    building: str | None
    ends_at: datetime | None
    next_news_at: datetime | None


@dataclass(frozen=True)
class Ending:
    """How every linked complaint is closed with its incident."""

    outcome: str
    sentence: str


def accept(member_id: UUID, incident_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Open a proposed incident: the complaints about it are linked and their tenants told. Twice is once.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such incident, or it was dismissed or resolved.

    """
    # Whoever accepts may not see every complaint about it: all of them are linked, and all tenants told.
    with looking_as(None), member_transaction(member_id) as session:
        incident, name = _at_hand(session, incident_id), staff_member(session, staff_id).name
        if incident.status == "open":
            return
        if incident.status != "proposed":
            raise NotAllowed("incident_ended")
        begin(session, incident, ports, is_soon=False)
        incident.opened_by = name
        session.flush()
        reports = candidates(session, incident, incident.starts_at)
        link_all(session, incident, {report.id for report in reports}, by=name, ports=ports)


def dismiss(member_id: UUID, incident_id: UUID, staff_id: UUID, ports: Ports) -> None:
    """Say that it is no collective incident: what was linked is taken off it, and it is not proposed again soon.

    Broken off in the middle, it goes on where it was when asked again: the incident ends first, for no complaint is
    waited for while the residence is held.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such incident, or it is resolved.

    """
    with member_transaction(member_id) as session:
        incident, name = _at_hand(session, incident_id), staff_member(session, staff_id).name
        if incident.status not in (*LIVE, "dismissed"):
            raise NotAllowed("incident_ended")
        if incident.status != "dismissed":
            _end(incident, "dismissed", ports)
    with looking_as(None), member_transaction(member_id) as session:
        for complaint in _linked(session, incident_id):
            unlink(session, complaint, by=name, ports=ports)


def change(member_id: UUID, incident_id: UUID, changes: Changes, ports: Ports) -> None:
    """Change what tenants read of an incident, its building, and when news or the end are expected.

    Raises
    ------
    BadInput
        When the title is blank or too long, an end comes before the beginning, or news are promised in the past.
    NotFound, NotAllowed
        When there is no such incident, or it has ended.

    """
    check_text(changes.title, "title", MAX_REASON)
    with member_transaction(member_id) as session:
        incident = _at_hand(session, incident_id)
        if incident.status not in LIVE:
            raise NotAllowed("incident_ended")
        if changes.ends_at and changes.ends_at <= incident.starts_at:
            raise BadInput("ends_before_it_starts", "ends_at")
        promised = changes.next_news_at
        if promised and promised != incident.next_news_at and promised <= ports.clock.now():
            raise BadInput("in_the_past", "next_news_at")
        incident.title = changes.title.strip()
        incident.building = changes.building or None
        incident.ends_at = changes.ends_at
        incident.next_news_at = promised


def resolve(
    member_id: UUID, incident_id: UUID, staff_id: UUID, *, ending: Ending | None, ports: Ports, seen: str | None = None
) -> tuple[int, int]:
    """End an incident; with an `ending`, close every linked complaint first, each by itself, so each may be reopened.

    Return how many were closed, and how many are not at a desk yet and stay open. Broken off in the middle, it goes on
    where it was when asked again: the incident ends last. `seen` is how the page on which it was asked showed the
    complaints: see `shown`.

    Raises
    ------
    BadInput
        When the outcome is not in the list, or the sentence is blank or has an unknown blank in it.
    NotFound, NotAllowed
        When there is no such incident, or it is not open; `written_meanwhile` when one of the tenants wrote, or a
        danger was raised, since the page was shown: nothing is closed.

    """
    if ending:
        check_news(ending.sentence, "sentence")
    with member_transaction(member_id) as session:
        incident, _ = held_incident(session, incident_id), staff_member(session, staff_id)
        if incident.status == "resolved":
            return 0, 0
        if incident.status != "open":
            raise NotAllowed("incident_ended")
        linked = _linked(session, incident_id) if ending else ()
        words = meanwhile.last_words(session, [one.id for one in linked])
        if ending and seen is not None and seen != meanwhile.mark_of(words):
            raise NotAllowed(meanwhile.WRITTEN, "sentence")
        sentences = {one.id: fill(ending.sentence, blanks_of(one)) for one in linked} if ending else {}
    closed = 0
    for complaint_id, sentence in sentences.items():
        told = Ending(ending.outcome if ending else "", sentence)
        closed += _close(member_id, complaint_id, staff_id, told, words.get(complaint_id, 0), ports)
    with member_transaction(member_id) as session:
        incident = _at_hand(session, incident_id)
        if incident.status == "open":
            _end(incident, "resolved", ports)
    return closed, len(sentences) - closed


def shown(session: Session, incident_id: UUID) -> dict[UUID, int]:
    """Return the last words of each open complaint of an incident, of which a page keeps the mark."""
    return meanwhile.last_words(session, [one.id for one in session.scalars(_linked_to(incident_id))])


def _close(member_id: UUID, complaint_id: UUID, staff_id: UUID, ending: Ending, seen: int, ports: Ports) -> bool:
    outcome, sentence = ending.outcome, ending.sentence
    try:
        closing.close(member_id, complaint_id, staff_id, outcome=outcome, sentence=sentence, ports=ports, seen=seen)
    except NotAllowed:
        return False  # not at a desk yet, closed by a colleague, or its tenant wrote a moment ago
    return True


def _at_hand(session: Session, incident_id: UUID) -> Incident:
    """Return an incident, held after its residence, as each arrival does: the other way round, two would wait."""
    residence_id = session.scalar(select(Incident.residence_id).where(Incident.id == incident_id))
    if residence_id is None:
        raise NotFound("incident")
    hold_residence(session, residence_id)
    return held_incident(session, incident_id)


def _end(incident: Incident, status: str, ports: Ports) -> None:
    incident.status = status
    incident.resolved_at = ports.clock.now()
    incident.next_news_at = None


def _linked(session: Session, incident_id: UUID) -> Sequence[Complaint]:
    """Return the open complaints linked to an incident, held until the transaction ends."""
    return session.scalars(_linked_to(incident_id).with_for_update(of=Complaint)).all()


def _linked_to(incident_id: UUID) -> Select[Complaint]:
    joined = select(Complaint).join(IncidentLink, IncidentLink.complaint_id == Complaint.id)
    return joined.where(
        IncidentLink.incident_id == incident_id, IncidentLink.unlinked_at.is_(None), Complaint.status != Status.CLOSED
    ).order_by(Complaint.id)

"""News: one text to every household of an incident, each with its own dwelling in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.incident_news import check_news, fill
from service.domain.status import Audience, EventKind, Status
from service.journey.events import record
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.journey.submission.known import blanks_of
from service.journey.transactions import looking_as, member_transaction
from service.models.complaint import Complaint
from service.models.incident import Incident, IncidentLink, IncidentNews


@dataclass(frozen=True)
class Readers:
    """Those whom news reach: distinct households, their open complaints, and how many of these have an e-mail."""

    households: int
    complaints: int
    by_mail: int


def readers(session: Session, incident_id: UUID) -> Readers:
    """Return whom news of an incident would reach now."""
    counted = session.execute(
        select(
            func.count(IncidentLink.household.distinct()), func.count(), func.count(Complaint.tenant_email.distinct())
        )
        .select_from(IncidentLink)
        .join(Complaint, Complaint.id == IncidentLink.complaint_id)
        .where(*_open_links(incident_id))
    ).one()
    return Readers(*counted)


def preview(session: Session, incident_id: UUID, text: str) -> str:
    """Return the text as one of the households would read it; as typed when nobody is linked yet."""
    check_news(text)
    first = session.scalars(_linked(incident_id).limit(1)).first()
    return fill(text, blanks_of(first)) if first else text


def write_news(  # noqa: PLR0913  What news are made of.
    member_id: UUID,
    incident_id: UUID,
    staff_id: UUID,
    *,
    text: str,
    seen: int,
    next_at: datetime | None,
    ports: Ports,
) -> int:
    """Write to every household of an open incident, and promise the next news; return how many complaints were told.

    `seen` is how many news stood on the page the text was written on: the same words sent twice from one page are a
    double click, and leave once.

    Raises
    ------
    BadInput
        When the text is blank or too long, an unknown blank stands in it, or the next news are promised in the past.
    NotFound, NotAllowed
        When there is no such incident, or it is not open.

    """
    check_news(text)
    now = ports.clock.now()
    if next_at and next_at <= now:
        raise BadInput("in_the_past", "next_at")
    # Whoever writes may not see every complaint of it: their tenants are told all the same.
    with looking_as(None), member_transaction(member_id) as session:
        incident = held_incident(session, incident_id)
        author = staff_member(session, staff_id).name
        if incident.status != "open":
            raise NotAllowed("incident_ended")
        written = session.scalars(
            select(IncidentNews).where(IncidentNews.incident_id == incident_id).order_by(IncidentNews.at)
        ).all()
        if any((one.text, one.author) == (text, author) for one in written[max(seen, 0) :]):
            return 0
        news = IncidentNews(member_id=member_id, incident_id=incident_id, text=text, author=author, at=now)
        session.add(news)
        incident.next_news_at = next_at
        session.flush()
        return _tell(session, incident, news)


def held_incident(session: Session, incident_id: UUID) -> Incident:
    """Return an incident, held against others who would change it; links to it may still be made.

    Raises
    ------
    NotFound
        When the member has no such incident.

    """
    held = select(Incident).where(Incident.id == incident_id).with_for_update(key_share=True)
    incident = session.scalars(held).first()
    if incident is None:
        raise NotFound("incident")
    return incident


def _tell(session: Session, incident: Incident, news: IncidentNews) -> int:
    told: Sequence[Complaint] = session.scalars(_linked(incident.id).with_for_update(of=Complaint)).all()
    for complaint in told:
        # A person answers here, even if it is many at once.
        complaint.first_answered_at = complaint.first_answered_at or news.at
        record(
            session,
            complaint,
            EventKind.INCIDENT_NEWS,
            at=news.at,
            actor=news.author,
            audience=Audience.TENANT,
            data={
                "incident": str(incident.id),
                "news": str(news.id),
                "title": incident.title,
                "text": fill(news.text, blanks_of(complaint)),
            },
        )
    return len(told)


def _linked(incident_id: UUID) -> Select[Complaint]:
    joined = select(Complaint).join(IncidentLink, IncidentLink.complaint_id == Complaint.id)
    return joined.where(*_open_links(incident_id)).order_by(Complaint.id)


def _open_links(incident_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        IncidentLink.incident_id == incident_id,
        IncidentLink.unlinked_at.is_(None),
        Complaint.status != Status.CLOSED,
    )

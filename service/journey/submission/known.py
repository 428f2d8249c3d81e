"""What is known of a collective incident, for those it touches: its title, how many households, when news come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.incident_news import SHOWN_FROM, dwelling_in_words
from service.domain.taxonomy import categories_of, family_of
from service.models.complaint import Complaint
from service.models.incident import Incident, IncidentLink, IncidentNews

CARDS = 3  # incidents shown to somebody who is about to write


@dataclass(frozen=True)
class Known:
    """An incident with the households linked to it now."""

    id: UUID
    title: str
    kind: str  # outage or works
    status: str
    households: int
    building: str | None
    starts_at: datetime
    ends_at: datetime | None
    next_news_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it lasts, and a person or the rules stand by it."""
        return self.status == "open"

    @property
    def neighbours(self) -> int | None:
        """The households as neighbours may read them: None when so few would point at somebody."""
        return self.households if self.households >= SHOWN_FROM else None


def known_of(session: Session, incident_ids: Collection[UUID]) -> dict[UUID, Known]:
    """Return incidents by id, in one query."""
    if not incident_ids:
        return {}
    rows = session.execute(
        select(Incident, func.count(IncidentLink.household.distinct()))
        .outerjoin(IncidentLink, (IncidentLink.incident_id == Incident.id) & IncidentLink.unlinked_at.is_(None))
        .where(Incident.id.in_(incident_ids))
        .group_by(Incident.id)
    )
    return {incident.id: _known(incident, households) for incident, households in rows}


def known(session: Session, incident_id: UUID | None) -> Known | None:
    """Return one incident, or None."""
    return known_of(session, [incident_id]).get(incident_id) if incident_id else None


def known_by(session: Session, data: Mapping[str, Any]) -> Known | None:
    """Return the incident an event speaks of, as it stands now; None when it speaks of none."""
    return known(session, UUID(str(data["incident"]))) if data.get("incident") else None


def known_in(session: Session, residence_id: UUID, category: str, now: datetime) -> list[Known]:
    """Return the open incidents of a residence that somebody who writes about this category may mean."""
    found = select(Incident.id).where(
        Incident.residence_id == residence_id,
        Incident.category == category,
        Incident.status == "open",
        Incident.starts_at <= now,
    )
    return list(known_of(session, session.scalars(found).all()).values())


def known_about(session: Session, residence_id: UUID, category: str, now: datetime) -> list[Known]:
    """Return the open incidents of a residence in the family of a category, the same category first."""
    family = categories_of(family_of(category) or "")
    found = select(Incident.id).where(
        Incident.residence_id == residence_id,
        Incident.category.in_(family),
        Incident.status == "open",
        Incident.starts_at <= now,
    )
    in_order = found.order_by(Incident.category != category, Incident.opened_at.desc()).limit(CARDS)
    ids = session.scalars(in_order).all()
    by_id = known_of(session, ids)
    return [by_id[one] for one in ids]


def news_of(session: Session, incident_id: UUID) -> Sequence[IncidentNews]:
    """Return the news of an incident, the latest first."""
    return session.scalars(
        select(IncidentNews).where(IncidentNews.incident_id == incident_id).order_by(IncidentNews.at.desc())
    ).all()


def blanks_of(complaint: Complaint) -> dict[str, str]:
    """Return what stands in the blanks of news for one household.

    The dwelling is said as the tenant gave it, never as found in the patrimoine: whoever tried a reference that is not
    theirs must not read a neighbour's address.
    """
    given = complaint.place_given
    address = given.get("address") or {}
    return {
        "logement": dwelling_in_words(given.get("reference"), address.get("line")),
        "reference": complaint.reference,
    }


def _known(incident: Incident, households: int) -> Known:
    return Known(
        id=incident.id,
        title=incident.title,
        kind=incident.kind,
        status=incident.status,
        households=households,
        building=incident.building,
        starts_at=incident.starts_at,
        ends_at=incident.ends_at,
        next_news_at=incident.next_news_at,
    )

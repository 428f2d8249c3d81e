"""What neighbours report: the complaints of one residence as the domain compares them, in few queries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from service.domain.acute import acute_kinds
from service.domain.incidents import CERTAIN, History, Report, household_of, roots_of
from service.models.complaint import Complaint
from service.models.incident import Incident
from service.models.patrimoine import Dwelling, Residence

HISTORY = timedelta(days=90)
RECENT = timedelta(days=14)
AT_MOST = 1000  # neighbours looked at, the newest first: more than a residence has homes
LIVE = ("proposed", "open")


class Written(Protocol):
    """The columns of a complaint that neighbours are compared by."""

    id: Any
    submitted_at: Any
    dwelling_id: Any
    tenant_reference: Any
    tenant_email: Any
    tenant_phone: Any
    category: Any
    confidence: Any
    alternatives: Any
    secondary: Any
    abstained: Any
    category_by_person: Any
    urgency: Any
    danger: Any
    danger_types: Any
    danger_is_judged: Any


_COLUMNS = (
    Complaint.id, Complaint.submitted_at, Complaint.dwelling_id, Complaint.tenant_reference, Complaint.tenant_email,
    Complaint.tenant_phone, Complaint.category, Complaint.confidence, Complaint.alternatives, Complaint.secondary,
    Complaint.abstained, Complaint.category_by_person, Complaint.urgency, Complaint.danger, Complaint.danger_types,
    Complaint.danger_is_judged, Dwelling.building,
)  # fmt: skip


def hold_residence(session: Session, residence_id: UUID) -> None:
    """Wait until nobody else looks at this residence; held until the transaction ends.

    Always taken after the lock of the one complaint at hand, and no lock of another complaint is waited for while it
    is held: two arrivals can never wait for each other.
    """
    session.execute(text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"seve:{residence_id}"})


def household(complaint: Written) -> str:
    """Return an opaque name for the household of a complaint."""
    return household_of(
        ("dwelling", complaint.dwelling_id),
        ("tenant", complaint.tenant_reference),
        ("email", complaint.tenant_email),
        ("phone", "".join(sign for sign in complaint.tenant_phone or "" if sign.isdigit())),
        ("complaint", complaint.id),
    )


def as_report(complaint: Written, building: str | None, words: str = "") -> Report:
    """Return what a complaint says as the domain compares it; `words` tell of water cut, when they are at hand."""
    by_person = complaint.category_by_person
    shares = {one["category"]: one["confidence"] for one in complaint.alternatives or ()}
    if complaint.category and by_person:
        shares = {complaint.category: 1.0}
    elif complaint.category and complaint.confidence is not None:
        shares[complaint.category] = complaint.confidence
    is_danger = complaint.urgency == "danger"
    is_heard = is_danger or (complaint.danger != "none" and not complaint.danger_is_judged)
    return Report(
        id=complaint.id,
        at=complaint.submitted_at,
        household=household(complaint),
        category=complaint.category,
        roots=roots_of(shares) if complaint.category else (),
        is_sure=by_person or (not complaint.abstained and (complaint.confidence or 0.0) >= CERTAIN),
        by_person=by_person,
        secondary=complaint.secondary,
        building=building,
        is_danger=is_danger,
        acute=acute_kinds(complaint.category, complaint.danger_types if is_heard else (), words),
    )


def report_of(session: Session, complaint: Complaint) -> Report:
    """Return the report of one complaint, by what a person or the model says of it now."""
    dwelling = session.get(Dwelling, complaint.dwelling_id) if complaint.dwelling_id else None
    return as_report(complaint, dwelling.building if dwelling else None, complaint.text)


def reports_since(session: Session, residence_id: UUID, since: datetime, *, only_open: bool = False) -> list[Report]:
    """Return what was reported in a residence and is linked to no incident that lives; one query."""
    query = (
        select(*_COLUMNS)
        .outerjoin(Dwelling, Dwelling.id == Complaint.dwelling_id)
        .outerjoin(Incident, Incident.id == Complaint.incident_id)
        .where(
            Complaint.residence_id == residence_id,
            Complaint.submitted_at >= since,
            or_(Incident.id.is_(None), Incident.status.not_in(LIVE)),
        )
        .order_by(Complaint.submitted_at.desc())
        .limit(AT_MOST)
    )
    if only_open:
        query = query.where(Complaint.status != "closed")
    return [as_report(row, row.building) for row in session.execute(query)]


def history(session: Session, residence_id: UUID, category: str, until: datetime) -> History:
    """Return what came in before `until`, in this residence and in all of the transaction's member.

    What an incident explains is no part of the usual rate.
    """
    is_recent = Complaint.submitted_at >= until - RECENT
    is_same = Complaint.category == category
    first, of_member, of_residence, of_category, recent, recent_of_category = session.execute(
        select(
            func.min(Complaint.submitted_at),
            func.count(),
            func.count().filter(Complaint.residence_id == residence_id),
            func.count().filter(is_same),
            func.count().filter(is_recent),
            func.count().filter(is_recent, is_same),
        ).where(
            Complaint.submitted_at >= until - HISTORY, Complaint.submitted_at < until, Complaint.incident_id.is_(None)
        )
    ).one()
    residences = session.scalars(select(func.count()).select_from(Residence)).one()
    return History(
        days=(until - first) / timedelta(days=1) if first else 0.0,
        residences=residences,
        of_residence=of_residence,
        of_member=of_member,
        of_category=of_category,
        recent=recent,
        recent_of_category=recent_of_category,
    )


def live_incidents(session: Session, residence_id: UUID) -> Sequence[Incident]:
    """Return the incidents of a residence that are proposed or open, the oldest first."""
    found = select(Incident).where(Incident.residence_id == residence_id, Incident.status.in_(LIVE))
    return session.scalars(found.order_by(Incident.opened_at)).all()

"""What stands around a complaint: what the same person wrote before, and what happens in the same building."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, load_only

from service.domain.routing import TRADES
from service.journey.incidents.incident_reports import live_incidents
from service.journey.routing.routing_table import desks_at
from service.models.complaint import Complaint
from service.models.incident import Incident
from service.models.member import Organisation
from service.models.patrimoine import Dwelling, Residence

OF_PERSON = timedelta(days=365)
OF_PLACE = timedelta(weeks=12)
MOST = 8  # shown of each

_SHOWN = load_only(
    Complaint.id, Complaint.reference, Complaint.category, Complaint.status, Complaint.submitted_at, Complaint.urgency,
    Complaint.outcome,
)  # fmt: skip


@dataclass(frozen=True)
class Around:
    """Some complaints, the newest first, and how many there are in all."""

    complaints: Sequence[Complaint]
    total: int


@dataclass(frozen=True)
class Place:
    """What was written about a residence lately: how many of each category, and those of the same building."""

    counts: Sequence[tuple[str | None, int]]
    building: Around
    total: int


@dataclass(frozen=True)
class Equipment:
    """What serves a place today, the dwelling's own before its residence's, and the incidents open in it."""

    heating: str  # collective or individual
    has_lift: bool
    caretaker: str | None
    holders: Sequence[tuple[str, str]]  # who has the contract of each trade: keys of domain.routing.TRADES, names
    incidents: Sequence[Incident]


def equipment_of(session: Session, complaint: Complaint, today: date) -> Equipment | None:
    """Return what serves the place of a complaint; None when it is not known."""
    if complaint.residence_id is None:
        return None
    residence = session.get_one(Residence, complaint.residence_id)
    dwelling = session.get(Dwelling, complaint.dwelling_id) if complaint.dwelling_id else None
    has_own = dwelling is not None and dwelling.has_lift is not None
    desks = desks_at(session, residence.id)
    names = {one.id: one.name for one in session.scalars(select(Organisation))}
    found = [(trade, desks.holder(trade, residence.id, today)) for trade in TRADES]
    return Equipment(
        (dwelling.heating if dwelling else None) or residence.heating,
        bool(dwelling.has_lift if dwelling and has_own else residence.has_lift),
        residence.caretaker,
        [(trade, names[holder]) for trade, holder in found if holder],
        [one for one in live_incidents(session, residence.id) if one.status == "open"],
    )


def of_person(session: Session, complaint: Complaint, now: datetime) -> Around:
    """Return what else the same person wrote in twelve months.

    The person, never the dwelling: whoever lived there before is nobody's business.
    """
    same = _same_person(complaint)
    if same is None:
        return Around((), 0)
    return _found(session, and_(same, Complaint.submitted_at >= now - OF_PERSON), complaint.id)


def of_place(session: Session, complaint: Complaint, now: datetime) -> Place | None:
    """Return what else was written about the residence in twelve weeks; None when the place is not known."""
    if complaint.residence_id is None:
        return None
    here = and_(
        Complaint.residence_id == complaint.residence_id,
        Complaint.submitted_at >= now - OF_PLACE,
        Complaint.id != complaint.id,
    )
    counted = select(Complaint.category, func.count()).where(here).group_by(Complaint.category)
    counts = [(row[0], int(row[1])) for row in session.execute(counted.order_by(func.count().desc()))]
    return Place(counts[:MOST], _in_building(session, complaint, here), sum(number for _, number in counts))


def _same_person(complaint: Complaint) -> ColumnElement[bool] | None:
    """Say which complaints are of whoever wrote this one: by the contract, else by an address or a number of theirs.

    Two contracts are two households, even where somebody writes for both from one address.
    """
    keys = [
        key
        for key in (
            Complaint.email_key == complaint.email_key if complaint.email_key else None,
            Complaint.phone_key == complaint.phone_key if complaint.phone_key else None,
        )
        if key is not None
    ]
    if complaint.tenant_reference is None:
        return or_(*keys) if keys else None
    own = Complaint.tenant_reference == complaint.tenant_reference
    return or_(own, and_(Complaint.tenant_reference.is_(None), or_(*keys))) if keys else own


def _in_building(session: Session, complaint: Complaint, here: ColumnElement[bool]) -> Around:
    """Return those of the same building, the same subject first; of the whole residence where none is known."""
    dwelling = session.get(Dwelling, complaint.dwelling_id) if complaint.dwelling_id else None
    if dwelling is None or not dwelling.building:
        return _found(session, here, complaint.id, complaint.category)
    inside = select(Dwelling.id).where(
        Dwelling.residence_id == complaint.residence_id, Dwelling.building == dwelling.building
    )
    return _found(session, and_(here, Complaint.dwelling_id.in_(inside)), complaint.id, complaint.category)


def _found(session: Session, which: ColumnElement[bool], own_id: UUID, first: str | None = None) -> Around:
    others = and_(which, Complaint.id != own_id)
    rows = select(Complaint).where(others).options(_SHOWN)
    by_subject = [(Complaint.category == first).desc().nulls_last()] if first else []
    ordered = rows.order_by(*by_subject, Complaint.submitted_at.desc(), Complaint.id).limit(MOST)
    total = session.scalar(select(func.count()).select_from(Complaint).where(others)) or 0
    return Around(session.scalars(ordered).all(), total)

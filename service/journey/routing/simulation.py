"""Replaying the last months through a version of the table, beside the table in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.domain.comparison import Comparison, Replayed, compare
from service.domain.default_rules import default_rules
from service.domain.desks import Spot
from service.domain.routing import Table
from service.domain.status import Status
from service.domain.working_time import WorkingTime
from service.journey.clocks.clocks import ways_of
from service.journey.ports import Ports
from service.journey.routing.routing_cases import case_of, spot_of
from service.journey.routing.routing_table import desks_of, lines_of, table_in_force
from service.models.complaint import Complaint
from service.models.patrimoine import Dwelling, Residence
from service.models.routing import RoutingVersion

DAYS = 90


@dataclass(frozen=True)
class Simulation:
    """What a version would have done. Complaints that a person placed are not replayed: rules keep off them."""

    comparison: Comparison
    by_person: int


def simulate(session: Session, version: RoutingVersion, ports: Ports) -> Simulation:
    """Compare a version with the table in force on the complaints of the last 90 days.

    Subjects and urgencies are taken as they stand now, people's corrections included.
    """
    time = ways_of(session, version.member_id, ports).time
    since = Complaint.submitted_at >= ports.clock.now() - timedelta(days=DAYS)
    after = Table(lines_of(session, version.id), default_rules())
    replayed = _replayed(session, since, time)
    by_person = session.scalar(select(func.count()).select_from(Complaint).where(since, Complaint.routed_by_person))
    comparison = compare(replayed, table_in_force(session).table, after, desks_of(session))
    return Simulation(comparison, by_person or 0)


def _replayed(session: Session, since: Any, time: WorkingTime) -> Iterator[Replayed]:
    """Yield the complaints that rules may place, the newest first."""
    residences = {residence.id: residence for residence in session.scalars(select(Residence))}
    read = select(
        Complaint.id, Complaint.reference, Complaint.category, Complaint.family, Complaint.nature, Complaint.urgency,
        Complaint.abstained, Complaint.needs, Complaint.residence_id, Complaint.submitted_at,
        Dwelling.heating, Dwelling.has_lift,
    )  # fmt: skip
    placed_by_rules = (since, Complaint.status != Status.SUBMITTED, Complaint.routed_by_person.is_(False))
    rows = session.execute(
        read.outerjoin(Dwelling, Dwelling.id == Complaint.dwelling_id)
        .where(*placed_by_rules)
        .order_by(Complaint.submitted_at.desc())
    )
    for row in rows:
        yield Replayed(row.id, row.reference, case_of(row, _spot(row, residences), time))


def _spot(row: Row[Any], residences: dict[UUID, Residence]) -> Spot | None:
    residence = residences.get(row.residence_id)
    return spot_of(residence, row.heating, row.has_lift) if residence else None

"""The names that stand at the head of lines, and how many dwellings a page speaks of."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.steering import Narrowing
from service.domain.taxonomy import FAMILIES, categories
from service.journey.steering.steering_narrowing import NONE, one_id
from service.journey.steering.steering_tables import Cell, Line
from service.models.member import Agency, Member, Organisation, Team
from service.models.patrimoine import Dwelling, Residence

MakeCells = Callable[[Counter[str], str], tuple[Cell, ...]]


def desks(session: Session) -> dict[UUID | None, str]:
    """Return the teams by id, in the order of their names; None stands for what has none yet."""
    rows = session.execute(select(Team.id, Team.name).order_by(Team.name)).all()
    return {**dict(rows), None: "Pas encore orientée"}


def organisations(session: Session) -> dict[UUID, str]:
    """Return the suppliers and authorities by id."""
    return dict(session.execute(select(Organisation.id, Organisation.name).order_by(Organisation.name)).all())


def agencies(session: Session) -> dict[UUID, str]:
    """Return the agencies by id."""
    return dict(session.execute(select(Agency.id, Agency.name).order_by(Agency.name)).all())


def residences(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return residences by id, each with its town."""
    rows = session.execute(select(Residence.id, Residence.name, Residence.city).where(Residence.id.in_(list(ids))))
    return {one: f"{name}, {city}" for one, name, city in rows}


def subjects(without: str = "À préciser") -> dict[str | None, str]:
    """Return the subjects by code in the order of the agreed list, and the words for none."""
    found: dict[str | None, str] = {code: one.label for code, one in categories().items()}
    return {**found, None: without}


def families() -> dict[str | None, str]:
    """Return the families by code, and the words for none."""
    found: dict[str | None, str] = dict(FAMILIES.items())
    return {**found, None: "À préciser"}


def named_lines(names: Mapping[Any, str], counts: Mapping[Any, Counter[str]], cells: MakeCells) -> list[Line]:
    """Return one line for each name that was counted."""
    return [Line(name, cells(counts[key], str(key or NONE))) for key, name in names.items() if key in counts]


def dwellings(session: Session, member_id: UUID, narrowing: Narrowing) -> int:
    """Return how many dwellings a page speaks of: the member's, or those of the agency or the residence chosen."""
    homes = select(func.count()).select_from(Dwelling).join(Residence).where(Dwelling.closed_on.is_(None))
    if "residence" in narrowing:
        return session.scalar(homes.where(Residence.id == one_id(narrowing["residence"]))) or 0
    if "agence" in narrowing:
        return session.scalar(homes.where(Residence.agency_id == one_id(narrowing["agence"]))) or 0
    return session.get_one(Member, member_id).dwellings


def dwellings_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many dwellings each residence has."""
    query = select(Dwelling.residence_id, func.count()).where(
        Dwelling.residence_id.in_(list(ids)), Dwelling.closed_on.is_(None)
    )
    return dict(session.execute(query.group_by(Dwelling.residence_id)).all())

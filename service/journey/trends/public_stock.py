"""What is public of the network on the day of a release: members, dwellings, types of area, the list of words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.areas import AREAS, UNKNOWN, merge_areas
from service.journey.transactions import name_member
from service.journey.trends.snapshots import latest_snapshot
from service.models.patrimoine import Dwelling, Residence


@dataclass(frozen=True)
class Network:
    """What is known before anything is counted."""

    members: Mapping[str, UUID]  # by slug, in order
    dwellings: Mapping[str, int]  # by slug
    merged: Mapping[str, str]  # type of area -> the one it is published under
    by_area: Mapping[str, int]  # dwellings of each published area
    terms: Sequence[str]

    @property
    def areas(self) -> list[str]:
        """The published areas, in order."""
        return list(self.by_area)

    @property
    def stock(self) -> dict[str, Mapping[str, int] | Mapping[str, str]]:
        """What is written beside each table."""
        return {"members": self.dwellings, "areas": self.by_area, "merged": self.merged}


def look_at(session: Session, month: date, members: Mapping[str, UUID], terms: Sequence[str]) -> Network:
    """Return what is public. Within a year areas are merged further where they must, never split."""
    stock = {area: dict.fromkeys(members, 0) for area in AREAS}
    for slug, member_id in members.items():
        for area, count in _dwellings_by_area(session, member_id):
            stock[area if area in AREAS else UNKNOWN][slug] += count
    merged = merge_areas(stock, _merged_this_year(session, month))
    by_area = {
        area: sum(sum(stock[one].values()) for one, under in merged.items() if under == area)
        for area in AREAS
        if area in merged.values()
    }
    dwellings = {slug: sum(one[slug] for one in stock.values()) for slug in members}
    return Network(members, dwellings, merged, by_area, terms)


def _dwellings_by_area(session: Session, member_id: UUID) -> list[tuple[str, int]]:
    name_member(session, member_id)
    rows = session.execute(
        select(func.coalesce(Residence.area_type, UNKNOWN), func.count())
        .join(Dwelling, Dwelling.residence_id == Residence.id)
        .where(Dwelling.closed_on.is_(None))
        .group_by(Residence.area_type)
    )
    return [(area, count) for area, count in rows]


def _merged_this_year(session: Session, month: date) -> dict[str, str] | None:
    latest = latest_snapshot(session, "AF")
    if latest is None or latest.period.year != month.year:
        return None
    held = latest.stock["merged"]
    return {area: held.get(area, held[UNKNOWN]) for area in AREAS}

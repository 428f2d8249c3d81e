"""How much waits for people beside the lists of complaints: counted on every page, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from service.journey.administration import four_eyes
from service.journey.incidents.incident_reports import LIVE
from service.journey.news.courier import by_hand
from service.models.delivery import Delivery
from service.models.incident import Incident

COUNTED = 100  # beyond this there is much to do, and nobody needs to know how much


@dataclass(frozen=True)
class WorkLeft:
    """What waits for a person of the member, each up to COUNTED."""

    incidents: int = 0  # proposed, or without the news that were promised
    letters: int = 0  # to print or to post, and calls to make
    failures: int = 0  # what did not arrive, of closed complaints too
    agreements: int = 0  # dangerous changes that this person may decide


def work_left(session: Session, staff_id: UUID, now: datetime, *, decides: bool) -> WorkLeft:
    """Return what waits for the person of the transaction."""
    live = Incident.status.in_([literal(status, literal_execute=True) for status in LIVE])
    is_late = and_(Incident.status == "open", Incident.next_news_at < now)
    failed = Delivery.status == literal("given_up", literal_execute=True)
    waiting: dict[str, Select[UUID]] = {
        "incidents": select(Incident.id).where(live, or_(Incident.status == "proposed", is_late)),
        "letters": select(Delivery.id).where(by_hand()),
        "failures": select(Delivery.id).where(failed),
    }
    if decides:
        waiting["agreements"] = four_eyes.waiting_for(staff_id, now)
    counts = [
        select(func.count()).select_from(one.limit(COUNTED).subquery()).scalar_subquery().label(name)
        for name, one in waiting.items()
    ]
    return WorkLeft(**session.execute(select(*counts)).one()._mapping)  # noqa: SLF001  Its public name.

"""What happened since a page was shown: to the complaint on it, or to those of its list. Cheap: events by their key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.status import EventKind
from service.models.complaint import Event

# What changes the ground under somebody who is about to act.
TELLING = frozenset(
    {
        EventKind.ANSWERED, EventKind.ASKED, EventKind.CLOSED, EventKind.REOPENED, EventKind.ASSIGNED,
        EventKind.TRANSFERRED, EventKind.PASSED_ON, EventKind.CORRECTED, EventKind.CONFIRMED, EventKind.TENANT_WROTE,
        EventKind.CONTESTED, EventKind.REVIEW_ASKED, EventKind.REFUSED, EventKind.EXTENDED, EventKind.COMMITTED,
        EventKind.COMMITMENT_DROPPED, EventKind.PARTNER_WRITTEN, EventKind.LINKED, EventKind.UNLINKED,
        EventKind.INCIDENT_NEWS, EventKind.DANGER_RAISED, EventKind.PLACED,
    }
)  # fmt: skip
MACHINES = ("rules", "model", "system", "lexicon")
# Events take their numbers before their transactions end: one that was slow may have a lower number than one seen.
LOOK_BACK = 200
AT_MOST = 500  # complaints touched that one answer names
LOOKED_AT = 5_000  # events, the latest, among which they are found


@dataclass(frozen=True)
class Happened:
    """What somebody else did to a complaint."""

    kind: str
    actor: str  # "tenant", or a name
    at: datetime
    event_id: int


def since(session: Session, complaint_id: UUID, seen: int, name: str) -> list[Happened]:
    """Return what tenants and others than the person of this name did to a complaint after an event, in order."""
    return since_at(session, [complaint_id], seen, name).get(complaint_id, [])


def since_at(session: Session, complaint_ids: Sequence[UUID], seen: int, name: str) -> dict[UUID, list[Happened]]:
    """Return what others did to each of several complaints after an event, in one query."""
    happened = (
        select(Event.complaint_id, Event.kind, Event.actor, Event.at, Event.id)
        .where(
            Event.complaint_id.in_(complaint_ids),
            Event.id > seen,
            Event.kind.in_(TELLING),
            Event.actor.not_in((*MACHINES, name)),
        )
        .order_by(Event.id)
    )
    found: dict[UUID, list[Happened]] = {}
    for row in session.execute(happened):
        found.setdefault(row.complaint_id, []).append(Happened(row.kind, row.actor, row.at, row.id))
    return found


def last_event(session: Session) -> int:
    """Return the number of the latest event of the transaction's member; 0 when there is none."""
    return session.scalar(select(func.max(Event.id))) or 0


def touched_since(session: Session, seen: int) -> list[UUID]:
    """Return the complaints of the transaction's member that something happened to after an event or just before it.

    Nothing is returned while nothing happened: the complaints looked back at come with news only.
    """
    if last_event(session) <= seen:
        return []
    # A page left open since last week, or an address made up, costs no more than one of this morning.
    last = select(Event.complaint_id, Event.id).where(Event.id > seen - LOOK_BACK).order_by(Event.id.desc())
    latest = last.limit(LOOKED_AT).subquery()
    touched = (
        select(latest.c.complaint_id)
        .group_by(latest.c.complaint_id)
        .order_by(func.max(latest.c.id).desc())
        .limit(AT_MOST)
    )
    return list(session.scalars(touched))

"""Sharing: the dangers of one open incident that one round of calls stands for, and whose round that is.

Each danger keeps a page of its own and looks at its hour: as long as another's calls stand for it, it is silent. So a
danger that leaves the incident, or whose neighbour's turns out to be none, calls again by itself. Sensitive complaints
share nothing: whoever has the others may not see them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from service.domain.paging import held_for, kinds_of, speaks_for
from service.domain.status import EventKind, Status
from service.models.clock import Page
from service.models.complaint import Complaint, Event
from service.models.incident import Incident, IncidentLink
from service.models.outbox import OutboxStep


@dataclass(frozen=True)
class Round:
    """The calls that stand for other dangers too: their page and complaint, what they are about, how they went."""

    page: Page
    complaint: Complaint
    kinds: frozenset[str]
    calls: tuple[Event, ...]  # the oldest first; never empty

    @property
    def told(self) -> int:
        """The most households that those called heard of."""
        return max(int(call.data.get("households", 1)) for call in self.calls)

    @property
    def last_at(self) -> datetime:
        """When those called heard something the last time."""
        return self.calls[-1].at

    @property
    def taken_by(self) -> str | None:
        """Who has it; None while the calls go on."""
        return self.page.acknowledged_by if self.page.acknowledged_at else None


def kinds_in(complaint: Complaint) -> frozenset[str]:
    """Return what the danger of a complaint is about."""
    return kinds_of(complaint.danger_types, complaint.category)


def round_for(session: Session, complaint: Complaint, page: Page) -> Round | None:
    """Return the calls that stand for the danger of a complaint; None when it has to call by itself."""
    if complaint.incident_id is None or complaint.is_sensitive:
        return None
    kinds = kinds_in(complaint)
    for other, theirs in session.execute(_rounds(complaint)):
        found = _round(session, other, theirs)
        if found and speaks_for(found.kinds, kinds) and _is_in_time(session, complaint, page, found):
            return found
    return None


def _rounds(complaint: Complaint) -> Select[Page, Complaint]:
    """Return the pages of the other dangers of the incident for which people were called, the oldest first."""
    newer = aliased(Page)
    is_last = ~exists().where(newer.complaint_id == Page.complaint_id, newer.event_id > Page.event_id)
    return (
        select(Page, Complaint)
        .join(Complaint, Complaint.id == Page.complaint_id)
        .where(*_is_danger_of(complaint.incident_id), Complaint.id != complaint.id, Page.rounds > 0, is_last)
        .order_by(Page.event_id)
    )


def _is_danger_of(incident_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    linked = exists().where(
        IncidentLink.complaint_id == Complaint.id,
        IncidentLink.incident_id == incident_id,
        IncidentLink.unlinked_at.is_(None),
        Incident.id == IncidentLink.incident_id,
        Incident.status == "open",
    )
    return (
        linked,
        Complaint.urgency == "danger",
        Complaint.status != Status.CLOSED,
        Complaint.is_sensitive.is_(False),
    )


def _round(session: Session, page: Page, complaint: Complaint) -> Round | None:
    """Return how the calls of a page went; what they are about is what it was when they were made."""
    linked = select(IncidentLink.complaint_id).where(IncidentLink.incident_id == complaint.incident_id)
    said = select(Event).where(
        Event.complaint_id.in_(linked), Event.kind == EventKind.PAGED, Event.data["page"].astext == str(page.id)
    )
    calls = tuple(call for call in session.scalars(said.order_by(Event.id)) if call.data["to"])
    own = [call for call in calls if call.complaint_id == complaint.id]
    return Round(page, complaint, frozenset(own[-1].data["kinds"]), calls) if own else None


def _is_in_time(session: Session, complaint: Complaint, page: Page, found: Round) -> bool:
    """Say whether calls made or ended at their moment stand for a danger that began at its own."""
    theirs, taken_at = found.page, found.page.acknowledged_at
    if taken_at is None:
        # Of two that both called before they met, the older one goes on.
        return page.rounds == 0 or theirs.event_id < page.event_id
    if page.rounds or taken_at >= page.started_at:
        return taken_at >= _linked_at(session, complaint)
    return not _had_another(session, page) and page.started_at - taken_at <= held_for(kinds_in(complaint))


def _linked_at(session: Session, complaint: Complaint) -> datetime:
    bond = select(IncidentLink.linked_at).where(
        IncidentLink.complaint_id == complaint.id, IncidentLink.unlinked_at.is_(None)
    )
    return session.scalars(bond).one()


def _had_another(session: Session, page: Page) -> bool:
    """Say whether the complaint was called about before: its danger came back after somebody had it."""
    before = select(Page.id).where(Page.complaint_id == page.complaint_id, Page.event_id < page.event_id)
    return session.scalars(before).first() is not None


def shared(session: Session, page: Page) -> list[tuple[Complaint, str]]:
    """Return the other complaints a round of calls stands for, the oldest first, each with its household's name."""
    complaint = session.get_one(Complaint, page.complaint_id)
    found = _round(session, page, complaint) if complaint.incident_id else None
    return _alike(session, complaint, found.kinds) if found else []


def _alike(session: Session, complaint: Complaint, kinds: frozenset[str]) -> list[tuple[Complaint, str]]:
    linked = (
        select(Complaint, IncidentLink.household)
        .join(IncidentLink, IncidentLink.complaint_id == Complaint.id)
        .where(*_is_danger_of(complaint.incident_id), IncidentLink.unlinked_at.is_(None), Complaint.id != complaint.id)
        .order_by(Complaint.submitted_at, Complaint.id)
    )
    found = session.execute(linked)
    return [(one, household) for one, household in found if speaks_for(kinds, kinds_in(one))]


def households(session: Session, complaint: Complaint, kinds: frozenset[str]) -> int:
    """Return how many households write of the danger of a complaint, itself among them."""
    if complaint.incident_id is None or complaint.is_sensitive:
        return 1
    own = select(IncidentLink.household).where(
        IncidentLink.complaint_id == complaint.id, IncidentLink.unlinked_at.is_(None)
    )
    return len({*session.scalars(own), *(household for _, household in _alike(session, complaint, kinds))})


def wake(session: Session, complaint_ids: Iterable[UUID], now: datetime) -> None:
    """Let dangers that are silent look again now: whoever called for them has it, or does so no longer.

    What a worker is at is not waited for: it looks by itself when it is done, or in a few minutes.
    """
    silent = select(Page).where(
        Page.complaint_id.in_(list(complaint_ids)), Page.acknowledged_at.is_(None), Page.rounds == 0
    )
    pages = session.scalars(silent.with_for_update(skip_locked=True)).all()
    for page in pages:
        page.next_round_at = now
    waiting = select(OutboxStep).where(
        OutboxStep.complaint_id.in_([page.complaint_id for page in pages]),
        OutboxStep.name == "page",
        OutboxStep.done_at.is_(None),
    )
    for step in session.scalars(waiting.with_for_update(skip_locked=True)):
        step.run_after = now
    session.flush()

"""Clocks: delays frozen in the history, and what is due, kept on the complaint for lists."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.domain import mending
from service.domain.clocks import Clocks, read_clocks
from service.domain.cycle import HEARD
from service.domain.deadlines import (
    Clock,
    Line,
    Target,
    Targets,
    Unit,
    in_words,
    is_vital,
    promised_answer_by,
    targets_for,
    tighten,
    urgency_heard,
    write_targets,
)
from service.domain.passage import read_passage
from service.domain.runs import Happening
from service.domain.status import EventKind, Status
from service.domain.working_time import WorkingTime
from service.journey.events import MOVED, record
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models import clock as tables
from service.models.complaint import Complaint, Event
from service.models.member import ClosureDay, Member, Team

BATCH = 500  # complaints looked at in one transaction
# What domain.passage makes of the events, under the same names on the complaint.
COUNTED = (
    "answer_due_at", "answer_done_at", "answer_days", "full_due_at", "full_done_at", "full_days", "reopenings",
    "was_extended", "first_category", "lost_days",
)  # fmt: skip


@dataclass(frozen=True)
class Ways:
    """How one member counts: its working time, and its own delays."""

    time: WorkingTime
    lines: tuple[Line, ...]

    def usual(self) -> dict[Clock, Target]:
        """Return the delays of a message nobody has read yet."""
        return targets_for(None, None, self.lines)


def ways_of(session: Session, member_id: UUID, ports: Ports) -> Ways:
    """Return how a member counts, read once in a transaction. The transaction speaks for that member."""
    kept: dict[UUID, Ways] = session.info.setdefault("ways", {})
    if member_id not in kept:
        lines = tuple(as_line(row) for row in session.scalars(select(tables.Target)))
        kept[member_id] = Ways(time_of(session, member_id, ports), lines)
    return kept[member_id]


def time_of(session: Session, member_id: UUID, ports: Ports) -> WorkingTime:
    """Return when a member is at work, read once in a transaction: all that a list asks of how it counts."""
    kept: dict[UUID, WorkingTime] = session.info.setdefault("working_times", {})
    if member_id not in kept:
        member = session.get_one(Member, member_id)
        zone, closures = member.holiday_zone, frozenset(session.scalars(select(ClosureDay.day)))

        def is_closed(day: date) -> bool:
            return day in closures or ports.calendar.is_holiday(day, zone)

        kept[member_id] = WorkingTime(is_closed, member.opens_at, member.closes_at)
    return kept[member_id]


def as_line(row: tables.Target) -> Line:
    """Return a kept line as the domain reads it."""
    return Line(Clock(row.clock), Target(row.amount, Unit(row.unit)), row.category, row.urgency)


def start(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Promise a first answer to a message just accepted, before anybody or anything has read it."""
    ways, at = ways_of(session, complaint.member_id, ports), complaint.submitted_at
    complaint.promised_answer_by = promised_answer_by(at, ways.usual(), ways.time)
    heard = [Happening(EventKind.SUBMITTED, at, "tenant", {})]
    _keep(complaint, read_clocks(heard, ways.usual(), ways.time, at))
    _count(session, complaint, heard, ports)


def set_targets(session: Session, complaint: Complaint, ports: Ports) -> Clocks:
    """Freeze the delays that the subject and the urgency call for now; tighten the promise, never loosen it."""
    ways = ways_of(session, complaint.member_id, ports)
    urgency = _urgency(complaint)
    targets = targets_for(complaint.category, urgency, ways.lines)
    day = ways.time.day_of(complaint.submitted_at)
    vital = is_vital(complaint.category, urgency, complaint.danger_types, day)
    data = {
        "category": complaint.category,
        "urgency": urgency,
        "is_vital": vital,
        "targets": write_targets(targets),
        "words": in_words(targets) + (" Rien n'arrête ces délais." if vital else ""),
    }
    if _latest_targets(session, complaint) != data:
        record(session, complaint, EventKind.TARGETS_SET, at=ports.clock.now(), actor="rules", data=data)
    clocks = refresh(session, complaint, ports)
    complaint.promised_answer_by = tighten(complaint.promised_answer_by, clocks.promised)
    return clocks


def start_again(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Promise anew when a complaint was just reopened: another wait begins."""
    complaint.promised_answer_by = set_targets(session, complaint, ports).promised


def _urgency(complaint: Complaint) -> str:
    return urgency_heard(complaint.urgency, "none" if complaint.danger_is_judged else complaint.danger)


def _latest_targets(session: Session, complaint: Complaint) -> dict[str, object] | None:
    kept = select(Event.data).where(Event.complaint_id == complaint.id, Event.kind == EventKind.TARGETS_SET)
    return session.scalars(kept.order_by(Event.id.desc()).limit(1)).first()


def refresh(session: Session, complaint: Complaint, ports: Ports) -> Clocks:
    """Write on the complaint what its events say is due now, and return it."""
    events = _events(session, [complaint.id])[complaint.id]
    clocks = read(session, complaint, events, ports)
    _keep(complaint, clocks)
    _count(session, complaint, _heard(events), ports)
    session.info.get(MOVED, set()).discard(complaint.id)
    return clocks


def settle(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Write what is due when something happened to the complaint in this transaction, and nobody has yet."""
    if complaint.id in session.info.get(MOVED, ()):
        refresh(session, complaint, ports)


def reckon(session: Session, complaint: Complaint, _event: Event, ports: Ports) -> None:
    """Write what is due, as the step that follows an event of another module."""
    refresh(session, complaint, ports)


def read(session: Session, complaint: Complaint, events: Iterable[Event], ports: Ports) -> Clocks:
    """Return the clocks of a complaint from its events, which are in order. What was kept back was never said."""
    ways = ways_of(session, complaint.member_id, ports)
    heard = _heard(events)
    return read_clocks(heard, _fallback(complaint, heard, ways), ways.time, ports.clock.now())


def _heard(events: Iterable[Event]) -> list[Happening]:
    told = mending.standing(list(events))
    return [Happening(EventKind(one.kind), one.at, one.actor, one.data) for one in told if one.kind in HEARD]


def _count(session: Session, complaint: Complaint, heard: Sequence[Happening], ports: Ports) -> None:
    """Write on the complaint what the pages of steering count."""
    ways = ways_of(session, complaint.member_id, ports)
    passage = read_passage(heard, _fallback(complaint, heard, ways), ways.time, ports.clock.now(), complaint.category)
    for name in COUNTED:
        setattr(complaint, name, getattr(passage, name))
    if complaint.first_team_id is None and passage.first_team:  # later the team may have another name
        if "desks" not in session.info:
            session.info["desks"] = {team.name: team.id for team in session.scalars(select(Team))}
        complaint.first_team_id = session.info["desks"].get(passage.first_team)


def _fallback(complaint: Complaint, heard: Sequence[Happening], ways: Ways) -> Targets:
    """Return the delays before any was frozen; a complaint older than such events is judged by its subject."""
    if complaint.status == Status.SUBMITTED or any(one.kind == EventKind.TARGETS_SET for one in heard):
        return ways.usual()
    return targets_for(complaint.category, _urgency(complaint), ways.lines)


def _events(session: Session, complaint_ids: Sequence[UUID]) -> dict[UUID, list[Event]]:
    heard = select(Event).where(Event.complaint_id.in_(complaint_ids), Event.kind.in_(HEARD)).order_by(Event.id)
    found: dict[UUID, list[Event]] = defaultdict(list)
    for event in session.scalars(heard):
        found[event.complaint_id].append(event)
    return found


def _keep(complaint: Complaint, clocks: Clocks) -> None:
    complaint.due_at, complaint.due_clock, complaint.is_paused = _cache(clocks)


def _cache(clocks: Clocks) -> tuple[datetime | None, str | None, bool]:
    following = clocks.next
    return (following.due_at, following.clock, clocks.is_paused) if following else (None, None, clocks.is_paused)


def resume_due(member_id: UUID, ports: Ports) -> int:
    """Let the clocks run again that waited for a tenant too long; return how many. Harmless when two processes do.

    Open complaints that nothing is due of, and those that steering cannot count, written by an older version, are
    given what their events say.
    """
    with member_transaction(member_id) as session:
        waiting = select(Complaint.id).where(
            Complaint.status != Status.CLOSED, or_(Complaint.is_paused, Complaint.due_at.is_(None))
        )
        uncounted = select(Complaint.id).where(Complaint.answer_due_at.is_(None))
        found = session.scalars(waiting.union(uncounted)).all()
    return len(_recompute(member_id, found, ports, write=True))


def recompute(member_id: UUID, ports: Ports, *, write: bool) -> list[str]:
    """Make what is due anew from the events, and return the references where something else was kept.

    With `write` False nothing is changed: it is a proof.
    """
    with member_transaction(member_id) as session:
        kept = or_(
            Complaint.status != Status.CLOSED,
            Complaint.due_at.is_not(None),
            Complaint.is_paused,
            Complaint.answer_due_at.is_(None),
        )
        found = session.scalars(select(Complaint.id).where(kept).order_by(Complaint.submitted_at)).all()
    return _recompute(member_id, found, ports, write=write)


def _recompute(member_id: UUID, complaint_ids: Sequence[UUID], ports: Ports, *, write: bool) -> list[str]:
    wrong = []
    for batch in _batches(complaint_ids):
        with member_transaction(member_id) as session:
            rows = select(Complaint).where(Complaint.id.in_(batch)).order_by(Complaint.id).with_for_update()
            complaints, events = session.scalars(rows).all(), _events(session, batch)
            for complaint in complaints:
                clocks = read(session, complaint, events[complaint.id], ports)
                if _cache(clocks) != (complaint.due_at, complaint.due_clock, complaint.is_paused):
                    wrong.append(complaint.reference)
                    if write:
                        _keep(complaint, clocks)
                if write and complaint.answer_due_at is None:
                    _count(session, complaint, _heard(events[complaint.id]), ports)
    return wrong


def _batches(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]

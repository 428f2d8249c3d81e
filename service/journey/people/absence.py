"""People away, and who does their work meanwhile. What is given to them goes to their substitute."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.absence import Post, is_away, stands_in, would_loop
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import LEADERS, Act, may
from service.domain.status import EventKind
from service.journey.administration import audit
from service.journey.dates import PARIS
from service.journey.events import record
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.oversight import Confidant
from service.models.people import Staff


@dataclass(frozen=True)
class Given:
    """Whose a complaint becomes, and in whose place."""

    to: Staff
    instead_of: Staff | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What the event of it keeps."""
        return {"to": self.to.name} | ({"for": self.instead_of.name} if self.instead_of else {})


@dataclass(frozen=True)
class Away:
    """When somebody is away, and who does their work. `until` None: until further notice."""

    since: date
    until: date | None
    substitute_id: UUID | None


def today_of(ports: Ports) -> date:
    """Return the day it is where people work."""
    return day_of(ports.clock.now())


def day_of(now: datetime) -> date:
    """Return the day of an instant where people work."""
    return now.astimezone(PARIS).date()


def is_absent(person: Staff, today: date) -> bool:
    """Say whether a person is away today."""
    return is_away(person.absent_from, person.absent_until, today)


def posts(session: Session, today: date) -> dict[UUID, Post]:
    """Return who of the member is here today, and who stands in for the others."""
    columns = (Staff.id, Staff.is_active, Staff.absent_from, Staff.absent_until, Staff.substitute_id)
    return {
        row.id: Post(row.is_active and not is_away(row.absent_from, row.absent_until, today), row.substitute_id)
        for row in session.execute(select(*columns))
    }


def stood_for(session: Session, staff_id: UUID, today: date) -> set[UUID]:
    """Return the people away or gone whose work is this person's today; never the person."""
    known = posts(session, today)
    return {one for one in known if one != staff_id and stands_in(one, known) == staff_id}


def given(session: Session, complaint: Complaint, person: Staff, today: date) -> Given:
    """Return whose a complaint becomes when it is given to a person: theirs, or their substitute's while they are away.

    A sensitive one goes only to a substitute who may see it. Where nobody stands in, it waits for the person.
    """
    if not is_absent(person, today):
        return Given(person)
    known = posts(session, today)
    found = stands_in(person.id, known, blind(session, complaint))
    return Given(person) if found is None else Given(session.get_one(Staff, found), person)


def blind(session: Session, complaint: Complaint) -> set[UUID]:
    """Return who of the member may not see a complaint: most people, when it is sensitive; otherwise nobody."""
    if not (complaint.is_sensitive or complaint.is_marked):
        return set()
    people = session.execute(select(Staff.id, Staff.role, Staff.is_named, Staff.is_active)).all()
    nobody_is_named = not any(one.is_named and one.is_active for one in people)
    trusted = set(session.scalars(select(Confidant.staff_id).where(Confidant.complaint_id == complaint.id)))
    trusted |= {one.id for one in people if one.is_named or (nobody_is_named and one.role in LEADERS)}
    return {one.id for one in people} - trusted


def hand_on(session: Session, complaint: Complaint, ports: Ports) -> None:
    """Give a complaint that opens again to whoever does the work of the person it is given to.

    Not while another person looks at an answer again: who that is was chosen. What is left of somebody who left is
    journey.people.departures' to give.
    """
    person = session.get(Staff, complaint.assignee_id) if complaint.assignee_id else None
    if person is None or not person.is_active or complaint.review_asked_at is not None:
        return
    found = given(session, complaint, person, today_of(ports))
    if found.instead_of is None:
        return
    complaint.assignee_id = found.to.id
    record(session, complaint, EventKind.ASSIGNED, at=ports.clock.now(), actor="system", data=found.data)


def go(member_id: UUID, staff_id: UUID, by_id: UUID, away: Away, ports: Ports) -> None:
    """Write down that a person is away, for themselves or for somebody whose work one supervises.

    Raises
    ------
    BadInput
        When it ends before it begins, is over, or the substitute cannot be it.
    NotFound, NotAllowed
        When there is no such person, or it is not theirs to say.

    """
    with member_transaction(member_id) as session:
        person, by = _people(session, staff_id, by_id)
        _check(session, person, away, today_of(ports))
        _write(session, person, by, away, ports)


def come_back(member_id: UUID, staff_id: UUID, by_id: UUID, ports: Ports) -> None:
    """End an absence, or one that was to come. Twice is harmless."""
    with member_transaction(member_id) as session:
        person, by = _people(session, staff_id, by_id)
        _write(session, person, by, None, ports)


def _people(session: Session, staff_id: UUID, by_id: UUID) -> tuple[Staff, Staff]:
    person = session.get(Staff, staff_id, with_for_update=True)
    by = session.get(Staff, by_id)
    if person is None or by is None or not person.is_active:
        raise NotFound("staff")
    if person.id != by.id and not may(by.role, Act.SUPERVISE):
        raise NotAllowed("not_their_absence")
    return person, by


def _check(session: Session, person: Staff, away: Away, today: date) -> None:
    if away.until is not None and away.until < away.since:
        raise BadInput("ends_before_it_starts", "until")
    if away.until is not None and away.until < today:
        raise BadInput("absence_is_over", "until")
    if away.substitute_id is None:
        return
    substitute = session.get(Staff, away.substitute_id)
    if substitute is None or not substitute.is_active or substitute.id == person.id:
        raise BadInput("staff", "substitute")
    if not may(substitute.role, Act.HANDLE):
        raise BadInput("substitute_only_reads", "substitute")
    if is_absent(substitute, max(today, away.since)):
        raise BadInput("substitute_is_away", "substitute")
    if would_loop(person.id, substitute.id, _standing(session, today)):
        raise BadInput("substitutes_in_a_circle", "substitute")


def _standing(session: Session, today: date) -> dict[UUID, Post]:
    """Return who stands in for whom, today or later: what is over counts no more."""
    is_coming = Staff.absent_from.is_not(None) & (Staff.absent_until.is_(None) | (Staff.absent_until >= today))
    rows = session.execute(select(Staff.id, Staff.substitute_id).where(Staff.is_active, is_coming)).all()
    return {row.id: Post(is_here=False, substitute_id=row.substitute_id) for row in rows}


def _write(session: Session, person: Staff, by: Staff, away: Away | None, ports: Ports) -> None:
    before = _told(session, person)
    person.absent_from = away.since if away else None
    person.absent_until = away.until if away else None
    person.substitute_id = away.substitute_id if away else None
    session.flush()
    audit.write_change(
        session, person.member_id, audit.actor(by), f"Absence de {person.name}", before, _told(session, person),
        at=ports.clock.now(),
    )  # fmt: skip


def _told(session: Session, person: Staff) -> dict[str, Any]:
    substitute = session.get(Staff, person.substitute_id) if person.substitute_id else None
    return {
        "from": person.absent_from.isoformat() if person.absent_from else None,
        "until": person.absent_until.isoformat() if person.absent_until else None,
        "substitute": substitute.name if substitute else None,
    }

"""Somebody leaves: their door is closed at once, in one commit, and their work goes to others in batches.

What is left to hand over is what is open and given to somebody gone: nothing else is remembered, so that a process
killed half-way leaves nothing that the next one does not find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from service.domain.absence import Post, stands_in
from service.domain.errors import BadInput, NotAllowed
from service.domain.permissions import Act, may
from service.domain.status import EventKind, Status
from service.journey.administration import audit, four_eyes
from service.journey.clocks import clocks
from service.journey.events import record
from service.journey.people import people, sessions
from service.journey.people.absence import blind, day_of, posts
from service.journey.ports import Ports
from service.journey.steps import member_ids
from service.journey.transactions import looking_as, member_transaction
from service.models.clock import OnCallContact
from service.models.complaint import Complaint
from service.models.oversight import Confidant
from service.models.people import Staff, TeamRole
from service.models.signing_in import Invitation, Passkey
from service.models.workspace import SavedView

BATCH = 100  # complaints handed over in one transaction
AT_ONCE = timedelta(seconds=5)  # while the person who presses the button waits; the clock goes on from there


@dataclass(frozen=True)
class Preview:
    """What a departure would move and end, counted as its reader may see it."""

    open_complaints: int
    shared_views: int
    is_on_call: bool
    stands_in_for: Sequence[str]  # people by name


def preview(session: Session, person: Staff) -> Preview:
    """Return what leaving would change; nothing is changed."""
    count = select(func.count()).select_from(Complaint).where(_open_of([person.id]))
    views = select(func.count()).select_from(SavedView).where(
        SavedView.staff_id == person.id, SavedView.is_shared | SavedView.team_id.is_not(None)
    )  # fmt: skip
    names = select(Staff.name).where(Staff.substitute_id == person.id, Staff.is_active).order_by(Staff.name)
    return Preview(
        session.scalar(count) or 0, session.scalar(views) or 0, is_on_call(session, person),
        session.scalars(names).all(),
    )  # fmt: skip


def is_on_call(session: Session, person: Staff) -> bool:
    """Say whether the person is called in danger: who is on call is set elsewhere, and must be told."""
    known = select(OnCallContact.id).where(func.lower(OnCallContact.email) == person.email)
    return session.scalars(known.limit(1)).first() is not None


def still_called(session: Session) -> set[UUID]:
    """Return those who left and would still be called in danger."""
    called = select(Staff.id).join(OnCallContact, func.lower(OnCallContact.email) == Staff.email)
    return set(session.scalars(called.where(Staff.departed_at.is_not(None))))


def leave(member_id: UUID, staff_id: UUID, by_id: UUID, takes_over_id: UUID | None, ports: Ports) -> None:
    """Close every door to a person who leaves, in one commit; `takes_over_id` None: back to the teams.

    Twice is harmless. The history keeps the name. `hand_over` then gives the work.

    Raises
    ------
    BadInput, NotFound, NotAllowed
        When nobody can take over as asked, there is no such person, or it is oneself, the last administrator or the
        last one named for sensitive complaints: without any, every supervisor would see them.

    """
    with member_transaction(member_id) as session:
        person, by = people.pair(session, staff_id, by_id)
        if person.departed_at is not None:
            return
        if person.id == by.id:
            raise NotAllowed("own_account")
        people.check_not_last(session, person)
        _check_not_last_named(session, person)
        heir = _heir(session, person, takes_over_id)
        before = {"role": person.role, "email": person.email} | four_eyes.told_if_never_came(session, person)
        _close(session, person, heir, ports.clock.now())
        audit.write(
            session, member_id, audit.actor(by), "departed", person.name, at=ports.clock.now(),
            before=before, after={"takes_over": heir.name if heir else None},
        )  # fmt: skip


def hand_over(member_id: UUID, ports: Ports) -> int:
    """Give the open work of those who left to others, for a few seconds at the most; return how many were given."""
    until, count = ports.clock.now() + AT_ONCE, 0
    # Their sensitive cases too, which whoever pressed the button may not see.
    with looking_as(None):
        while given := _hand_over_some(member_id, ports):
            count += given
            if ports.clock.now() >= until:
                break
    return count


def hand_over_due(ports: Ports) -> int:
    """Hand over what is left, for every member; return how many were given. Harmless when two processes do."""
    return sum(hand_over(member_id, ports) for member_id in member_ids())


def _check_not_last_named(session: Session, person: Staff) -> None:
    # Held, so that two who are named do not leave at the same time.
    held = select(Staff).where(Staff.is_named, Staff.is_active).order_by(Staff.id).with_for_update()
    if [one.id for one in session.scalars(held)] == [person.id]:
        raise NotAllowed("last_named")


def _heir(session: Session, person: Staff, takes_over_id: UUID | None) -> Staff | None:
    heir = session.get(Staff, takes_over_id) if takes_over_id else None
    if takes_over_id is None:
        return None
    if heir is None or not heir.is_active or heir.id == person.id or not may(heir.role, Act.HANDLE):
        raise BadInput("staff", "takes_over")
    return heir


def _close(session: Session, person: Staff, heir: Staff | None, now: datetime) -> None:
    """Leave nothing that opens a door, and nobody whose substitute is gone."""
    sessions.end_all(session, person.id, "departed", now)
    session.execute(delete(Passkey).where(Passkey.staff_id == person.id))
    session.execute(delete(TeamRole).where(TeamRole.staff_id == person.id))
    session.execute(delete(Confidant).where(Confidant.staff_id == person.id))
    unused = (Invitation.staff_id == person.id, Invitation.used_at.is_(None), Invitation.expires_at > now)
    session.execute(update(Invitation).where(*unused).values(expires_at=now))
    if heir and heir.substitute_id == person.id:
        heir.substitute_id = None
        session.flush()
    orphans = update(Staff).where(Staff.substitute_id == person.id, Staff.is_active)
    session.execute(orphans.values(substitute_id=heir.id if heir else None))
    person.departed_at, person.is_active, person.is_named = now, False, False
    person.absent_from = person.absent_until = None
    person.substitute_id = heir.id if heir else None
    person.password_hash = person.subject = None
    person.totp_sealed = person.totp_confirmed_at = person.totp_last_step = person.totp_next_sealed = None
    person.recovery_hashes = []
    session.flush()


def _open_of(staff_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return (Complaint.status != Status.CLOSED) & Complaint.assignee_id.in_(staff_ids)


def _hand_over_some(member_id: UUID, ports: Ports) -> int:
    with member_transaction(member_id) as session:
        gone = {one.id: one.name for one in session.scalars(select(Staff).where(Staff.departed_at.is_not(None)))}
        if not gone:
            return 0
        waiting = select(Complaint).where(_open_of(list(gone))).order_by(Complaint.id).limit(BATCH)
        found = session.scalars(waiting.with_for_update(skip_locked=True)).all()
        known = posts(session, day_of(ports.clock.now())) if found else {}
        for complaint in found:
            _give(session, complaint, known, gone, ports)
        return len(found)


def _give(
    session: Session, complaint: Complaint, known: Mapping[UUID, Post], gone: Mapping[UUID, str], ports: Ports
) -> None:
    """Give one complaint to who took over, or back to its team; nobody gets what they may not see."""
    leaver_id = complaint.assignee_id
    if leaver_id is None:
        return
    heir_id = stands_in(leaver_id, known, blind(session, complaint))
    to = session.get_one(Staff, heir_id).name if heir_id else None
    complaint.assignee_id = heir_id
    data = {"to": to, "for": gone[leaver_id], "departed": True}
    record(session, complaint, EventKind.ASSIGNED, at=ports.clock.now(), actor="system", data=data)
    clocks.refresh(session, complaint, ports)

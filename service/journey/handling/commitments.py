"""Commitments: something promised to a tenant for a day, until it is done or taken back with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.domain import commitments as rules
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.status import Audience, EventKind
from service.domain.submission import MAX_REASON, check_text
from service.journey.clocks import clocks
from service.journey.closing import reviewers
from service.journey.dates import PARIS
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Organisation, Team
from service.models.people import Staff
from service.models.workspace import Commitment


@dataclass(frozen=True)
class Owner:
    """Who must do it: a team of the member, or an organisation."""

    team_id: UUID | None = None
    organisation_id: UUID | None = None


def is_late(now: datetime) -> ColumnElement[bool]:
    """Say which complaints have a promise whose day is over and that nobody kept or took back."""
    today = now.astimezone(PARIS).date()
    return Complaint.id.in_(select(Commitment.complaint_id).where(Commitment.due_on < today, *_open()))


def _open() -> tuple[ColumnElement[bool], ...]:
    return (Commitment.kept_at.is_(None), Commitment.dropped_at.is_(None))


def of_complaint(session: Session, complaint_id: UUID) -> Sequence[Commitment]:
    """Return all that was promised, in the order in which it is due."""
    rows = select(Commitment).where(Commitment.complaint_id == complaint_id)
    return session.scalars(rows.order_by(Commitment.due_on, Commitment.event_id)).all()


def promise(  # noqa: PLR0913  Whose, by whom, and what a promise is made of.
    member_id: UUID, complaint_id: UUID, staff_id: UUID, *, what: str, due_on: date, owner: Owner, ports: Ports
) -> None:
    """Promise something to the tenant, who is told. The same promise twice is a double click.

    Raises
    ------
    BadInput
        When it is blank or over 300 characters, or its day is past or beyond a year.
    NotFound
        When there is no such complaint, team or organisation.
    NotAllowed
        When it is closed or at no desk yet, or somebody else has to look again.

    """
    rules.check_promise(what, due_on, _today(ports))
    with member_transaction(member_id) as session:
        complaint = locked_complaint(session, complaint_id)
        staff, name = staff_member(session, staff_id), _name_of(session, owner)
        waiting = [one for one in of_complaint(session, complaint_id) if not one.kept_at and not one.dropped_at]
        if any((one.what, one.due_on, one.owner) == (what, due_on, name) for one in waiting):
            return
        reviewers.keep_off(session, complaint, staff)
        _promise(session, complaint, staff, _Promise(what, due_on, name), ports)


@dataclass(frozen=True)
class _Promise:
    what: str
    due_on: date
    owner: str


def _promise(
    session: Session, complaint: Complaint, staff: Staff, promise: _Promise, ports: Ports, **data: Any
) -> None:
    now, commitment_id = ports.clock.now(), uuid4()
    said = {"what": promise.what, "due_on": promise.due_on.isoformat(), "owner": promise.owner}
    event = record(
        session, complaint, EventKind.COMMITTED, at=now, actor=staff.name, audience=Audience.TENANT,
        data={**said, "commitment": str(commitment_id), **data},
    )  # fmt: skip
    row = Commitment(
        id=commitment_id, member_id=complaint.member_id, complaint_id=complaint.id, event_id=event.id,
        what=promise.what, due_on=promise.due_on, owner=promise.owner, made_by=staff.name, made_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    clocks.refresh(session, complaint, ports)


def keep(member_id: UUID, complaint_id: UUID, staff_id: UUID, commitment_id: UUID, ports: Ports) -> None:
    """Say that it is done. Said twice, it is done once.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such promise, or it was taken back.

    """
    with member_transaction(member_id) as session:
        complaint, row = _held(session, complaint_id, commitment_id)
        staff, now = staff_member(session, staff_id), ports.clock.now()
        if row.kept_at:
            return
        if row.dropped_at:
            raise NotAllowed("commitment_ended")
        row.kept_at = now
        data = {"what": row.what, "commitment": str(row.id)}
        kind = EventKind.COMMITMENT_KEPT
        record(session, complaint, kind, at=now, actor=staff.name, audience=Audience.TENANT, data=data)


def drop(  # noqa: PLR0913  Which, by whom, why, and until when instead.
    member_id: UUID,
    complaint_id: UUID,
    staff_id: UUID,
    commitment_id: UUID,
    *,
    why: str,
    new_day: date | None,
    ports: Ports,
) -> None:
    """Take a promise back, or put it to a new day; the tenant reads why. Pressed twice, it is done once.

    Raises
    ------
    BadInput
        When no reason is given or a long one, or the new day is past, beyond a year, or the one promised before.
    NotFound, NotAllowed
        When there is no such promise, it was kept, somebody else has to look again, or the complaint is closed and a
        new day is given.

    """
    check_text(why, "why_dropped", MAX_REASON)
    if new_day:
        rules.check_day(new_day, _today(ports))
    with member_transaction(member_id) as session:
        complaint, row = _held(session, complaint_id, commitment_id)
        staff, now = staff_member(session, staff_id), ports.clock.now()
        if row.dropped_at and row.dropped_why == why:
            return
        if row.kept_at or row.dropped_at:
            raise NotAllowed("commitment_ended")
        if new_day == row.due_on:
            raise BadInput("already_that_day", "due_on")
        reviewers.keep_off(session, complaint, staff)
        row.dropped_at, row.dropped_why = now, why
        data = {"what": row.what, "why": why, "commitment": str(row.id)}
        until = {"until": new_day.isoformat()} if new_day else {}
        kind = EventKind.COMMITMENT_DROPPED
        record(session, complaint, kind, at=now, actor=staff.name, audience=Audience.TENANT, data=data | until)
        if new_day:
            again = _Promise(row.what, new_day, row.owner)
            _promise(session, complaint, staff, again, ports, told_with=str(row.id))


def _held(session: Session, complaint_id: UUID, commitment_id: UUID) -> tuple[Complaint, Commitment]:
    complaint = locked_complaint(session, complaint_id)
    row = session.get(Commitment, commitment_id, with_for_update=True)
    if row is None or row.complaint_id != complaint.id:
        raise NotFound("commitment")
    return complaint, row


def _name_of(session: Session, owner: Owner) -> str:
    found: Team | Organisation | None = None
    if owner.organisation_id:
        found = session.get(Organisation, owner.organisation_id)
    elif owner.team_id:
        found = session.get(Team, owner.team_id)
    if found is None:
        raise NotFound("owner", "owner")
    return found.name


def _today(ports: Ports) -> date:
    return ports.clock.now().astimezone(PARIS).date()

"""Who may see a sensitive complaint: it is marked, people are named for it, and nobody else finds it anywhere.

The database hides it (`named_people` in the migrations). Here people decide who is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import Act, may_in_team
from service.domain.status import EventKind
from service.domain.submission import MAX_REASON, check_text
from service.journey.administration import audit, four_eyes
from service.journey.classification.classification import BY_ITSELF
from service.journey.events import record
from service.journey.handling.handling import locked_complaint, sees_all, staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.oversight import Confidant, Proposal
from service.models.people import Staff, TeamRole

NAMED = "named_person"  # the kind of the proposals by which a person is named


@dataclass(frozen=True)
class Circle:
    """Those who see one sensitive complaint: because they see them all, or because they were named for it."""

    everywhere: Sequence[Staff]
    here: Sequence[Staff]
    is_fallback: bool  # nobody is named: supervisors see them meanwhile
    is_empty: bool  # none of them is at work that day


def is_seen(member_id: UUID, complaint_id: UUID) -> bool:
    """Say whether the person who looks still sees a complaint, after what they just did."""
    with member_transaction(member_id) as session:
        return session.scalar(select(Complaint.id).where(Complaint.id == complaint_id)) is not None


def may_mark(session: Session, complaint: Complaint, staff: Staff) -> bool:
    """Say whether a person may mark a complaint: whoever follows it, supervises it, or sees all that are marked."""
    if complaint.assignee_id == staff.id or staff.is_named:
        return True
    roles = select(TeamRole.team_id, TeamRole.role).where(TeamRole.staff_id == staff.id)
    in_teams = {row.team_id: row.role for row in session.execute(roles)}
    return may_in_team(staff.role, in_teams, complaint.team_id, Act.SUPERVISE)


def mark(member_id: UUID, complaint_id: UUID, staff_id: UUID, *, is_on: bool, reason: str, ports: Ports) -> None:
    """Keep a complaint to the people named, or open it again to all. Marked twice, it is marked once.

    Raises
    ------
    BadInput
        When the reason is blank or over 300 characters.
    NotFound, NotAllowed
        When there is no such complaint for this person, `may_not_mark` or `named_only` when it is not theirs to do,
        `sensitive_by_subject` when it stays sensitive because of its subject.

    """
    check_text(reason, "secrecy_reason", MAX_REASON)
    with member_transaction(member_id) as session:
        complaint, staff = locked_complaint(session, complaint_id), staff_member(session, staff_id)
        _check_may_mark(session, complaint, staff, is_on=is_on)
        if complaint.is_marked == is_on:
            return
        complaint.is_marked = is_on
        data = {"on": is_on, "why": reason.strip()}
        record(session, complaint, EventKind.MARKED, at=ports.clock.now(), actor=staff.name, data=data)


def _check_may_mark(session: Session, complaint: Complaint, staff: Staff, *, is_on: bool) -> None:
    if is_on and not may_mark(session, complaint, staff):
        raise NotAllowed("may_not_mark")
    if not is_on and not sees_all(session):
        raise NotAllowed("named_only")
    if not is_on and complaint.category == BY_ITSELF and not complaint.is_marked:
        raise NotAllowed("sensitive_by_subject")


def confide(member_id: UUID, complaint_id: UUID, staff_id: UUID, *, to_id: UUID, is_on: bool, ports: Ports) -> None:
    """Name a colleague for one sensitive complaint, or take the name away. Twice is once.

    Raises
    ------
    NotFound, NotAllowed
        When there is no such complaint or colleague, `named_only` when this person does not see them all,
        `not_sensitive` when everybody sees it anyway, `follows_it` when the colleague still has it to do.

    """
    with member_transaction(member_id) as session:
        complaint, staff = locked_complaint(session, complaint_id), staff_member(session, staff_id)
        if not sees_all(session):
            raise NotAllowed("named_only")
        if not complaint.is_sensitive:
            raise NotAllowed("not_sensitive")
        person = _colleague(session, to_id)
        if not is_on and complaint.assignee_id == person.id:
            raise NotAllowed("follows_it")
        if _write(session, complaint, person, staff, ports, is_on=is_on):
            data = {"on": is_on, "to": person.name}
            record(session, complaint, EventKind.CONFIDED, at=ports.clock.now(), actor=staff.name, data=data)


def _colleague(session: Session, staff_id: UUID) -> Staff:
    person = session.get(Staff, staff_id)
    if person is None or not person.is_active:
        raise NotFound("staff", "to")
    return person


def _write(session: Session, complaint: Complaint, person: Staff, by: Staff, ports: Ports, *, is_on: bool) -> bool:
    """Add or take away the name; say whether anything changed."""
    if not is_on:
        named = delete(Confidant).where(Confidant.complaint_id == complaint.id, Confidant.staff_id == person.id)
        return bool(session.execute(named.returning(Confidant.id)).all())
    added = insert(Confidant).values(
        member_id=complaint.member_id, complaint_id=complaint.id, staff_id=person.id, named_by=by.name,
        named_at=ports.clock.now(),
    ).on_conflict_do_nothing().returning(Confidant.id)  # fmt: skip
    return session.execute(added).first() is not None


def circle(session: Session, complaint: Complaint, today: date) -> Circle:
    """Return who sees a sensitive complaint."""
    everywhere, is_fallback = those_who_see_all(session)
    named = select(Staff).join(Confidant, Confidant.staff_id == Staff.id)
    here = session.scalars(named.where(Confidant.complaint_id == complaint.id, Staff.is_active).order_by(Staff.name))
    known = {one.id for one in everywhere}
    others = [one for one in here if one.id not in known]
    return Circle(everywhere, others, is_fallback, not any(is_there(one, today) for one in (*everywhere, *others)))


def those_who_see_all(session: Session) -> tuple[Sequence[Staff], bool]:
    """Return who sees every sensitive complaint, and whether they do only because the member has named nobody."""
    active = select(Staff).where(Staff.is_active).order_by(Staff.name)
    named = session.scalars(active.where(Staff.is_named)).all()
    if named:
        return named, False
    return session.scalars(active.where(Staff.role.in_(("supervisor", "administrator")))).all(), True


def is_there(person: Staff, today: date) -> bool:
    """Say whether a person is at work on a day, as their absences have it."""
    if person.absent_from is None or today < person.absent_from:
        return True
    return person.absent_until is not None and person.absent_until < today


def propose_named(member_id: UUID, staff_id: UUID, *, person_id: UUID, is_on: bool, reason: str, ports: Ports) -> None:
    """Ask that a person sees every sensitive complaint, or no longer: a second person agrees to it.

    Raises
    ------
    BadInput
        When no reason is given, or the person is not one of the member's.
    NotAllowed
        `already_so` when nothing would change.

    """
    with member_transaction(member_id) as session:
        staff, person = staff_member(session, staff_id), session.get(Staff, person_id)
        if person is None or not person.is_active:
            raise BadInput("unknown_value", "person")
        if person.is_named == is_on:
            raise NotAllowed("already_so")
        subject = f"{person.name} {'voit' if is_on else 'ne voit plus'} tous les dossiers sensibles"
        values = {"staff_id": str(person.id), "is_on": is_on}
        four_eyes.propose(session, staff, NAMED, subject=subject, values=values, reason=reason, ports=ports)


def apply_named(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Name the person of a proposal that a second one agreed to."""
    person = session.get(Staff, UUID(str(proposal.values["staff_id"])), with_for_update=True)
    if person is None or not person.is_active:
        raise NotAllowed("person_left")
    before, person.is_named = person.is_named, bool(proposal.values["is_on"])
    named = "voit tous les dossiers sensibles"
    audit.write_change(
        session, staff.member_id, audit.actor(staff), person.name,
        {named: before}, {named: person.is_named}, at=ports.clock.now(),
    )  # fmt: skip


def colleagues(session: Session, complaint: Complaint) -> Sequence[Staff]:
    """Return who may still be named for a complaint."""
    there = select(Confidant.staff_id).where(Confidant.complaint_id == complaint.id)
    others = select(Staff).where(Staff.is_active, Staff.id.not_in(there))
    known = {one.id for one in those_who_see_all(session)[0]}
    return [one for one in session.scalars(others.order_by(Staff.name)) if one.id not in known]

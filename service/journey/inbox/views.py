"""Who looked at which complaint: written down each time, read by administrators and, without names, by the tenant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.errors import NotFound
from service.journey.administration import audit
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Team
from service.models.oversight import ComplaintView, Search
from service.models.people import Staff

PAGE, FILE, LETTER, EXPORT, ACT = "page", "file", "letter", "export", "act"
OPINIONS, CALL = "opinions", "call"
# A page shows its photos: asked for one by one, they say nothing that the page has not said. Nor does a page that shows
# many complaints say more when it is shown again.
SAME_LOOK = timedelta(minutes=10)
ONE_BY_ONE = 1000  # complaints of an export that are written down each; of a larger one, their number
SHOWN = 100  # lines of one page


@dataclass(frozen=True)
class Looked:
    """One look: who, when and how."""

    name: str
    role: str
    team: str | None
    how: str
    at: datetime


@dataclass(frozen=True)
class Asked:
    """What narrows a list of looks or searches: whose, and from the first day to the last one, in Paris."""

    reference: str = ""
    staff_id: UUID | None = None
    since: date | None = None
    until: date | None = None


def look(member_id: UUID, complaint_id: UUID, staff_id: UUID, how: str, ports: Ports) -> None:
    """Write down that somebody looks at a complaint.

    Raises
    ------
    NotFound
        When there is no such complaint for this person.

    """
    with member_transaction(member_id) as session:
        if session.scalar(select(Complaint.id).where(Complaint.id == complaint_id)) is None:
            raise NotFound("complaint")
        now = ports.clock.now()
        if how == FILE and _has_just_looked(session, complaint_id, staff_id, now):
            return
        write(session, member_id, staff_id, [complaint_id], how, now)


def look_over(
    session: Session, member_id: UUID, staff_id: UUID, complaint_ids: Iterable[UUID], how: str, at: datetime
) -> None:
    """Write down that somebody sees a page with something of many complaints; shown again, it is the same look."""
    ids = set(complaint_ids)
    recent = select(ComplaintView.complaint_id).where(
        ComplaintView.complaint_id.in_(ids),
        ComplaintView.staff_id == staff_id,
        ComplaintView.how == how,
        ComplaintView.at > at - SAME_LOOK,
    )
    write(session, member_id, staff_id, sorted(ids - set(session.scalars(recent))), how, at)


def _has_just_looked(session: Session, complaint_id: UUID, staff_id: UUID, now: datetime) -> bool:
    recent = exists().where(
        ComplaintView.complaint_id == complaint_id,
        ComplaintView.staff_id == staff_id,
        ComplaintView.at > now - SAME_LOOK,
    )
    return bool(session.scalar(select(recent)))


def write(
    session: Session, member_id: UUID, staff_id: UUID, complaint_ids: Iterable[UUID], how: str, at: datetime
) -> None:
    """Write down one look at each of these complaints, in the transaction at hand."""
    rows = [
        {"member_id": member_id, "complaint_id": one, "staff_id": staff_id, "how": how, "at": at}
        for one in dict.fromkeys(complaint_ids)
    ]
    if rows:
        session.execute(insert(ComplaintView), rows)


def write_export(session: Session, staff: Staff, complaint_ids: Sequence[UUID], title: str, at: datetime) -> None:
    """Write down that a file of complaints was fetched: each of them, or their number when they are very many."""
    if len(complaint_ids) <= ONE_BY_ONE:
        write(session, staff.member_id, staff.id, complaint_ids, EXPORT, at)
    audit.write(
        session, staff.member_id, audit.actor(staff), "exported", title, at=at, after={"demandes": len(complaint_ids)}
    )


def of(session: Session, complaint_id: UUID, most: int = SHOWN) -> list[Looked]:
    """Return who looked at a complaint, the latest first."""
    return [one for one, _ in _read(session, [ComplaintView.complaint_id == complaint_id], most)]


def found(session: Session, asked: Asked, before: int | None = None) -> tuple[list[tuple[Looked, str]], int | None]:
    """Return one page of looks with the reference of each complaint, and the key of the next page."""
    conditions: list[ColumnElement[bool]] = [*_period(ComplaintView.at, asked)]
    if asked.staff_id:
        conditions.append(ComplaintView.staff_id == asked.staff_id)
    if asked.reference:
        conditions.append(
            ComplaintView.complaint_id.in_(select(Complaint.id).where(Complaint.reference == asked.reference))
        )
    if before:
        conditions.append(ComplaintView.id < before)
    rows = _read(session, conditions, SHOWN + 1)
    kept = rows[:SHOWN]
    ids = [row.complaint_id for _, row in kept]
    asked_for = select(Complaint.id, Complaint.reference).where(Complaint.id.in_(ids))
    references = {row.id: row.reference for row in session.execute(asked_for)}
    lines = [(one, references.get(row.complaint_id, "")) for one, row in kept]
    return lines, (kept[-1][1].id if len(rows) > SHOWN else None)


def _read(session: Session, conditions: Sequence[ColumnElement[bool]], most: int) -> list[tuple[Looked, ComplaintView]]:
    rows = session.execute(
        select(ComplaintView, Staff.name, Staff.role, Team.name)
        .join(Staff, Staff.id == ComplaintView.staff_id)
        .outerjoin(Team, Team.id == Staff.team_id)
        .where(*conditions)
        .order_by(ComplaintView.id.desc())
        .limit(most)
    )
    return [(Looked(name, role, team, view.how, view.at), view) for view, name, role, team in rows]


def people(session: Session) -> Sequence[Staff]:
    """Return everybody who may have looked, those who left included."""
    return session.scalars(select(Staff).order_by(Staff.name)).all()


def searches(session: Session, asked: Asked, before: datetime | None = None) -> list[tuple[Search, str]]:
    """Return what was looked for and by whom, the latest first: one line more than a page shows."""
    query = select(Search, Staff.name).join(Staff, Staff.id == Search.staff_id).where(*_period(Search.at, asked))
    if asked.staff_id:
        query = query.where(Search.staff_id == asked.staff_id)
    if before:
        query = query.where(Search.at < before)
    return [
        (search, name) for search, name in session.execute(query.order_by(Search.at.desc(), Search.id).limit(SHOWN + 1))
    ]


def _period(column: InstrumentedAttribute[datetime], asked: Asked) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.since:
        conditions.append(column >= datetime.combine(asked.since, time(), PARIS))
    if asked.until:
        conditions.append(column < datetime.combine(asked.until + timedelta(days=1), time(), PARIS))
    return conditions


def by_function(session: Session, complaint_id: UUID) -> list[tuple[date, str | None]]:
    """Return on which days a complaint was looked at, and by which team: what the tenant may know, without a name."""
    looks = (
        select(ComplaintView.at, Team.name)
        .join(Staff, Staff.id == ComplaintView.staff_id)
        .outerjoin(Team, Team.id == Staff.team_id)
        .where(ComplaintView.complaint_id == complaint_id)
        .order_by(ComplaintView.at)
    )
    days = [(row.at.astimezone(PARIS).date(), row.name) for row in session.execute(looks)]
    return list(dict.fromkeys(days))

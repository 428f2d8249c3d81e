"""Exports: a file somebody asks for, made beside by a worker, kept for a week, and its fetching written down.

A worker holds an export by a claim that it renews with each batch. One that is killed lets it lapse, and the next one
begins anew: nothing of a file is kept before the whole of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Numeric, String, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import Act, may
from service.journey.administration import audit
from service.journey.inbox import views
from service.journey.ports import Ports
from service.journey.steering.export_files import FORMATS
from service.journey.steps import member_ids
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.people import Staff
from service.models.workspace import Export, ExportPiece

LANE = "exports"
KEPT = timedelta(days=7)
FORGOTTEN = timedelta(days=90)  # then nothing says any more that there was one, but the log
CLAIM = timedelta(minutes=2)  # without a word from its worker
GIVEN_UP = timedelta(days=1)  # after which what breaks each time is tried no more
MOST_WAITING = 5  # of one person
COMPLAINTS, STEERING = "complaints", "steering"
# why there is no file -> what the person reads
FAILURES = {
    "not_allowed": "Vous n'avez plus le droit de voir ces chiffres. Demandez à un administrateur.",
    "unreadable": "Ce qui était filtré n'existe plus. Refaites l'export depuis la liste.",
    "too_long": "Il y a trop de lignes pour un seul fichier. Choisissez une période plus courte.",
    "changed": "Ce que vous pouvez voir a changé depuis que ce fichier a été fait. Refaites l'export.",
    "broken": "Le fichier n'a pas pu être fait. Réessayez, ou prévenez votre administrateur.",
}


@dataclass(frozen=True)
class Wish:
    """What is asked for: `title` in words, `query` as it is asked again by the worker."""

    kind: str
    title: str
    query: Mapping[str, Any]
    format: str


def ask(member_id: UUID, staff_id: UUID, wish: Wish, ports: Ports) -> UUID:
    """Keep what is asked for, and wake a worker.

    Raises
    ------
    BadInput
        When there is no such kind of file.
    NotAllowed
        When too many of the person's exports wait already.

    """
    if wish.format not in FORMATS:
        raise BadInput("unknown_value", "format")
    now, export_id = ports.clock.now(), uuid4()
    with member_transaction(member_id) as session:
        waiting = select(func.count()).where(Export.staff_id == staff_id, Export.status == "waiting")
        if (session.scalar(waiting) or 0) >= MOST_WAITING:
            raise NotAllowed("too_many_exports")
        session.add(
            Export(
                id=export_id, member_id=member_id, staff_id=staff_id, kind=wish.kind, title=wish.title,
                query=dict(wish.query), format=wish.format, status="waiting", made_at=now, expires_at=now + KEPT,
            )
        )  # fmt: skip
    ports.waker.wake(member_id, [export_id], LANE)
    return export_id


def own(session: Session, staff_id: UUID) -> Sequence[Export]:
    """Return the exports of one person, the newest first."""
    return session.scalars(select(Export).where(Export.staff_id == staff_id).order_by(Export.made_at.desc())).all()


def fetch(member_id: UUID, staff_id: UUID, export_id: UUID, ports: Ports) -> Export:
    """Return a file that is ready to whoever asked for it, and write down that they have it.

    Raises
    ------
    NotFound
        When it is somebody else's, not ready or no longer kept.
    NotAllowed
        `export_changed` when the person no longer sees all that is in it: the file is erased.

    """
    now = ports.clock.now()
    with member_transaction(member_id) as session:
        export = session.get(Export, export_id, with_for_update=True)
        if export is None or export.staff_id != staff_id or export.status != "ready" or export.expires_at <= now:
            raise NotFound("export")
        staff = session.get_one(Staff, staff_id)
        is_kept = _is_still_seen(session, export)
        if is_kept:
            _write_fetched(session, staff, export, now)
        else:
            export.status, export.failure = "failed", "changed"
            session.execute(delete(ExportPiece).where(ExportPiece.export_id == export_id))
    if not is_kept:
        raise NotAllowed("export_changed")
    return export


def _write_fetched(session: Session, staff: Staff, export: Export, now: datetime) -> None:
    export.fetched_at = export.fetched_at or now
    if "ids" in export.query:
        views.write_export(session, staff, [UUID(one) for one in export.query["ids"]], export.title, now)
    else:
        after = {"lignes": export.rows, "format": export.format}
        audit.write(session, export.member_id, audit.actor(staff), "exported", export.title, at=now, after=after)


def _is_still_seen(session: Session, export: Export) -> bool:
    """Say whether the person still sees what is in a file: none of it was erased or kept to others since."""
    if export.kind != COMPLAINTS:
        return True
    if "ids" not in export.query:
        return bool(export.query.get("sight") == sight(session, export.made_at))
    ids = [UUID(one) for one in export.query["ids"]]
    seen = select(func.count()).where(Complaint.id.in_(ids), Complaint.erased_at.is_(None))
    return session.scalar(seen) == len(ids)


def sight(session: Session, at: datetime) -> list[str]:
    """Return a sign of what somebody sees of the complaints received until then: another one as soon as it changes."""
    # A sum of hashes in numeric: one pass, nothing sorted, however many there are.
    mark = func.sum(func.hashtextextended(cast(Complaint.id, String), 0).cast(Numeric))
    seen = select(func.count(), mark).where(Complaint.submitted_at <= at, Complaint.erased_at.is_(None))
    return [str(one) for one in session.execute(seen).one()]


def pieces(member_id: UUID, export_id: UUID) -> Iterator[bytes]:
    """Return the content of a file part after part, with no transaction open between two."""
    number = 0
    while True:
        with member_transaction(member_id) as session:
            part = session.scalar(
                select(ExportPiece.content).where(ExportPiece.export_id == export_id, ExportPiece.number == number)
            )
        if part is None:
            return
        yield part
        number += 1


def may_export(staff: Staff | None) -> bool:
    """Say whether somebody may have such files now: who left or was given another role since may not."""
    return bool(staff and staff.is_active and staff.departed_at is None and may(staff.role, Act.STEER))


def wake_waiting(ports: Ports) -> None:
    """Wake a worker for each export that waits and that nobody is at; give up what breaks each time."""
    now = ports.clock.now()
    for member_id in member_ids():
        with member_transaction(member_id) as session:
            session.execute(
                update(Export)
                .where(Export.status == "waiting", Export.made_at < now - GIVEN_UP)
                .values(status="failed", failure="broken", claimed_until=None)
            )
            free = or_(Export.claimed_until.is_(None), Export.claimed_until < now)
            waiting = session.scalars(select(Export.id).where(Export.status == "waiting", free)).all()
        ports.waker.wake(member_id, waiting, LANE)


def forget(session: Session, now: datetime) -> None:
    """Erase the content of what is no longer kept, and in the end all trace of it here."""
    over = select(Export.id).where(Export.expires_at <= now)
    session.execute(delete(ExportPiece).where(ExportPiece.export_id.in_(over)))
    session.execute(
        update(Export)
        .where(Export.expires_at <= now, Export.status != "expired")
        .values(status="expired", query={}, claimed_until=None)
    )
    session.execute(delete(Export).where(Export.expires_at <= now - FORGOTTEN))

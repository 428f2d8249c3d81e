"""Changing a member's routing table: a draft is copied, edited line by line, published with a note or thrown away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.permissions import LEADERS
from service.domain.routing import Rule
from service.domain.rule_check import MAX_LINES, check_line
from service.domain.submission import MAX_REASON, check_text
from service.journey.administration import audit
from service.journey.ports import Ports
from service.journey.routing.routing_table import READ, lines_of, version_in_force
from service.journey.transactions import member_transaction
from service.models.member import Agency, Organisation, Team
from service.models.patrimoine import Residence
from service.models.people import Staff
from service.models.routing import RoutingRule, RoutingVersion


def start(member_id: UUID, staff_id: UUID, ports: Ports, source_id: UUID | None = None) -> UUID:
    """Return a draft with the lines of a version, of the one in force unless told; a draft of one's own is kept.

    Raises
    ------
    NotAllowed
        When the person may not change rules, a colleague's draft waits, or one's own waits and another was asked for.
    NotFound
        When there is no such version.

    """
    with member_transaction(member_id) as session:
        author = _supervisor(session, staff_id)
        waiting = draft_of(session)
        if waiting:
            return _own_draft(waiting, author, source_id)
        source = _version(session, source_id) if source_id else version_in_force(session)
        draft_id = _open(session, author, ports)
        if source:
            _write_lines(session, member_id, draft_id, lines_of(session, source.id))
        return draft_id


def _own_draft(waiting: RoutingVersion, author: Staff, source_id: UUID | None) -> UUID:
    if waiting.author_id != author.id:
        raise NotAllowed("draft_of_another")
    if source_id:
        raise NotAllowed("draft_exists")
    return waiting.id


def _open(session: Session, author: Staff, ports: Ports) -> UUID:
    """Add the draft; of two people who start at once, the second is told whose draft waits."""
    number = (session.scalar(select(func.max(RoutingVersion.number))) or 0) + 1
    opened = session.execute(
        insert(RoutingVersion)
        .values(
            id=uuid4(), member_id=author.member_id, number=number, author_id=author.id, note="",
            created_at=ports.clock.now(), published_at=None,
        )
        .on_conflict_do_nothing()
        .returning(RoutingVersion.id)
    ).scalar()  # fmt: skip
    if opened is None:
        raise NotAllowed("draft_of_another")
    return opened


def _write_lines(session: Session, member_id: UUID, version_id: UUID, lines: Sequence[Rule]) -> None:
    for position, line in enumerate(lines, start=1):
        _add(session, member_id, version_id, replace(line, id=uuid4(), position=position))


def draft_of(session: Session) -> RoutingVersion | None:
    """Return the member's draft, if one waits."""
    return session.scalars(select(RoutingVersion).where(RoutingVersion.published_at.is_(None))).first()


def take_over(member_id: UUID, staff_id: UUID, draft_id: UUID) -> None:
    """Make a colleague's draft one's own: nothing stays stuck when they are away."""
    with member_transaction(member_id) as session:
        _draft(session, draft_id).author_id = _supervisor(session, staff_id).id


def save_line(member_id: UUID, staff_id: UUID, draft_id: UUID, line: Rule) -> None:
    """Keep a line of one's draft at the position it asks for; a line sent twice is kept once.

    Raises
    ------
    BadInput
        When the line cannot be kept as it is; `field` says which part.
    NotAllowed, NotFound
        When this is no draft of one's own, or names a team, an organisation or a place that is not the member's.

    """
    check_line(line)
    with member_transaction(member_id) as session:
        draft = _my_draft(session, draft_id, staff_id)
        _check_owned(session, line)
        rows = _rows(session, draft.id)
        row = next((one for one in rows if one.id == line.id), None)
        if row is None:
            if len(rows) >= MAX_LINES:
                raise BadInput("too_many_lines", "position")
            if session.get(RoutingRule, line.id):
                raise NotFound("line")  # of another version, which stays as it is
            row = _add(session, member_id, draft.id, line)
        else:
            rows.remove(row)
            _write(session, row, line)
        rows.insert(max(0, line.position - 1), row)
        _number(rows)


def move_line(member_id: UUID, staff_id: UUID, draft_id: UUID, line_id: UUID, by: int) -> None:
    """Move a line of one's draft up (-1) or down (1); past either end it stays."""
    with member_transaction(member_id) as session:
        draft = _my_draft(session, draft_id, staff_id)
        rows = _rows(session, draft.id)
        place = next((place for place, row in enumerate(rows) if row.id == line_id), None)
        if place is None:
            raise NotFound("line")
        row = rows.pop(place)
        rows.insert(max(0, place + by), row)
        _number(rows)


def remove_line(member_id: UUID, staff_id: UUID, draft_id: UUID, line_id: UUID) -> None:
    """Take a line out of one's draft; taking it out twice is harmless."""
    with member_transaction(member_id) as session:
        draft = _my_draft(session, draft_id, staff_id)
        rows = _rows(session, draft.id)
        session.execute(delete(RoutingRule).where(RoutingRule.version_id == draft.id, RoutingRule.id == line_id))
        _number([row for row in rows if row.id != line_id])


def discard(member_id: UUID, staff_id: UUID, draft_id: UUID) -> None:
    """Throw one's draft away."""
    with member_transaction(member_id) as session:
        draft = _my_draft(session, draft_id, staff_id)
        session.execute(delete(RoutingRule).where(RoutingRule.version_id == draft.id))
        session.execute(delete(RoutingVersion).where(RoutingVersion.id == draft.id))


def publish(member_id: UUID, staff_id: UUID, draft_id: UUID, note: str, ports: Ports) -> None:
    """Put one's draft in force from the next complaint on; publishing twice is a double click.

    Raises
    ------
    BadInput
        When the note is blank or over 300 characters.
    NotAllowed, NotFound
        When this is no draft of one's own.

    """
    check_text(note, "note", MAX_REASON)
    with member_transaction(member_id) as session:
        author = _supervisor(session, staff_id)
        version = _version(session, draft_id)
        if version.published_at and version.author_id == author.id:
            return
        draft = _my_draft(session, draft_id, staff_id)
        draft.note, draft.published_at = note, ports.clock.now()
        lines = {"version": draft.number, "lignes": len(_rows(session, draft.id)), "note": note}
        audit.write(
            session, member_id, audit.actor(author), "changed", "Table des règles", at=draft.published_at, after=lines
        )


def _supervisor(session: Session, staff_id: UUID) -> Staff:
    staff = session.get(Staff, staff_id)
    if staff is None or not staff.is_active or staff.role not in LEADERS:
        raise NotAllowed("supervisors_only")
    return staff


def _version(session: Session, version_id: UUID) -> RoutingVersion:
    """Return a version, held until the transaction ends."""
    version = session.get(RoutingVersion, version_id, with_for_update=True)
    if version is None:
        raise NotFound("version")
    return version


def _draft(session: Session, draft_id: UUID) -> RoutingVersion:
    draft = _version(session, draft_id)
    if draft.published_at:
        raise NotAllowed("published")
    return draft


def _my_draft(session: Session, draft_id: UUID, staff_id: UUID) -> RoutingVersion:
    author = _supervisor(session, staff_id)
    draft = _draft(session, draft_id)
    if draft.author_id != author.id:
        raise NotAllowed("draft_of_another")
    return draft


def _rows(session: Session, version_id: UUID) -> list[RoutingRule]:
    lines = select(RoutingRule).where(RoutingRule.version_id == version_id)
    return list(session.scalars(lines.order_by(RoutingRule.position)))


def _number(rows: Sequence[RoutingRule]) -> None:
    for position, row in enumerate(rows, start=1):
        row.position = position


def _add(session: Session, member_id: UUID, version_id: UUID, line: Rule) -> RoutingRule:
    row = RoutingRule(id=line.id, member_id=member_id, version_id=version_id)
    _write(session, row, line)
    session.add(row)
    return row


def _write(session: Session, row: RoutingRule, line: Rule) -> None:
    for name in READ[1:]:
        setattr(row, name, getattr(line, name))
    named = session.get(Organisation, line.organisation_id) if line.organisation_id else None
    row.target = named.kind if named else "supplier" if line.trade else "team"


def _check_owned(session: Session, line: Rule) -> None:
    """Refuse what is not the member's: foreign keys alone do not look at whose a row is."""
    named: tuple[tuple[Any, UUID | None, str], ...] = (
        (Team, line.team_id, "team"),
        (Organisation, line.organisation_id, "target"),
        (Agency, line.agency_id, "agency_id"),
        (Residence, line.residence_id, "residence_id"),
    )
    for kind, row_id, field in named:
        if row_id and session.get(kind, row_id) is None:
            raise NotFound("unknown_value", field)
    if line.insee and session.scalars(select(Residence.id).where(Residence.insee == line.insee)).first() is None:
        raise BadInput("unknown_value", "insee")

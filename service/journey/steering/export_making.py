"""Making the file of an export: beside, in constant memory, as the person who asked may see things now."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from service.domain.errors import Refusal
from service.journey.dates import moment_in_words
from service.journey.inbox.lists import Filters
from service.journey.inbox.views import ONE_BY_ONE
from service.journey.ports import Ports
from service.journey.steering import export_rows, steering
from service.journey.steering.export_files import FORMATS, MOST, Value
from service.journey.steering.exports import CLAIM, COMPLAINTS, may_export, sight
from service.journey.transactions import looking_as, member_transaction
from service.models.people import Staff
from service.models.workspace import Export, ExportPiece

PIECE = 1_000_000  # bytes


class NotOurs(Exception):
    """Somebody else is at it now, or it is done."""


@dataclass
class Work:
    """An export in hand: `claim` is what we wrote last, by which we know that it is still ours."""

    member_id: UUID
    export: Export
    author: str
    claim: datetime
    ports: Ports

    def say(self, rows: int) -> None:
        """Say how far it is, and that somebody is at it."""
        with member_transaction(self.member_id) as session:
            export = session.get(Export, self.export.id, with_for_update=True)
            if export is None or export.status != "waiting" or export.claimed_until != self.claim:
                raise NotOurs
            self.claim = self.ports.clock.now() + CLAIM
            export.claimed_until, export.rows = self.claim, rows


class TooLong(Exception):
    """More lines than a spreadsheet opens."""


def make(member_id: UUID, export_id: UUID, ports: Ports) -> None:
    """Make the file of an export that waits. Harmless when two do, or when it comes twice."""
    work = _claim(member_id, export_id, ports)
    if work is None:
        return
    with looking_as(work.export.staff_id), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        try:
            ids = (_write_complaints if work.export.kind == COMPLAINTS else _write_table)(work, path)
            _keep(work, path, ids)
        except NotOurs:
            return
        except TooLong:
            _fail(work, "too_long")
        except (Refusal, KeyError, ValueError):
            _fail(work, "unreadable")  # what it is narrowed to is no longer there


def _claim(member_id: UUID, export_id: UUID, ports: Ports) -> Work | None:
    now = ports.clock.now()
    with member_transaction(member_id) as session:
        export = session.get(Export, export_id, with_for_update=True)
        if export is None or export.status != "waiting" or (export.claimed_until or now) > now:
            return None
        staff = session.get(Staff, export.staff_id)
        if staff is None or not may_export(staff):
            export.status, export.failure = "failed", "not_allowed"
            return None
        export.claimed_until, export.rows = now + CLAIM, 0
        return Work(member_id, export, staff.name, now + CLAIM, ports)


def _write_complaints(work: Work, path: Path) -> list[UUID]:
    """Write the lines of a list, batch by batch, each in a transaction of its own; return the complaints, if few."""
    query, seen, count = work.export.query, list[UUID](), 0
    filters, columns = Filters.from_json(query["filters"]), export_rows.chosen(query["columns"])
    with member_transaction(work.member_id) as session:
        # Before the first line: what is kept from the person meanwhile makes the file one to be made anew.
        work.export.query = {**query, "sight": sight(session, work.export.made_at)}

    def read(after: export_rows.Key | None) -> tuple[list[list[Value]], list[UUID], export_rows.Key | None]:
        with member_transaction(work.member_id) as session:
            return export_rows.lines_after(session, filters, work.export.made_at, after, columns)

    file = FORMATS[work.export.format](path, export_rows.heads(columns), _mark(work))
    for lines, ids in export_rows.walk(read):
        count += len(lines)
        if count > MOST:
            raise TooLong
        for line in lines:
            file.write(line)
        if count <= ONE_BY_ONE:
            seen += ids
        work.say(count)
    work.export.rows = count
    file.close()
    return seen if count <= ONE_BY_ONE else []


def _write_table(work: Work, path: Path) -> list[UUID]:
    query, now = work.export.query, work.export.made_at
    with member_transaction(work.member_id) as session:
        question = steering.read_question(query["question"], now)
        sheet = steering.sheet(session, work.member_id, query["page"], question, now)
    table = steering.table_of(sheet, query["table"])
    file = FORMATS[work.export.format](path, table.heads, _mark(work))
    for line in table.lines:
        file.write([line.head, *(cell.value for cell in line.cells)])
    work.export.rows = len(table.lines)
    file.close()
    return []


def _mark(work: Work) -> str:
    made = moment_in_words(work.export.made_at)
    return f"Exporté par {work.author} le {made} : {work.export.title}. Gardez ce fichier pour vous, puis effacez-le."


def _keep(work: Work, path: Path, ids: list[UUID]) -> None:
    """Bring the file into the database and say that it is ready, in one transaction."""
    with member_transaction(work.member_id) as session, path.open("rb") as file:
        export = session.get(Export, work.export.id, with_for_update=True)
        if export is None or export.status != "waiting" or export.claimed_until != work.claim:
            raise NotOurs
        number = 0
        while content := file.read(PIECE):
            piece = ExportPiece(
                id=uuid4(), member_id=work.member_id, export_id=export.id, number=number, content=content
            )
            session.add(piece)
            session.flush()
            session.expunge(piece)  # what is written need not stay in memory
            number += 1
        export.rows, export.status, export.claimed_until = work.export.rows, "ready", None
        export.ready_at = work.ports.clock.now()
        export.query = work.export.query | ({"ids": [str(one) for one in ids]} if ids else {})


def _fail(work: Work, failure: str) -> None:
    with member_transaction(work.member_id) as session:
        export = session.get(Export, work.export.id, with_for_update=True)
        if export and export.status == "waiting" and export.claimed_until == work.claim:
            export.status, export.failure, export.claimed_until = "failed", failure, None

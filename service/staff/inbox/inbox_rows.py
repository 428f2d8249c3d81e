"""The lines of a list in words: what happened last, how old it is, and the columns a person wants to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.status import Status
from service.domain.working_time import WorkingTime
from service.journey import reading
from service.journey.clocks import clocks
from service.journey.reading import Row
from service.models.complaint import Complaint
from service.models.people import Staff
from service.staff import wording
from service.staff.complaint.timeline import entries
from service.staff.request_context import now, ports

# Columns that may be left out; the rest of a line always stands.
COLUMNS = {
    "tenant": "Nom du locataire",
    "subject": "Sujet et confiance",
    "desk": "Équipe et personne",
    "due": "Échéance et dernier événement",
}


@dataclass(frozen=True)
class Line:
    """One line of a list, as the template shows it."""

    row: Row
    place: str
    age: str
    last: str  # what happened last
    last_by: str  # who did it; what a tenant did says so itself
    last_when: str

    @property
    def complaint(self) -> Complaint:
        """The complaint it is about."""
        return self.row.sheet.complaint


def shown_columns(choices: Mapping[str, Any], *, is_search: bool) -> list[str]:
    """Return the columns a person wants to see; names stand where one is looked for, unless somebody chose."""
    hidden = choices.get("hidden", () if is_search else ("tenant",))
    return [name for name in COLUMNS if name not in hidden]


def lines_of(session: Session, member_id: UUID, complaints: Sequence[Complaint]) -> list[Line]:
    """Return the lines of a list, in its order."""
    return _lines(session, member_id, reading.rows(session, complaints))


def lines_by_id(session: Session, member_id: UUID, ids: Sequence[UUID]) -> list[Line]:
    """Return the lines of the complaints that these ids name and the person may see, in the order of the ids."""
    return _lines(session, member_id, reading.rows_of(session, ids))


def context(session: Session, staff_id: UUID, lines: Sequence[Line], *, is_search: bool) -> dict[str, object]:
    """Return what `staff/inbox_row.html` needs beside each `line`."""
    choices = session.get_one(Staff, staff_id).choices
    return {"lines": lines, "columns": shown_columns(choices, is_search=is_search)}


def _lines(session: Session, member_id: UUID, rows: Sequence[Row]) -> list[Line]:
    hours, at = clocks.time_of(session, member_id, ports()), now()
    received = {row.sheet.complaint.id: hours.day_of(row.sheet.complaint.submitted_at) for row in rows}
    opened = {received[row.sheet.complaint.id] for row in rows if row.sheet.complaint.status != Status.CLOSED}
    ages = hours.ages(opened, hours.day_of(at))
    return [_line(row, ages, hours, at) for row in rows]


def _line(row: Row, ages: Mapping[date, int], hours: WorkingTime, at: datetime) -> Line:
    complaint, today = row.sheet.complaint, hours.day_of(at)
    received = hours.day_of(complaint.submitted_at)
    is_old = complaint.status != Status.CLOSED and received < today
    place = row.sheet.place[:1].upper() + row.sheet.place[1:]
    entry = entries([row.last])[0] if row.last else None
    return Line(
        row=row,
        place=f"{place}, bât. {row.building}" if row.building else place,
        age=_working_days(ages[received]) if is_old else wording.age(complaint.submitted_at, today),
        last=entry.title if entry else "",
        last_by=entry.actor if entry and row.last and row.last.actor != "tenant" else "",
        last_when=wording.age(row.last.at, today) if row.last else "",
    )


def _working_days(count: int) -> str:
    if count == 0:
        return "depuis le dernier jour ouvré"
    return f"{count} jour{'s' if count > 1 else ''} ouvré{'s' if count > 1 else ''}"

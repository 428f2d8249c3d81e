"""What was promised to the tenant: the part of a complaint's page that speaks of it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.commitments import FARTHEST, IN_WORDS, Standing, standing
from service.domain.status import EventKind, Status, is_allowed
from service.journey import reading
from service.journey.handling import commitments
from service.journey.reading import Sheet
from service.models.workspace import Commitment
from service.staff import wording
from service.staff.request_context import today

TONES = {Standing.COMING: "calm", Standing.LATE: "danger", Standing.KEPT: "good", Standing.DROPPED: "calm"}


@dataclass(frozen=True)
class Line:
    """One promise in words."""

    id: UUID
    what: str
    day: str
    owner: str
    chip: wording.Chip
    is_open: bool
    is_late: bool
    said: str  # who made it, and how it ended


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/commitments.html` shows."""
    rows = commitments.of_complaint(session, sheet.complaint.id)
    return {
        "lines": [_line(row) for row in rows],
        "may_commit": is_allowed(Status(sheet.complaint.status), EventKind.COMMITTED),
        "teams": reading.teams(session),
        "organisations": reading.organisations(session),
        "owner": _usual_owner(sheet),
        "first_day": today().isoformat(),
        "last_day": (today() + FARTHEST).isoformat(),
    }


def _usual_owner(sheet: Sheet) -> str:
    if sheet.organisation:
        return f"organisme:{sheet.organisation.id}"
    return f"equipe:{sheet.team.id}" if sheet.team else ""


def _line(row: Commitment) -> Line:
    where = standing(row.due_on, row.kept_at, row.dropped_at, today())
    is_open = not row.kept_at and not row.dropped_at
    words = "Tenu en retard" if row.kept_at and where == Standing.LATE else IN_WORDS[where]
    chip = wording.Chip(words, "warn" if row.kept_at and where == Standing.LATE else TONES[where])
    said = f"Promis par {row.made_by}, le {wording.moment_in_words(row.made_at)}."
    if row.kept_at:
        said = f"Fait le {wording.moment_in_words(row.kept_at)}."
    elif row.dropped_at:
        said = f"Retiré le {wording.moment_in_words(row.dropped_at)} : {row.dropped_why}"
    return Line(row.id, row.what, wording.day(row.due_on), row.owner, chip, is_open, where == Standing.LATE, said)

"""The subject of a complaint: what else it may be, each in one press, and how it was decided so far."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.domain.status import EventKind, Status, is_allowed
from service.journey.reading import Sheet
from service.models.complaint import Complaint
from service.staff.complaint.timeline import Entry, entries
from service.staff.inbox import came_from

ONE_PRESS = "Corrigé d'une touche"
CONFIRMED = "Confirmé d'une touche"
_UNKNOWN = "autre"
_DECIDED = (EventKind.CLASSIFIED, EventKind.CORRECTED, EventKind.CONFIRMED)
MOST = 4


@dataclass(frozen=True)
class OnePress:
    """One subject that one press gives the complaint."""

    category: str
    is_same: bool
    reason: str


def panel(_session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/subject.html` shows."""
    complaint = sheet.complaint
    is_open = is_allowed(Status(complaint.status), EventKind.CORRECTED)
    # One press says nothing of a danger that nobody judged of: the form asks for the urgency.
    is_safe = complaint.danger == "none" or complaint.danger_is_judged
    may_press = is_open and not complaint.category_by_person
    waits = may_press and (complaint.category is None or complaint.abstained or complaint.audit_due)
    return {
        "presses": suggested(complaint) if may_press and is_safe else [],
        "asks_for_danger": may_press and not is_safe,
        "waits": waits,
        # What no rule could route is sorted by its subject too, however sure the model was.
        "goes_on": may_press and (waits or complaint.target == "sorting") and came_from.leads_on(),
        "history": _history(sheet),
    }


def suggested(complaint: Complaint) -> list[OnePress]:
    """Return the subject the model was not sure of, what the tenant said, and what the model nearly read."""
    found = [complaint.category] if complaint.abstained and complaint.category else []
    if complaint.chosen_category not in (None, _UNKNOWN):
        found.append(complaint.chosen_category)
    found += [one["category"] for one in complaint.alternatives]
    wanted = [one for one in dict.fromkeys(found) if one and (complaint.abstained or one != complaint.category)]
    return [
        OnePress(one, one == complaint.category, CONFIRMED if one == complaint.category else ONE_PRESS)
        for one in wanted[:MOST]
    ]


def _history(sheet: Sheet) -> list[Entry]:
    return entries([event for event in sheet.events if event.kind in _DECIDED])

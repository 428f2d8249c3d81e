"""Whether the household of a complaint counts in the figures of the network."""

from sqlalchemy.orm import Session

from service.journey.reading import Sheet
from service.journey.submission.submission import PARIS
from service.journey.trends import objections


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/objection.html` shows; `has_household` is false where no dwelling was found."""
    found = objections.objection_of(session, sheet.complaint)
    return {
        "has_household": sheet.complaint.dwelling_id is not None,
        "since": found.at.astimezone(PARIS).date() if found else None,
        "is_own": found is not None and found.complaint_id == sheet.complaint.id,
    }

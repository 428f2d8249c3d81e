"""Collective incidents: their list, one of them, and what it says of a complaint."""

from sqlalchemy.orm import Session

from service.journey.reading import Sheet


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/incidents.html` shows beside a complaint."""
    return {}

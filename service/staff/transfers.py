"""Passing a complaint on: to another desk, an organisation, another member."""

from sqlalchemy.orm import Session

from service.journey.reading import Sheet


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/transfers.html` shows beside a complaint."""
    return {}

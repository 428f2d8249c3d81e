"""The clocks of one complaint: what is due, pauses, the one extension, calls to those on duty."""

from sqlalchemy.orm import Session

from service.journey.reading import Sheet


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/clocks.html` shows beside a complaint."""
    return {}

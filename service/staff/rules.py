"""The routing table: what it says of one complaint, its page, its simulator."""

from sqlalchemy.orm import Session

from service.journey.reading import Sheet


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/rules.html` shows beside a complaint."""
    return {}

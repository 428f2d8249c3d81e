"""What stands around a complaint: the person's other complaints, and those of the same place."""

from sqlalchemy.orm import Session

from service.domain.routing import TRADES
from service.journey.handling import neighbourhood
from service.journey.reading import Sheet
from service.staff.request_context import now, today
from service.staff.rules.rule_wording import HEATINGS


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/neighbourhood.html` shows."""
    complaint = sheet.complaint
    return {
        "person": neighbourhood.of_person(session, complaint, now()),
        "place": neighbourhood.of_place(session, complaint, now()),
        "equipment": neighbourhood.equipment_of(session, complaint, today()),
        "heatings": HEATINGS,
        "trades": TRADES,
    }

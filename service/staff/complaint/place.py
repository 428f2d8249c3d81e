"""Where a complaint is about: what is known of the place, and the search by which somebody gives or mends it."""

from flask import g, request
from sqlalchemy.orm import Session

from service.journey.handling import placing
from service.journey.reading import Sheet

SEARCH = "place_search"


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/place.html` shows of the place and of the search."""
    typed = request.form.get(SEARCH)
    is_known = sheet.complaint.residence_id is not None
    return {
        "is_known": is_known,
        "is_open": not is_known or typed is not None,
        "typed": _as_given(sheet) if typed is None else typed,
        "is_sought": bool(typed and typed.strip()),
        "found": placing.look_for(session, g.staff.member_id, typed or ""),
    }


def _as_given(sheet: Sheet) -> str:
    """Return what the tenant typed, to look for it once more; nothing where the place is known."""
    given = sheet.complaint.place_given
    address = given.get("address") or {}
    words = " ".join(filter(None, (address.get("line"), address.get("city")))) or given.get("reference") or ""
    return "" if sheet.complaint.residence_id else words

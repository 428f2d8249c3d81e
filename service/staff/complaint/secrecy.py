"""Sensitive complaints: who sees one, what this person may change of it, and what is said once it is out of sight."""

from uuid import UUID

from flask import flash, g, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service.domain.submission import MAX_REASON
from service.domain.taxonomy import category_label
from service.journey.classification.classification import BY_ITSELF
from service.journey.handling.handling import sees_all, staff_member
from service.journey.inbox import secrecy
from service.journey.reading import Sheet
from service.staff.inbox import came_from
from service.staff.request_context import today

VANISHED = "Cette demande est maintenant réservée aux personnes nommées : vous ne la voyez plus."


def panel(session: Session, sheet: Sheet) -> dict[str, object]:
    """Return what `staff/panels/secrecy.html` shows."""
    complaint, staff = sheet.complaint, staff_member(session, g.staff.id)
    may_open = sees_all(session)
    return {
        "circle": secrecy.circle(session, complaint, today()) if complaint.is_sensitive else None,
        "by_itself": complaint.category == BY_ITSELF,
        "subject": category_label(BY_ITSELF),
        "may_mark": secrecy.may_mark(session, complaint, staff),
        "may_open": may_open,
        "keeps_it": may_open or complaint.assignee_id == staff.id,
        "colleagues": secrecy.colleagues(session, complaint) if complaint.is_sensitive and may_open else (),
        "max": MAX_REASON,
    }


def leave_if_out_of_sight(complaint_id: UUID) -> ResponseReturnValue | None:
    """Lead back to the list one came from when what was just done hides the complaint from the person who did it."""
    if secrecy.is_seen(g.staff.member_id, complaint_id):
        return None
    flash(VANISHED)
    return redirect(came_from.back(), 303)

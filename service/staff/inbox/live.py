"""What a list that stays open asks now and then: what arrived, changed or left, the counts, and who looks at what."""

from typing import Any
from uuid import UUID

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service.journey.inbox import live as journey
from service.journey.inbox import pages, presence
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff.inbox import filters, inbox, inbox_rows
from service.staff.inbox.presence import in_words
from service.staff.inbox.rail import Rail, rail_of
from service.staff.request_context import now
from service.staff.route import page

MOST_ROWS = 60  # lines drawn again in one answer: a page of a list, and a little


def live() -> ResponseReturnValue:
    """Answer what happened to a list since the event that its page has seen. Nothing is counted while nothing does."""
    with member_transaction(g.staff.member_id) as session:
        seen = _seen()
        found: dict[str, Any] = {"vu": journey.last_event(session), "rail": {}, "in": [], "out": [], "first": []}
        touched = journey.touched_since(session, seen)
        if touched:
            found |= _news(session, touched)
        looking = presence.everywhere(session, g.staff.id, now())
    return found | {"here": {str(one): in_words(others) for one, others in looking.items()}}


def live_rows() -> str:
    """Return the lines of some complaints, as the list shows them; those that one may not see are left out."""
    with member_transaction(g.staff.member_id) as session:
        lines = inbox_rows.lines_by_id(session, g.staff.member_id, _ids())
        shown = inbox_rows.context(session, g.staff.id, lines, is_search=request.args.get("noms") == "1")
    return render_template("staff/live_rows.html", **shown)


def _news(session: Session, touched: list[UUID]) -> dict[str, Any]:
    staff = session.get_one(Staff, g.staff.id)
    names = inbox.names_of(session, staff)
    asked = filters.read_address(request.args, names, session)
    listed = pages.among(session, asked.filters, now(), touched)
    inbox.write_down(session, asked, len(listed), is_watched=True)
    first = [] if "apres" in request.args else pages.page(session, asked.filters, now(), sort=asked.order).complaints
    return {
        "rail": _numbers(rail_of(session, staff, names)),
        "in": [str(one) for one in touched if one in listed],
        "out": [str(one) for one in touched if one not in listed],
        "first": [str(one.id) for one in first if one.id in listed],
    }


def _numbers(rail: Rail) -> dict[str, str]:
    lines = [line for _, group in rail.groups for line in group] + [view.line for view in rail.views]
    return {line.slug: line.number for line in lines if line.number}


def _seen() -> int:
    """Return the last event that the page has seen; a page that does not say so has seen everything."""
    sign = request.args.get("vu", "")
    return int(sign) if sign.isascii() and sign.isdecimal() and len(sign) < len(str(2**63)) else 2**62


def _ids() -> list[UUID]:
    found = []
    for written in request.args.getlist("id")[:MOST_ROWS]:
        try:
            found.append(UUID(written))
        except ValueError:
            continue
    return found


ROUTES = (
    page("/etat", live, is_background=True),
    page("/lignes", live_rows, is_background=True),
)

"""The list a complaint was opened from, kept in the browser's session: the way to the next one, and back."""

from urllib.parse import parse_qsl, urlsplit

from flask import g, request, session, url_for
from sqlalchemy.orm import Session

from service.journey.inbox.beside import Beside, beside
from service.journey.reading import Sheet
from service.models.people import Staff
from service.staff.inbox import filters
from service.staff.inbox.inbox import names_of
from service.staff.request_context import now

_KEPT = "list"


def note_the_list() -> None:
    """Remember the list this page was opened from; from one complaint to the next it stays, from elsewhere it goes."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return
    if came.path == url_for("staff.inbox"):
        session[_KEPT] = came.query
    elif not came.path.startswith("/equipe/demandes/"):
        session.pop(_KEPT, None)


def back() -> str:
    """Return the address of that list, at the page where it was left."""
    query = session.get(_KEPT)
    return f"{url_for('staff.inbox')}?{query}" if query else url_for("staff.inbox")


def neighbours(transaction: Session, sheet: Sheet) -> Beside:
    """Return the complaints before and after this one in that list; nothing when it was opened from elsewhere."""
    if _KEPT not in session:
        return Beside()
    names = names_of(transaction, transaction.get_one(Staff, g.staff.id))
    asked = filters.read_address(dict(parse_qsl(session[_KEPT])), names, transaction)
    return beside(transaction, asked.filters, asked.order, sheet.complaint, now())

"""The list a complaint was opened from, kept in the browser's session: the way to the next one, and back."""

from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from flask import g, request, session, url_for
from sqlalchemy.orm import Session

from service.journey.inbox.beside import Beside, beside
from service.models.complaint import Complaint
from service.models.people import Staff
from service.staff.inbox import filters
from service.staff.inbox.filters import Asked
from service.staff.inbox.inbox import names_of
from service.staff.request_context import now

_KEPT = "list"
_MOST_SKIPPED = 50  # already sorted ones in a row, before one of them is shown


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


def leads_on() -> bool:
    """Say whether that list leads from one complaint to the next: what a search found does not."""
    return _KEPT in session and not dict(parse_qsl(session[_KEPT])).keys() & {"cherche", "reference"}


def neighbours(transaction: Session, complaint: Complaint) -> Beside:
    """Return the complaints before and after this one in that list; nothing when it was opened from elsewhere."""
    if _KEPT not in session:
        return Beside()
    asked = _asked(transaction)
    return beside(transaction, asked.filters, asked.order, complaint, now())


def next_to_sort(transaction: Session, complaint: Complaint) -> UUID | None:
    """Return the next complaint of that list of whose subject no person has decided; None at its end."""
    asked, found = _asked(transaction), complaint
    for _ in range(_MOST_SKIPPED):
        following = beside(transaction, asked.filters, asked.order, found, now()).following
        if following is None:
            return None
        found = transaction.get_one(Complaint, following)
        if not found.category_by_person:
            break
    return found.id


def _asked(transaction: Session) -> Asked:
    names = names_of(transaction, transaction.get_one(Staff, g.staff.id))
    return filters.read_address(dict(parse_qsl(session[_KEPT])), names, transaction)

"""What administrators read of those who looked: at complaints, and for which words. Reading it is written down too."""

from collections.abc import Mapping
from datetime import datetime

from flask import g, render_template, request
from sqlalchemy.orm import Session

from service.domain.permissions import Act
from service.journey.administration import audit
from service.journey.inbox import views
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff.complaint.views import HOW
from service.staff.period import Period, read_period
from service.staff.request_context import now
from service.staff.route import page

VIEWS, SEARCHES = "Consultations des demandes", "Recherches"


def show_views() -> str:
    """Show who looked at which complaint."""
    period = read_period(request.args)
    with member_transaction(g.staff.member_id) as session:
        _write_down(session, VIEWS, period)
        before = request.args.get("avant", "")
        key = int(before) if before.isascii() and before.isdecimal() and len(before) < len(str(2**63)) else None
        found, following = views.found(session, period.asked, key)
        people = views.people(session)
    address = _address(period)
    return render_template(
        "staff/admin/views.html", found=found, how=HOW, people=people, period=period, address=address,
        following=address | {"avant": following} if following else None,
    )  # fmt: skip


def show_searches() -> str:
    """Show who looked for which words."""
    period = read_period(request.args)
    with member_transaction(g.staff.member_id) as session:
        _write_down(session, SEARCHES, period)
        found = views.searches(session, period.asked, _moment(request.args.get("avant", "")))
        people = views.people(session)
    shown, address = found[: views.SHOWN], _address(period)
    following = address | {"avant": shown[-1][0].at.isoformat()} if len(found) > views.SHOWN else None
    return render_template(
        "staff/admin/searches.html", found=shown, people=people, period=period, address=address, following=following
    )


def _write_down(session: Session, what: str, period: Period) -> None:
    """Add to the audit log that somebody reads this, and what they asked for."""
    if request.method != "GET":
        return
    asked = period.asked
    person = session.get(Staff, asked.staff_id) if asked.staff_id else None
    told: Mapping[str, str | None] = {
        "demande": asked.reference or None,
        "personne": person.name if person else None,
        "du": asked.since.isoformat() if asked.since else None,
        "au": asked.until.isoformat() if asked.until else None,
    }
    narrowed = {name: value for name, value in told.items() if value}
    who = audit.Actor(g.staff.name, g.staff.id)
    audit.write(session, g.staff.member_id, who, "consulted", what, at=now(), after=narrowed or None)


def _address(period: Period) -> dict[str, object]:
    asked = period.asked
    parts = {"reference": asked.reference, "personne": asked.staff_id, "du": asked.since, "au": asked.until}
    return {name: str(value) for name, value in parts.items() if value}


def _moment(typed: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.tzinfo else None


ROUTES = (
    page("/administration/consultations", show_views, Act.ADMINISTER, name="admin_views"),
    page("/administration/recherches", show_searches, Act.ADMINISTER, name="admin_searches"),
)

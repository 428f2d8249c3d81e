"""A member's own settings: how it is reached, when it is open, and how its people sign in."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from service.domain.deadlines import promised_answer_by, targets_for
from service.domain.errors import BadInput, Refusal
from service.domain.member_settings import SECOND_FACTOR, ZONES, Unreadable
from service.domain.permissions import Act
from service.domain.taxonomy import urgencies
from service.journey.administration import audit, settings
from service.journey.administration.themes import Unreadable as Pale
from service.journey.clocks import clocks
from service.journey.dates import PARIS
from service.journey.transactions import member_transaction
from service.models.member import ClosureDay, Member
from service.staff import refusals
from service.staff.request_context import now, ports, today
from service.staff.route import page, press

WAITS = "C'est proposé. Un autre responsable doit accepter dans « À valider »."
_MORNING = time(10)


def me() -> audit.Actor:
    """Return the person of the request, as the audit log names them."""
    return audit.Actor(g.staff.name, g.staff.id)


def admin_settings() -> str:
    """Show the settings."""
    return _page()


def save_settings() -> ResponseReturnValue:
    """Keep the settings of one card of the page."""
    typed = {name: value for name, value in request.form.items() if name not in ("csrf_token", "reason")}
    try:
        waits = settings.save(g.staff.member_id, g.staff.id, typed, request.form.get("reason", ""), ports())
    except Unreadable as refusal:
        return _page({field: refusals.SENTENCES[code] for field, code in refusal.faults.items()}), 422
    except Pale as refusal:
        pale = f"Cette couleur ne se lit pas assez bien. La plus proche qui convient : {refusal.nearest}."
        return _page({"colour": pale}), 422
    except Refusal as refusal:
        return _page({refusal.field or "": refusals.in_french(refusal)}), refusals.status_of(refusal)
    flash(WAITS if waits else "C'est enregistré.")
    return redirect(url_for("staff.admin_settings"), 303)


def add_closure() -> ResponseReturnValue:
    """Close the member on a day."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return _page({"day": refusals.SENTENCES["not_a_day"]}), 422
    try:
        moved = settings.add_closure(g.staff.member_id, me(), day, request.form.get("label", ""), ports())
    except BadInput as refusal:
        return _page({refusal.field or "": refusals.in_french(refusal)}), 422
    flash(_moved(moved))
    return redirect(url_for("staff.admin_settings", _anchor="fermetures"), 303)


def remove_closure(closure_id: UUID) -> ResponseReturnValue:
    """Open the member on a day again."""
    moved = settings.remove_closure(g.staff.member_id, me(), closure_id, ports())
    flash(_moved(moved))
    return redirect(url_for("staff.admin_settings", _anchor="fermetures"), 303)


def _moved(count: int) -> str:
    return f"C'est enregistré. Échéances déplacées : {count}."


def _page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        member = session.get_one(Member, g.staff.member_id)
        coming = select(ClosureDay).where(ClosureDay.day >= today()).order_by(ClosureDay.day)
        closures, ways = session.scalars(coming).all(), clocks.ways_of(session, g.staff.member_id, ports())
    return render_template(
        "staff/admin/settings.html",
        member=member,
        closures=closures,
        promises=_promises(ways),
        zones=ZONES,
        second_factor=SECOND_FACTOR,
        typed=request.form,
        errors=errors or {},
    )


def _promises(ways: clocks.Ways) -> list[tuple[str, date]]:
    """Return by which day a message of tomorrow morning has its first answer, for each urgency."""
    morning = datetime.combine(now().astimezone(PARIS).date() + timedelta(days=1), _MORNING, PARIS)
    return [
        (level.label, promised_answer_by(morning, targets_for(None, code, ways.lines), ways.time))
        for code, level in urgencies().items()
    ]


ROUTES = (
    page("/administration/reglages", admin_settings, Act.ADMINISTER),
    press("/administration/reglages", save_settings, Act.ADMINISTER),
    press("/administration/reglages/fermetures", add_closure, Act.ADMINISTER),
    press("/administration/reglages/fermetures/<uuid:closure_id>/retrait", remove_closure, Act.ADMINISTER),
)

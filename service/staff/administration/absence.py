"""Absences: one's own, and for those who supervise, everybody's."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from service.domain.errors import BadInput, NotFound, Refusal
from service.domain.permissions import Act, Role, may
from service.journey.people import absence
from service.journey.people.absence import Away
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff import refusals
from service.staff.administration import people_wording
from service.staff.request_context import ports, today
from service.staff.route import page, press


def absences() -> str:
    """Show one's own absence; and who is away, to those who supervise."""
    return _page(g.staff.id)


def absence_of(person_id: UUID) -> str:
    """Show the absence of a colleague."""
    return _page(person_id)


def absence_save(person_id: UUID) -> ResponseReturnValue:
    """Write down an absence."""
    try:
        away = Away(_day("since") or today(), _day("until"), _substitute())
        absence.go(g.staff.member_id, person_id, g.staff.id, away, ports())
    except NotFound:
        raise
    except Refusal as refusal:
        errors = {refusal.field or "": refusals.in_french(refusal)}
        return _page(person_id if _may_see(person_id) else g.staff.id, errors), refusals.status_of(refusal)
    flash("L'absence est notée. Ce qui est donné à cette personne ira à son remplaçant.")
    return redirect(_back(person_id), 303)


def absence_end(person_id: UUID) -> ResponseReturnValue:
    """End an absence, or one that was to come."""
    try:
        absence.come_back(g.staff.member_id, person_id, g.staff.id, ports())
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(g.staff.id, {"": refusals.in_french(refusal)}), refusals.status_of(refusal)
    flash("L'absence est retirée.")
    return redirect(_back(person_id), 303)


def _may_see(person_id: UUID) -> bool:
    return person_id == g.staff.id or may(g.staff.role, Act.SUPERVISE)


def _back(person_id: UUID) -> str:
    is_mine = person_id == g.staff.id
    return url_for("staff.absences") if is_mine else url_for("staff.absence_of", person_id=person_id)


def _day(field: str) -> date | None:
    typed = request.form.get(field, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadInput("not_a_day", field) from error


def _substitute() -> UUID | None:
    typed = request.form.get("substitute", "")
    try:
        return UUID(typed) if typed else None
    except ValueError as error:
        raise BadInput("staff", "substitute") from error


def _page(person_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        everybody = session.scalars(select(Staff).where(Staff.is_active).order_by(Staff.name)).all()
    person = next((one for one in everybody if one.id == person_id), None)
    if person is None:
        raise NotFound("staff")
    return render_template(
        "staff/absences.html",
        person=person,
        is_me=person.id == g.staff.id,
        others=[one for one in everybody if one.id != person.id and one.role != Role.READER],
        everybody=everybody if may(g.staff.role, Act.SUPERVISE) else [],
        names={one.id: one.name for one in everybody},
        say=people_wording,
        typed=request.form,
        errors=errors or {},
        today=today(),
    )


_ONE = "/absences/<uuid:person_id>"
ROUTES = (
    page("/absences", absences, Act.HANDLE),
    page(_ONE, absence_of, Act.SUPERVISE),
    press(_ONE, absence_save),
    press(f"{_ONE}/fin", absence_end),
)

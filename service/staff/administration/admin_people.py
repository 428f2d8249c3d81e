"""Administration of people: who works here, inviting somebody, and what each may do."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotFound, Refusal
from service.domain.permissions import Act, Role
from service.journey.people import departures, hiring, lost_factor, people, teams
from service.journey.people.people import IN_TEAMS, MAX_EMAIL, MAX_NAME, Person, Profile
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff import refusals
from service.staff.administration import people_wording
from service.staff.request_context import now, ports, today
from service.staff.route import page, press

IN_ONE_TEAM = "in_team-"  # then the team's id: the role in that team
WAITS = "C'est proposé. Une seconde personne doit accepter dans « À valider »."


def admin_people() -> str:
    """Show everybody who works for the member, and the form that invites."""
    return _list_page()


def admin_people_invite() -> ResponseReturnValue:
    """Invite somebody."""
    email, reason = request.form.get("email", ""), request.form.get("reason", "")
    try:
        invited = hiring.invite(g.staff.member_id, g.staff.id, email, _profile(), reason, ports())
    except Refusal as refusal:
        return _list_page({refusal.field or "": refusals.in_french(refusal)}), refusals.status_of(refusal)
    flash(f"Un message part vers {invited.email}. Son lien sert une fois, pendant sept jours." if invited else WAITS)
    return redirect(url_for("staff.admin_people"), 303)


def admin_person(person_id: UUID) -> str:
    """Show one person, and what may be changed of them."""
    return _person_page(person_id)


def admin_person_change(person_id: UUID) -> ResponseReturnValue:
    """Change what a person is."""
    reason = request.form.get("reason", "")
    try:
        is_done = hiring.change(g.staff.member_id, person_id, g.staff.id, _profile(), reason, ports())
    except NotFound:
        raise
    except Refusal as refusal:
        return _person_page(person_id, _errors(refusal)), refusals.status_of(refusal)
    flash("C'est enregistré." if is_done else WAITS)
    return redirect(url_for("staff.admin_person", person_id=person_id), 303)


def admin_person_invite(person_id: UUID) -> ResponseReturnValue:
    """Send another link to somebody who has not come yet."""
    try:
        hiring.invite_again(g.staff.member_id, person_id, g.staff.id, ports())
    except NotFound:
        raise
    except Refusal as refusal:
        return _person_page(person_id, _errors(refusal)), refusals.status_of(refusal)
    flash("Un nouveau lien part. Celui d'avant n'ouvre plus rien.")
    return redirect(url_for("staff.admin_person", person_id=person_id), 303)


def admin_person_factor(person_id: UUID) -> ResponseReturnValue:
    """Take away the second factor of somebody who lost it."""
    reason = request.form.get(lost_factor.WHY, "")
    try:
        is_done = lost_factor.take_away(g.staff.member_id, person_id, g.staff.id, reason, ports())
    except NotFound:
        raise
    except Refusal as refusal:
        return _person_page(person_id, _errors(refusal)), refusals.status_of(refusal)
    flash("Le second facteur est retiré. Un message part à cette personne." if is_done else WAITS)
    return redirect(url_for("staff.admin_person", person_id=person_id), 303)


def admin_person_sessions(person_id: UUID) -> ResponseReturnValue:
    """Close the sessions of somebody, on every device."""
    lost_factor.close_sessions(g.staff.member_id, person_id, g.staff.id, ports())
    flash("Ses connexions sont fermées, sur tous ses appareils.")
    return redirect(url_for("staff.admin_person", person_id=person_id), 303)


def admin_departure(person_id: UUID) -> str:
    """Show what a departure would change, and ask who takes over."""
    return _departure_page(person_id)


def admin_person_leave(person_id: UUID) -> ResponseReturnValue:
    """Close a person's account and hand their work over."""
    member_id, typed = g.staff.member_id, request.form.get("takes_over", "")
    try:
        heir_id = None if typed == "teams" else _id(typed, "takes_over")
        departures.leave(member_id, person_id, g.staff.id, heir_id, ports())
    except NotFound:
        raise
    except Refusal as refusal:
        return _departure_page(person_id, _errors(refusal)), refusals.status_of(refusal)
    departures.hand_over(member_id, ports())
    # Not how many: some may be kept from whoever presses the button.
    flash("Le compte est fermé. Ses demandes sont remises. S'il en reste, la suite se fait toute seule.")
    return redirect(url_for("staff.admin_person", person_id=person_id), 303)


def _errors(refusal: Refusal) -> dict[str, str]:
    return {refusal.field or "": refusals.in_french(refusal)}


def _profile() -> Profile:
    form = request.form
    in_teams = {
        _id(name.removeprefix(IN_ONE_TEAM), "in_teams"): role
        for name, role in form.items()
        if name.startswith(IN_ONE_TEAM) and role
    }
    team_id = _id(form["team"], "team") if form.get("team") else None
    return Profile(form.get("name", ""), form.get("role", ""), team_id, in_teams)


def _id(typed: str, field: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as error:
        raise BadInput("unknown_value", field) from error


def _list_page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        everybody = people.everybody(session, now())
        named = {entry.team.id: entry.team.name for entry in teams.listed(session)}
        called = departures.still_called(session)
    return _render("people.html", everybody=everybody, teams=named, still_called=called, errors=errors or {})


def _person_page(person_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        one = _person(session, person_id)
        named = {entry.team.id: entry.team.name for entry in teams.listed(session)}
        substitute = session.get(Staff, one.staff.substitute_id) if one.staff.substitute_id else None
        is_called = departures.is_on_call(session, one.staff)
    return _render(
        "person.html", one=one, teams=named, substitute=substitute, is_called=is_called, errors=errors or {},
        is_me=one.staff.id == g.staff.id,
    )  # fmt: skip


def _departure_page(person_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        one = _person(session, person_id)
        preview = departures.preview(session, one.staff)
        heirs = select(Staff).where(Staff.is_active, Staff.role != Role.READER, Staff.id != one.staff.id)
        found = session.scalars(heirs.order_by(Staff.name)).all()
    return _render("departure.html", one=one, preview=preview, heirs=found, errors=errors or {})


def _person(session: Session, person_id: UUID) -> Person:
    found = next((one for one in people.everybody(session, now()) if one.staff.id == person_id), None)
    if found is None:
        raise NotFound("staff")
    return found


def _render(template: str, **values: object) -> str:
    return render_template(
        f"staff/admin/{template}", **values, say=people_wording, typed=request.form, today=today(), in_teams=IN_TEAMS,
        max_name=MAX_NAME, max_email=MAX_EMAIL, in_one_team=IN_ONE_TEAM,
    )  # fmt: skip


_PERSON = "/administration/personnes/<uuid:person_id>"
ROUTES = (
    page("/administration/personnes", admin_people, Act.ADMINISTER),
    press("/administration/personnes", admin_people_invite, Act.ADMINISTER),
    page(_PERSON, admin_person, Act.ADMINISTER),
    press(f"{_PERSON}/changement", admin_person_change, Act.ADMINISTER),
    press(f"{_PERSON}/invitation", admin_person_invite, Act.ADMINISTER),
    press(f"{_PERSON}/second-facteur", admin_person_factor, Act.ADMINISTER),
    press(f"{_PERSON}/connexions", admin_person_sessions, Act.ADMINISTER),
    page(f"{_PERSON}/depart", admin_departure, Act.ADMINISTER),
    press(f"{_PERSON}/depart", admin_person_leave, Act.ADMINISTER),
)

"""Administration of teams: opening one, changing it, removing one that nothing ever knew."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, NotFound, Refusal
from service.domain.permissions import Act
from service.journey.people import teams
from service.journey.people.people import MAX_EMAIL, MAX_NAME
from service.journey.people.teams import Plan
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.administration import people_wording
from service.staff.request_context import ports
from service.staff.route import page, press


def admin_teams() -> str:
    """Show the teams, and the form that opens one."""
    return _list_page()


def admin_team_create() -> ResponseReturnValue:
    """Open a team."""
    try:
        teams.create(g.staff.member_id, g.staff.id, _plan(), ports())
    except Refusal as refusal:
        return _list_page({refusal.field or "": refusals.in_french(refusal)}), refusals.status_of(refusal)
    flash("L'équipe est ouverte.")
    return redirect(url_for("staff.admin_teams"), 303)


def admin_team(team_id: UUID) -> str:
    """Show one team, and what may be changed of it."""
    return _team_page(team_id)


def admin_team_change(team_id: UUID) -> ResponseReturnValue:
    """Change a team."""
    return _act(
        team_id,
        lambda: teams.change(g.staff.member_id, team_id, g.staff.id, _plan(), ports()),
        "C'est enregistré.",
    )


def admin_team_remove(team_id: UUID) -> ResponseReturnValue:
    """Remove a team that nothing ever knew."""
    return _act(team_id, lambda: teams.remove(g.staff.member_id, team_id, g.staff.id, ports()), "L'équipe est retirée.")


def _act(team_id: UUID, do: Callable[[], None], done: str) -> ResponseReturnValue:
    try:
        do()
    except NotFound:
        raise
    except Refusal as refusal:
        errors = {refusal.field or "": refusals.in_french(refusal)}
        return _team_page(team_id, errors), refusals.status_of(refusal)
    flash(done)
    return redirect(url_for("staff.admin_teams"), 303)


def _plan() -> Plan:
    form = request.form
    try:
        agency_id = UUID(form["agency"]) if form.get("agency") else None
    except ValueError as error:
        raise BadInput("unknown_value", "agency") from error
    return Plan(form.get("name", ""), form.get("kind", ""), form.get("email", ""), form.get("phone", ""), agency_id)


def _list_page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        entries, agencies = teams.listed(session), teams.agencies(session)
    return _render("teams.html", entries=entries, agencies=agencies, errors=errors or {})


def _team_page(team_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        entries, agencies = teams.listed(session), teams.agencies(session)
    entry = next((one for one in entries if one.team.id == team_id), None)
    if entry is None:
        raise NotFound("team")
    return _render("team.html", entry=entry, agencies=agencies, errors=errors or {})


def _render(template: str, **values: object) -> str:
    return render_template(
        f"staff/admin/{template}", **values, say=people_wording, typed=request.form, max_name=MAX_NAME,
        max_email=MAX_EMAIL,
    )  # fmt: skip


_TEAM = "/administration/equipes/<uuid:team_id>"
ROUTES = (
    page("/administration/equipes", admin_teams, Act.ADMINISTER),
    press("/administration/equipes", admin_team_create, Act.ADMINISTER),
    page(_TEAM, admin_team, Act.ADMINISTER),
    press(f"{_TEAM}/changement", admin_team_change, Act.ADMINISTER),
    press(f"{_TEAM}/retrait", admin_team_remove, Act.ADMINISTER),
)

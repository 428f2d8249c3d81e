"""The organisations a member works with: suppliers and authorities, how they are reached and what they may be given."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import NotFound, Refusal
from service.domain.permissions import Act
from service.journey.administration import organisations
from service.journey.people.people import MAX_EMAIL, MAX_NAME
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.administration.admin_doors import said
from service.staff.request_context import ports
from service.staff.route import page, press


def admin_organisations() -> str:
    """Show the organisations, and the form that adds one."""
    return _list_page()


def admin_organisation_add() -> ResponseReturnValue:
    """Write down an organisation."""
    try:
        organisations.add(g.staff.member_id, g.staff.id, _plan(), ports())
    except Refusal as refusal:
        return _list_page(said(refusal)), refusals.status_of(refusal)
    flash("L'organisme est ajouté. Donnez-lui maintenant un contrat, ou nommez-le dans une règle.")
    return redirect(url_for("staff.admin_organisations"), 303)


def admin_organisation(organisation_id: UUID) -> str:
    """Show one organisation, and what may be changed of it."""
    return _one_page(organisation_id)


def admin_organisation_change(organisation_id: UUID) -> ResponseReturnValue:
    """Change an organisation."""
    try:
        organisations.change(g.staff.member_id, g.staff.id, organisation_id, _plan(), ports())
    except NotFound:
        raise
    except Refusal as refusal:
        return _one_page(organisation_id, said(refusal)), refusals.status_of(refusal)
    flash("C'est enregistré.")
    return redirect(url_for("staff.admin_organisations"), 303)


def _plan() -> organisations.Plan:
    form = request.form
    return organisations.Plan(
        form.get("name", ""), form.get("email", ""), form.get("phone", ""), "takes_words" in form, form.get("kind", "")
    )


def _list_page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        found = organisations.listed(session)
    return _render("organisations.html", found=found, errors=errors or {})


def _one_page(organisation_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        one = next((one for one in organisations.listed(session) if one.id == organisation_id), None)
    if one is None:
        raise NotFound("organisation")
    return _render("organisation.html", one=one, errors=errors or {})


def _render(template: str, **values: object) -> str:
    return render_template(
        f"staff/admin/{template}", **values, kinds=organisations.KINDS, typed=request.form, max_name=MAX_NAME,
        max_email=MAX_EMAIL,
    )  # fmt: skip


_PATH = "/administration/organismes"
_ONE = f"{_PATH}/<uuid:organisation_id>"
ROUTES = (
    page(_PATH, admin_organisations, Act.ADMINISTER),
    press(_PATH, admin_organisation_add, Act.ADMINISTER),
    page(_ONE, admin_organisation, Act.ADMINISTER),
    press(f"{_ONE}/changement", admin_organisation_change, Act.ADMINISTER),
)

"""The member's own templates: made, changed, tried on a complaint, switched off. Those of the network are read."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import NotFound, Refusal
from service.domain.permissions import Act
from service.domain.plain_words import hints
from service.domain.taxonomy import FAMILIES, categories
from service.domain.templates import (
    STATES,
    USES,
    VARIABLES,
    Template,
    Use,
    check_template,
    fill,
    left_open,
    network_templates,
)
from service.journey import reading
from service.journey.handling.handling import staff_member
from service.journey.incidents.incident_opening import complaint_of
from service.journey.news import template_changes, templates
from service.journey.transactions import member_transaction
from service.models.workspace import AnswerTemplate
from service.staff import refusals
from service.staff.complaint.compose import sentences_of
from service.staff.request_context import now, ports
from service.staff.route import page, press

_NEW = Template("", "", Use.ANSWER, "")


def admin_templates() -> str:
    """Show the member's templates, and those that every member has."""
    with member_transaction(g.staff.member_id) as session:
        own = templates.own(session)
    return render_template(
        "staff/admin/templates.html", own=own, network=network_templates(), uses=USES, states=STATES, about=_about
    )


def admin_template_new() -> str:
    """Show an empty template, or a copy of one of the network."""
    key = request.args.get("depuis", "")
    return _form(next((one for one in network_templates() if one.key == key), _NEW))


def admin_template(template_id: UUID) -> str:
    """Show one template of the member."""
    return _form(templates.as_template(_row(template_id)), template_id)


def save_template() -> ResponseReturnValue:
    """Make a template."""
    return _save(None)


def change_template(template_id: UUID) -> ResponseReturnValue:
    """Change a template."""
    return _save(template_id)


def switch_template(template_id: UUID) -> ResponseReturnValue:
    """Propose a template no longer, or again."""
    on = request.form.get("on") == "1"
    template_changes.switch(g.staff.member_id, g.staff.id, template_id, ports(), on=on)
    flash("Le modèle est de nouveau proposé." if on else "Le modèle n'est plus proposé.")
    return redirect(url_for("staff.admin_templates"), 303)


def try_template() -> ResponseReturnValue:
    """Show what was typed as it would read in one complaint. Nothing is kept."""
    template_id, typed = _id_of_form(), _typed()
    try:
        check_template(typed)
        complaint_id = complaint_of(g.staff.member_id, request.form.get("reference", ""))
        with member_transaction(g.staff.member_id) as session:
            sheet = reading.sheet(session, complaint_id)
            facts = templates.facts_of(session, sheet, staff_member(session, g.staff.id), typed.use, now())
    except Refusal as refusal:
        return _form(typed, template_id, refusal=refusal), refusals.status_of(refusal)
    text = fill(typed.body, facts)
    found = [] if typed.use == Use.PARTNER else hints(text, asks_for_a_day=typed.use == Use.ANSWER)
    tried = {"text": text, "empty": left_open(text), "hints": sentences_of(found), "on": sheet.complaint.reference}
    return _form(typed, template_id, tried=tried)


def _save(template_id: UUID | None) -> ResponseReturnValue:
    typed = _typed()
    try:
        template_changes.save(g.staff.member_id, g.staff.id, typed, template_id, ports())
    except NotFound:
        raise
    except Refusal as refusal:
        return _form(typed, template_id, refusal=refusal), refusals.status_of(refusal)
    flash("Le modèle est enregistré. Vos collègues le trouvent dans la carte « Écrire ».")
    return redirect(url_for("staff.admin_templates"), 303)


def _typed() -> Template:
    about, form = request.form.get("about", ""), request.form
    kind, _, code = about.partition(":")
    return Template(
        key="",
        name=form.get("name", "").strip(),
        use=form.get("use", ""),
        body=form.get("body", "").replace("\r\n", "\n").strip(),
        category=code if kind == "sujet" else None,
        family=code if kind == "theme" else None,
        state=form.get("state") or None,
        is_own=True,
    )


def _id_of_form() -> UUID | None:
    try:
        return _row(UUID(request.form.get("template", ""))).id
    except ValueError:
        return None


def _row(template_id: UUID) -> AnswerTemplate:
    with member_transaction(g.staff.member_id) as session:
        row = session.get(AnswerTemplate, template_id)
    if row is None:
        raise NotFound("template")
    return row


def _form(
    template: Template,
    template_id: UUID | None = None,
    *,
    refusal: Refusal | None = None,
    tried: Mapping[str, object] | None = None,
) -> str:
    return render_template(
        "staff/admin/template.html",
        template=template,
        template_id=template_id,
        errors={refusal.field or "": refusals.in_french(refusal)} if refusal else {},
        tried=tried,
        reference=request.form.get("reference", ""),
        uses=USES,
        states=STATES,
        variables=VARIABLES,
        families=FAMILIES,
        categories=categories().values(),
    )


def _about(template: Template | AnswerTemplate) -> str:
    """Return in words which complaints a template is for."""
    what = "Tous les sujets"
    if template.category:
        what = categories()[template.category].label
    elif template.family:
        what = FAMILIES[template.family]
    return f"{what}, {STATES[template.state].lower()}" if template.state else what


_ALL = "/administration/modeles"
ROUTES = (
    page(_ALL, admin_templates, Act.SUPERVISE),
    page(f"{_ALL}/nouveau", admin_template_new, Act.SUPERVISE),
    page(f"{_ALL}/<uuid:template_id>", admin_template, Act.SUPERVISE),
    press(_ALL, save_template, Act.SUPERVISE, name="admin_template_save"),
    press(f"{_ALL}/essai", try_template, Act.SUPERVISE, name="admin_template_try"),
    press(f"{_ALL}/<uuid:template_id>", change_template, Act.SUPERVISE, name="admin_template_change"),
    press(f"{_ALL}/<uuid:template_id>/etat", switch_template, Act.SUPERVISE, name="admin_template_switch"),
)

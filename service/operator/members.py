"""Members: their list, opening the space of one, and letting its first administrator in."""

from collections.abc import Mapping
from datetime import time
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, NotFound, Refusal
from service.journey.people import operating
from service.journey.people.operating import NewMember
from service.journey.people.people import MAX_EMAIL, MAX_NAME
from service.operator.request_context import me, ports
from service.operator.wording import in_french


def show() -> str:
    """Show the members, and the form that opens the space of another."""
    return _list_page()


def open_member() -> ResponseReturnValue:
    """Open the space of a member."""
    try:
        member_id = operating.open_member(_plan(), _reserved(), me(), ports())
    except BadInput as refusal:
        return _list_page({refusal.field or "": in_french(refusal)}), 422
    flash("L'espace est ouvert. Invitez maintenant son premier administrateur.")
    return redirect(url_for("operator.member", member_id=member_id), 303)


def member(member_id: UUID) -> str:
    """Show one member, and what operators did to it."""
    return _page(member_id)


def invite_administrator(member_id: UUID) -> ResponseReturnValue:
    """Invite the first administrator of a member."""
    name, email = request.form.get("name", ""), request.form.get("email", "")
    try:
        invited = operating.invite_administrator(member_id, name, email, me(), ports())
    except NotFound:
        raise
    except Refusal as refusal:
        status = 422 if isinstance(refusal, BadInput) else 409
        return _page(member_id, {refusal.field or "": in_french(refusal)}), status
    flash(f"Un message part vers {invited.email}. Son lien sert une fois, pendant sept jours.")
    return redirect(url_for("operator.member", member_id=member_id), 303)


def _plan() -> NewMember:
    form = request.form
    asked = {name: form.get(name, "") for name in ("slug", "name", "seat", "colour", "dwellings", "phone")}
    return NewMember(**asked, opens_at=_hour("opens_at"), closes_at=_hour("closes_at"))


def _hour(field: str) -> time:
    try:
        return time.fromisoformat(request.form.get(field, ""))
    except ValueError as error:
        raise BadInput("not_a_time", field) from error


def _reserved() -> set[str]:
    """Return the first words of our own addresses: the pages of a member begin with its short name."""
    return {rule.rule.split("/")[1] for rule in current_app.url_map.iter_rules() if rule.rule.count("/")}


def _list_page(errors: Mapping[str, str] | None = None) -> str:
    return render_template(
        "operator/members.html", members=operating.members(), errors=errors or {}, typed=request.form,
        max_name=MAX_NAME,
    )  # fmt: skip


def _page(member_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    found, entries = operating.member(member_id)
    return render_template(
        "operator/member.html", member=found, entries=entries, errors=errors or {}, typed=request.form,
        max_name=MAX_NAME, max_email=MAX_EMAIL,
    )  # fmt: skip

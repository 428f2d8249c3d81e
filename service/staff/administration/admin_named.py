"""The people who see every sensitive complaint: who they are, and asking that it changes."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, Refusal
from service.domain.permissions import Act
from service.domain.taxonomy import category_label
from service.journey.classification.classification import BY_ITSELF
from service.journey.inbox import secrecy
from service.journey.reading import colleagues
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.request_context import ports, today
from service.staff.route import page, press

ASKED = "C'est demandé. Une seconde personne doit l'accepter dans « À valider »."


def named_people() -> str:
    """Show who sees every sensitive complaint."""
    return _page({})


def _page(errors: dict[str, str]) -> str:
    with member_transaction(g.staff.member_id) as session:
        people, is_fallback = secrecy.those_who_see_all(session)
        everybody = colleagues(session)
        return render_template(
            "staff/admin/named_people.html",
            people=people,
            is_fallback=is_fallback,
            others=[one for one in everybody if not one.is_named],
            there=[one.id for one in people if secrecy.is_there(one, today())],
            subject=category_label(BY_ITSELF),
            errors=errors,
            typed=request.form,
        )


def propose() -> ResponseReturnValue:
    """Ask that somebody sees every sensitive complaint, or no longer."""
    try:
        secrecy.propose_named(
            g.staff.member_id, g.staff.id,
            person_id=_person(), is_on=request.form.get("on") == "1", reason=request.form.get("reason", ""),
            ports=ports(),
        )  # fmt: skip
    except Refusal as refusal:
        return _page({refusal.field or "": refusals.in_french(refusal)}), refusals.status_of(refusal)
    flash(ASKED)
    return redirect(url_for("staff.admin_named_people"), 303)


def _person() -> UUID:
    try:
        return UUID(request.form.get("person", ""))
    except ValueError as error:
        raise BadInput("unknown_value", "person") from error


_PATH = "/administration/personnes-nommees"
ROUTES = (
    page(_PATH, named_people, Act.ADMINISTER, name="admin_named_people"),
    press(_PATH, propose, Act.ADMINISTER, name="admin_propose_named"),
)

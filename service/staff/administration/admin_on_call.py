"""The people on call: who is called at each level, by day and by night, and a test call."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import NotFound, Refusal
from service.domain.on_call import PERIODS
from service.domain.paging import FIRST
from service.domain.permissions import Act
from service.journey.administration import on_call, on_call_tests
from service.journey.people.people import MAX_EMAIL, MAX_NAME
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.administration.admin_doors import said
from service.staff.administration.admin_settings import WAITS
from service.staff.request_context import ports
from service.staff.route import page, press

LEVELS = {
    1: "Appelé d'abord, deux fois à cinq minutes.",
    2: "Appelé après dix minutes sans réponse.",
    3: "Après vingt minutes : tout le monde est appelé, jusqu'à une réponse.",
}
HOURS = {"": "Jour et nuit", "working": "Pendant les heures d'ouverture", "off": "Bureaux fermés (nuits, week-ends)"}
TESTS = {
    "waiting": ("essai en attente", "calm"),
    "sent": ("essai parti", "good"),
    "given_up": ("essai non arrivé", "danger"),
}
MEANS = {"email": "E-mail", "sms": "SMS"}


def admin_on_call() -> str:
    """Show who is called, level after level."""
    return _list_page()


def admin_on_call_add() -> ResponseReturnValue:
    """Call somebody more."""
    try:
        on_call.add(g.staff.member_id, g.staff.id, _plan(), ports())
    except Refusal as refusal:
        return _list_page(said(refusal)), refusals.status_of(refusal)
    flash("C'est enregistré. Envoyez un essai, pour être sûr que l'appel arrive.")
    return redirect(url_for("staff.admin_on_call"), 303)


def admin_on_call_contact(contact_id: UUID) -> str:
    """Show one of them, and what may be changed."""
    return _contact_page(contact_id)


def admin_on_call_change(contact_id: UUID) -> ResponseReturnValue:
    """Call somebody otherwise."""
    reason = request.form.get("reason", "")
    return _act(contact_id, lambda: on_call.change(g.staff.member_id, g.staff.id, contact_id, _plan(), reason, ports()))


def admin_on_call_remove(contact_id: UUID) -> ResponseReturnValue:
    """Call somebody no more."""
    reason = request.form.get("reason", "")
    return _act(contact_id, lambda: on_call.remove(g.staff.member_id, g.staff.id, contact_id, reason, ports()))


def admin_on_call_test(contact_id: UUID) -> ResponseReturnValue:
    """Send a test call."""
    name = on_call_tests.send(g.staff.member_id, contact_id, ports())
    flash(f"Un essai part vers {name}. Rechargez cette page pour voir s'il est parti.")
    return redirect(url_for("staff.admin_on_call"), 303)


def _act(contact_id: UUID, do: Callable[[], bool]) -> ResponseReturnValue:
    try:
        is_done = do()
    except NotFound:
        flash("Cette personne n'était déjà plus appelée : il n'y avait rien à faire.")
    except Refusal as refusal:
        return _contact_page(contact_id, said(refusal)), refusals.status_of(refusal)
    else:
        flash("C'est enregistré." if is_done else WAITS)
    return redirect(url_for("staff.admin_on_call"), 303)


def _plan() -> on_call.Plan:
    return on_call.Plan(**{name: request.form.get(name, "") for name in ("level", "hours", "name", "email", "phone")})


def _list_page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        contacts, called, tests = on_call.listed(session), on_call.called(session), on_call_tests.last(session)
    return _render("on_call.html", contacts=contacts, called=called, tests=tests, errors=errors or {})


def _contact_page(contact_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        contact = next((one for one in on_call.listed(session) if one.id == contact_id), None)
    if contact is None:
        raise NotFound("contact")
    return _render("on_call_contact.html", contact=contact, first=FIRST, errors=errors or {})


def _render(template: str, **values: object) -> str:
    return render_template(
        f"staff/admin/{template}", **values, levels=LEVELS, hours=HOURS, periods=PERIODS, states=TESTS, means=MEANS,
        typed=request.form, max_name=MAX_NAME, max_email=MAX_EMAIL, max_phone=on_call.MAX_PHONE,
    )  # fmt: skip


_PATH = "/administration/astreinte"
_ONE = f"{_PATH}/<uuid:contact_id>"
ROUTES = (
    page(_PATH, admin_on_call, Act.ADMINISTER),
    press(_PATH, admin_on_call_add, Act.ADMINISTER),
    page(_ONE, admin_on_call_contact, Act.ADMINISTER),
    press(f"{_ONE}/changement", admin_on_call_change, Act.ADMINISTER),
    press(f"{_ONE}/retrait", admin_on_call_remove, Act.ADMINISTER),
    press(f"{_ONE}/essai", admin_on_call_test, Act.ADMINISTER),
)

"""Contracts of suppliers and authorities: who works where, in which trade, from when to when."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, NotFound, Refusal
from service.domain.permissions import Act
from service.domain.routing import TRADES
from service.journey.administration import contracts
from service.journey.dates import day_in_words
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.administration.admin_doors import said
from service.staff.request_context import ports, today
from service.staff.route import page, press
from service.staff.rules.rule_form import read_residence
from service.staff.rules.rule_wording import Names, names_of
from service.staff.wording import Chip, count

STATES = {
    "running": Chip("en cours", "good"),
    "coming": Chip("à venir", "calm"),
    "over": Chip("fini", "calm"),
}


def admin_contracts() -> str:
    """Show the contracts, and the form that adds one."""
    return _list_page()


def admin_contract_add() -> ResponseReturnValue:
    """Write down a contract."""
    try:
        made = contracts.add(g.staff.member_id, g.staff.id, _plan(_names()), ports())
    except Refusal as refusal:
        return _list_page(said(refusal)), refusals.status_of(refusal)
    flash("Le contrat est ajouté. Les règles le suivent." if made else "Ce contrat était déjà là : rien n'est changé.")
    return redirect(url_for("staff.admin_contracts"), 303)


def admin_contract(contract_id: UUID) -> str:
    """Show one contract, its residences, and the form that ends it."""
    return _one_page(contract_id)


def admin_contract_end(contract_id: UUID) -> ResponseReturnValue:
    """End a contract, for all of its residences or for some."""
    try:
        last_day = _day("last_day")
        if last_day is None:
            raise BadInput("not_a_day", "last_day")
        ended = contracts.end(g.staff.member_id, g.staff.id, contract_id, last_day, _ticked(), ports())
    except NotFound:
        flash("Ce contrat a changé entre-temps. Regardez où il en est, puis recommencez.")
        return redirect(url_for("staff.admin_contracts"), 303)
    except Refusal as refusal:
        return _one_page(contract_id, said(refusal)), refusals.status_of(refusal)
    flash(f"C'est enregistré pour {count(ended, 'ligne')} du contrat.")
    return redirect(url_for("staff.admin_contracts"), 303)


def _plan(names: Names) -> contracts.Plan:
    form = request.form
    return contracts.Plan(
        _known(names.organisations, "organisation"), form.get("trade", ""), _day("starts_on"), _day("ends_on"),
        _known(names.agencies, "agency") if form.get("agency") else None,
        read_residence(form.get("residence_id", ""), names),
    )  # fmt: skip


def _known(names: Mapping[UUID, str], field: str) -> UUID:
    found = next((one for one in names if str(one) == request.form.get(field)), None)
    if found is None:
        raise BadInput("unknown_value", field)
    return found


def _day(field: str) -> date | None:
    typed = request.form.get(field, "")
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadInput("not_a_day", field) from error


def _ticked() -> set[UUID]:
    try:
        return {UUID(one) for one in request.form.getlist("residences")}
    except ValueError as error:
        raise BadInput("unknown_value", "residences") from error


def _names() -> Names:
    with member_transaction(g.staff.member_id) as session:
        return names_of(session)


def _list_page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        names, groups = names_of(session), contracts.groups(session)
    return render_template(
        "staff/admin/contracts.html", groups=groups, names=names, trades=TRADES, states=STATES, today=today(),
        say_day=day_in_words, typed=request.form, errors=errors or {},
    )  # fmt: skip


def _one_page(contract_id: UUID, errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        found = contracts.group(session, contract_id)
    return render_template(
        "staff/admin/contract.html", found=found, trades=TRADES, states=STATES, today=today(), say_day=day_in_words,
        typed=request.form, ticked=request.form.getlist("residences") if request.form else None, errors=errors or {},
    )  # fmt: skip


_PATH = "/administration/contrats"
_ONE = f"{_PATH}/<uuid:contract_id>"
ROUTES = (
    page(_PATH, admin_contracts, Act.ADMINISTER),
    press(_PATH, admin_contract_add, Act.ADMINISTER),
    page(_ONE, admin_contract, Act.ADMINISTER),
    press(f"{_ONE}/fin", admin_contract_end, Act.ADMINISTER),
)

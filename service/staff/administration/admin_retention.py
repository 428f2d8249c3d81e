"""How long a member keeps the words and names of complaints that are over, and the register of what was erased."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from service.domain.closing import OUTCOMES
from service.domain.errors import Refusal
from service.domain.permissions import Act
from service.domain.retention import DEFAULT_MONTHS, Line
from service.domain.taxonomy import FAMILIES, categories
from service.journey.administration import holds, retention, retention_table
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.upkeep import Erasure, Hold, RetentionRule
from service.staff import refusals
from service.staff.administration.admin_settings import WAITS
from service.staff.request_context import now, ports
from service.staff.route import page, press

SHOWN = 50  # lines of the register
SAVED = "C'est enregistré."


def admin_retention() -> str:
    """Show the table, what it would erase now, what is held back, and the register."""
    return _page()


def save_retention() -> ResponseReturnValue:
    """Keep a line, or propose it when it erases sooner."""

    def use_case() -> str:
        line = retention_table.read_line(_typed("months"), _typed("category"), _typed("outcome"))
        waits = retention_table.save_line(g.staff.member_id, g.staff.id, line, _typed("reason"), ports())
        return WAITS if waits else SAVED

    return _act(use_case)


def remove_retention(rule_id: UUID) -> ResponseReturnValue:
    """Take a line away, or propose it when complaints are then erased sooner."""

    def use_case() -> str:
        reason = _typed("reason") or "Retirer la ligne"
        waits = retention_table.remove_line(g.staff.member_id, g.staff.id, rule_id, reason, ports())
        return WAITS if waits else SAVED

    return _act(use_case)


def let_erase() -> ResponseReturnValue:
    """Ask a second person to let more be erased than a day allows."""

    def use_case() -> str:
        retention_table.ask_to_go_on(g.staff.member_id, g.staff.id, _typed("why"), ports())
        return WAITS

    return _act(use_case, {"reason": "why"})


def erase_complaint() -> ResponseReturnValue:
    """Propose that one complaint be erased, at its tenant's wish."""

    def use_case() -> str:
        retention_table.ask_to_erase(
            g.staff.member_id, g.staff.id, _typed("reference"), _typed("erase_reason"), ports()
        )
        return WAITS

    return _act(use_case, {"reason": "erase_reason"})


def hold_complaint() -> ResponseReturnValue:
    """Keep one complaint from being erased."""

    def use_case() -> str:
        holds.hold(g.staff.member_id, g.staff.id, _typed("held"), _typed("hold_reason"), ports())
        return "La demande est gardée jusqu'à ce que quelqu'un lève cette garde."

    return _act(use_case, {"reference": "held", "reason": "hold_reason"})


def lift_hold(hold_id: UUID) -> ResponseReturnValue:
    """Let one complaint be erased when its time comes."""

    def use_case() -> str:
        holds.lift(g.staff.member_id, g.staff.id, hold_id, ports())
        return SAVED

    return _act(use_case)


def _typed(field: str) -> str:
    return request.form.get(field, "").strip()


def _act(use_case: Callable[[], str], fields: Mapping[str, str] | None = None) -> ResponseReturnValue:
    """Do what was asked; `fields` gives the name on the page of a field that is refused."""
    try:
        said = use_case()
    except Refusal as refusal:
        field = refusal.field or ""
        return _page({(fields or {}).get(field, field): refusals.in_french(refusal)}), refusals.status_of(refusal)
    flash(said)
    return redirect(url_for("staff.admin_retention"), 303)


def _page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        rows = session.scalars(select(RetentionRule).order_by(RetentionRule.category, RetentionRule.outcome)).all()
        kept = select(Hold, Complaint.reference).join(Complaint, Complaint.id == Hold.complaint_id)
        live = session.execute(kept.where(Hold.lifted_at.is_(None)).order_by(Hold.placed_at)).all()
        register = session.scalars(select(Erasure).order_by(Erasure.at.desc()).limit(SHOWN)).all()
        due = retention.due(session, retention.lines_of(session), now())
    lines = [(row.id, Line(row.months, row.category, row.outcome)) for row in rows]
    return render_template(
        "staff/admin/retention.html",
        lines=lines,
        in_words=retention_table.in_words,
        default=DEFAULT_MONTHS,
        due=due,
        holds=live,
        register=register,
        families=FAMILIES,
        categories=categories().values(),
        outcomes=OUTCOMES,
        typed=request.form,
        errors=errors or {},
    )


_AT = "/administration/conservation"
ROUTES = (
    page(_AT, admin_retention, Act.ADMINISTER),
    press(_AT, save_retention, Act.ADMINISTER),
    press(f"{_AT}/lignes/<uuid:rule_id>/retrait", remove_retention, Act.ADMINISTER),
    press(f"{_AT}/suite", let_erase, Act.ADMINISTER),
    press(f"{_AT}/effacement", erase_complaint, Act.ADMINISTER),
    press(f"{_AT}/gardes", hold_complaint, Act.ADMINISTER),
    press(f"{_AT}/gardes/<uuid:hold_id>/levee", lift_hold, Act.ADMINISTER),
)

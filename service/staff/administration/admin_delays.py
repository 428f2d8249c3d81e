"""A member's own delays, beside the network's; and how sure the text model must be."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.deadlines import LABELS, Unit, network_lines
from service.domain.errors import BadInput
from service.domain.permissions import Act
from service.domain.taxonomy import FAMILIES, categories, urgencies
from service.journey.classification import thresholds
from service.journey.classification.classification import BY_ITSELF
from service.journey.clocks import delays
from service.journey.clocks.clocks import as_line
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.administration.admin_settings import me
from service.staff.request_context import now, ports
from service.staff.route import page, press

UNITS = {Unit.WORKING_DAYS: "jours ouvrés", Unit.HOURS: "heures"}


def admin_delays() -> str:
    """Show the delays: the member's lines, then the network's."""
    return _delays_page()


def save_delay() -> ResponseReturnValue:
    """Keep one line."""
    typed = request.form
    try:
        line = delays.read_line(
            typed.get("clock", ""), typed.get("amount", ""), typed.get("unit", ""), typed.get("category"),
            typed.get("urgency"),
        )  # fmt: skip
    except BadInput as refusal:
        return _delays_page({refusal.field or "": refusals.in_french(refusal)}), 422
    delays.save_line(g.staff.member_id, me(), line, ports())
    flash("Le délai est enregistré. Il vaut pour les demandes lues à partir de maintenant.")
    return redirect(url_for("staff.admin_delays"), 303)


def remove_delay(target_id: UUID) -> ResponseReturnValue:
    """Take one line away."""
    delays.remove_line(g.staff.member_id, me(), target_id, ports())
    flash("La ligne est retirée. Le délai du réseau vaut de nouveau.")
    return redirect(url_for("staff.admin_delays"), 303)


def _delays_page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        own = [(row.id, as_line(row)) for row in delays.own_lines(session)]
    return render_template(
        "staff/admin/delays.html",
        own=own,
        network=network_lines(),
        in_words=delays.in_words,
        clocks=LABELS,
        units=UNITS,
        families=FAMILIES,
        categories=categories().values(),
        urgencies=urgencies().values(),
        typed=request.form,
        errors=errors or {},
    )


def admin_thresholds() -> str:
    """Show how sure the model must be of each subject."""
    return _thresholds_page()


def save_thresholds() -> ResponseReturnValue:
    """Keep what was changed on the page: only that is looked at."""
    try:
        typed = {code: request.form[code] for code in categories() if code in request.form and code != BY_ITSELF}
        wanted = {code: thresholds.read_share(one) for code, one in typed.items()}
    except BadInput as refusal:
        return _thresholds_page({"": refusals.in_french(refusal)}), 422
    with member_transaction(g.staff.member_id) as session:
        kept = thresholds.kept(session)
    changed = {code: least for code, least in wanted.items() if least != kept.get(code)}
    for code, least in changed.items():
        thresholds.save(g.staff.member_id, me(), code, least, ports())
    flash(f"C'est enregistré. Sujets changés : {len(changed)}.")
    return redirect(url_for("staff.admin_thresholds"), 303)


def _thresholds_page(errors: Mapping[str, str] | None = None) -> str:
    with member_transaction(g.staff.member_id) as session:
        kept, counts = thresholds.kept(session), thresholds.sorted_by_model(session, now())
    return render_template(
        "staff/admin/thresholds.html",
        families=FAMILIES,
        categories=categories().values(),
        kept=kept,
        counts=counts,
        days=thresholds.LOOKED_AT.days,
        by_itself=BY_ITSELF,
        typed=request.form,
        errors=errors or {},
    )


ROUTES = (
    page("/administration/delais", admin_delays, Act.ADMINISTER),
    press("/administration/delais", save_delay, Act.ADMINISTER),
    press("/administration/delais/<uuid:target_id>/retrait", remove_delay, Act.ADMINISTER),
    page("/administration/confiance", admin_thresholds, Act.ADMINISTER),
    press("/administration/confiance", save_thresholds, Act.ADMINISTER),
)

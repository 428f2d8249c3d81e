"""Changing the routing table: the form of a line, and what the buttons of a draft do. For supervisors."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, NotAllowed, Refusal
from service.domain.routing import NEEDS, TRADES
from service.domain.submission import MAX_REASON
from service.domain.taxonomy import FAMILIES, categories, natures, urgencies
from service.journey.routing import routing_drafts
from service.journey.routing.routing_table import lines_of
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.request_context import ports
from service.staff.rules import rule_form, rule_wording
from service.staff.rules.rule_pages import table_page, version_of
from service.staff.rules.rule_wording import names_of


def start(version_id: UUID | None = None) -> ResponseReturnValue:
    """Open a draft: of the rules in force, or of an older version taken up again."""
    try:
        draft_id = routing_drafts.start(g.staff.member_id, g.staff.id, ports(), version_id)
    except (BadInput, NotAllowed) as refusal:
        return table_page(version_id, {"": refusals.in_french(refusal)}), refusals.status_of(refusal)
    return redirect(url_for("staff.rule_version", version_id=draft_id), 303)


def take_over(version_id: UUID) -> ResponseReturnValue:
    """Make a colleague's draft one's own."""
    return _act(
        version_id,
        lambda: routing_drafts.take_over(g.staff.member_id, g.staff.id, version_id),
        "Ce brouillon est maintenant le vôtre.",
    )


def publish(version_id: UUID) -> ResponseReturnValue:
    """Put the draft in force."""
    note = " ".join(request.form.get("note", "").split())
    return _act(
        version_id,
        lambda: routing_drafts.publish(g.staff.member_id, g.staff.id, version_id, note, ports()),
        "Les nouvelles règles sont en service. Elles valent pour les prochaines demandes.",
        is_home=True,
    )


def discard(version_id: UUID) -> ResponseReturnValue:
    """Throw the draft away."""
    return _act(
        version_id,
        lambda: routing_drafts.discard(g.staff.member_id, g.staff.id, version_id),
        "Le brouillon est supprimé. Les règles en service n'ont pas changé.",
        is_home=True,
    )


def move_up(version_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Ask a line before the one above it."""
    return _move(version_id, line_id, -1)


def move_down(version_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Ask a line after the one below it."""
    return _move(version_id, line_id, 1)


def _move(version_id: UUID, line_id: UUID, by: int) -> ResponseReturnValue:
    return _act(
        version_id,
        lambda: routing_drafts.move_line(g.staff.member_id, g.staff.id, version_id, line_id, by),
        "La règle est déplacée.",
        line_id=line_id,
    )


def remove(version_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Take a line out of the draft."""
    return _act(
        version_id,
        lambda: routing_drafts.remove_line(g.staff.member_id, g.staff.id, version_id, line_id),
        "La règle est retirée du brouillon.",
    )


def _act(
    version_id: UUID,
    use_case: Callable[[], None],
    success: str,
    *,
    line_id: UUID | None = None,
    is_home: bool = False,
) -> ResponseReturnValue:
    """Do what was asked and show the draft anew, or show it again with what was wrong."""
    try:
        use_case()
    except (BadInput, NotAllowed) as refusal:
        errors = {refusal.field or "": refusals.in_french(refusal)}
        return table_page(version_id, errors), refusals.status_of(refusal)
    flash(success)
    if is_home:
        return redirect(url_for("staff.rules"), 303)
    anchor = f"ligne-{line_id}" if line_id else None
    return redirect(url_for("staff.rule_version", version_id=version_id, _anchor=anchor), 303)


def line(version_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Show the form of one line, new or not."""
    return _form(version_id, line_id, None)


def save(version_id: UUID, line_id: UUID) -> ResponseReturnValue:
    """Keep one line of the draft."""
    try:
        with member_transaction(g.staff.member_id) as session:
            names = names_of(session)
        typed = rule_form.read(request.form, line_id, names)
        routing_drafts.save_line(g.staff.member_id, g.staff.id, version_id, typed)
    except Refusal as refusal:
        errors = {refusal.field or "": refusals.in_french(refusal)}
        return _form(version_id, line_id, errors), refusals.status_of(refusal)
    flash("La règle est enregistrée dans le brouillon.")
    return redirect(url_for("staff.rule_version", version_id=version_id, _anchor=f"ligne-{line_id}"), 303)


def _form(version_id: UUID, line_id: UUID, errors: Mapping[str, str] | None) -> str:
    """Return the form: what was typed once it was refused, else what the line holds."""
    with member_transaction(g.staff.member_id) as session:
        version = version_of(session, version_id)
        lines, names = lines_of(session, version.id), names_of(session)
    kept = next((one for one in lines if one.id == line_id), None)
    blank = rule_form.show(replace(kept, position=lines.index(kept) + 1) if kept else None, names)
    return render_template(
        "staff/rule_line.html",
        version=version,
        line_id=line_id,
        is_new=kept is None,
        last=len(lines) + (kept is None),
        typed=blank if errors is None else request.form,
        errors=errors or {},
        names=names,
        say=rule_wording,
        families=FAMILIES,
        categories=categories().values(),
        urgencies=urgencies().values(),
        natures=natures().values(),
        needs=NEEDS,
        trades=TRADES,
        max_reason=MAX_REASON,
    )

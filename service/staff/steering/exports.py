"""Exports: asking for a file, seeing how far it is, and fetching it."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, NotAllowed, Refusal
from service.domain.permissions import Act
from service.journey.steering import exports as journey
from service.journey.steering import steering
from service.journey.steering.export_files import FORMATS
from service.journey.steering.export_rows import COLUMNS, USUAL, chosen
from service.journey.steering.exports import COMPLAINTS, FAILURES, STEERING, Wish
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff import refusals
from service.staff.inbox import filters, inbox, lists
from service.staff.request_context import now, ports
from service.staff.route import page, press

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SEARCHED = "recherche : oui"  # the words may be a tenant's name, and the title outlives the file
NAMES = {COMPLAINTS: "demandes", STEERING: "pilotage"}
STATES = {"waiting": "En préparation", "ready": "Prêt", "failed": "Non fait", "expired": "Effacé"}


def ask_export() -> ResponseReturnValue:
    """Keep what is asked for; of a list, first let people choose the columns and the kind of file."""
    is_list = request.form.get("kind") != STEERING
    try:
        wish = _list_wished() if is_list else _table_wished()
        if is_list and not wish.format:
            return _choosing(wish, {})
        journey.ask(g.staff.member_id, g.staff.id, wish, ports())
    except (BadInput, NotAllowed) as refusal:
        return _refused(refusal)
    flash("L'export se prépare. Vous pouvez continuer : il apparaît ici dès qu'il est prêt.")
    return redirect(url_for("staff.own_exports"), 303)


def _list_wished() -> Wish:
    """Read the list in the address, and what the form says of the file."""
    with member_transaction(g.staff.member_id) as session:
        names = inbox.names_of(session, session.get_one(Staff, g.staff.id))
        asked = filters.read_address(request.args, names, session)
        if asked.errors:
            raise BadInput("unknown_value", next(iter(asked.errors)))
    here = lists.BY_SLUG[asked.view].name
    criteria = (SEARCHED if one.name == "cherche" else one.words for one in asked.criteria if one.words)
    title = ", ".join(["Demandes", here, *criteria])
    columns = chosen(request.form.getlist("colonne"))
    query = {"filters": asked.filters.as_json(), "columns": columns, "address": asked.address}
    return Wish(COMPLAINTS, title, query, request.form.get("format", ""))


def _table_wished() -> Wish:
    tab, name = request.form.get("page", ""), request.form.get("table", "")
    question = steering.read_question(request.form.to_dict(), now())
    if tab not in steering.TABS:
        raise BadInput("unknown_value", "page")
    with member_transaction(g.staff.member_id) as session:
        words = steering.question_in_words(session, question)
    title = f"Pilotage, {steering.TABS[tab][0]}, tableau « {name} », {words}"
    query = {"page": tab, "table": name, "question": steering.as_json(question)}
    return Wish(STEERING, title, query, request.form.get("format", ""))


def _choosing(wish: Wish, errors: Mapping[str, str]) -> str:
    return render_template(
        "staff/export_choice.html", wish=wish, columns=COLUMNS, usual=USUAL, errors=errors, formats=list(FORMATS)
    )


def _refused(refusal: Refusal) -> ResponseReturnValue:
    flash(refusals.in_french(refusal))
    return redirect(url_for("staff.own_exports"), 303)


def own_exports() -> str:
    """Show the person's exports, with how far each of them is."""
    with member_transaction(g.staff.member_id) as session:
        found = journey.own(session, g.staff.id)
    return render_template(
        "staff/exports.html", exports=found, states=STATES, failures=FAILURES, now=now(),
        is_waiting=any(one.status == "waiting" for one in found),
        # of the list that was exported last; the words of a search are not kept with it once the file is gone
        address=found[0].query.get("address") if found and found[0].kind == COMPLAINTS else None,
    )  # fmt: skip


def fetch_export(export_id: UUID) -> ResponseReturnValue:
    """Give the file to whoever asked for it. A form, not a link: fetching is written down."""
    try:
        export = journey.fetch(g.staff.member_id, g.staff.id, export_id, ports())
    except NotAllowed as refusal:
        return _refused(refusal)
    content = stream_with_context(journey.pieces(g.staff.member_id, export_id))
    response = Response(content, mimetype=MEDIA[export.format])
    name = f"seve-{NAMES[export.kind]}-{export.made_at:%Y-%m-%d}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{export.format}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


ROUTES = (
    page("/exports", own_exports, Act.STEER),
    press("/exports", ask_export, Act.STEER),
    press("/exports/<uuid:export_id>/fichier", fetch_export, Act.STEER),
)

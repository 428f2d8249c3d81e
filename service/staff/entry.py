"""Entering a message for a tenant who wrote on paper, called or came to the desk. Three buttons of one form."""

from http import HTTPStatus

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import ReplayedWithAnotherBody
from service.domain.languages import LANGUAGES
from service.domain.questions import WHERE
from service.domain.routing import NEEDS
from service.domain.safety import advice_for
from service.domain.submission import MAX_TEXT
from service.domain.taxonomy import FAMILIES, categories
from service.journey.handling import attaching as held
from service.journey.patrimoine import dwelling_search
from service.journey.submission import entering, uploads
from service.journey.submission.cleaning import FIELD, FileRefused
from service.journey.submission.upload_room import MOST
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.staff import entry_form, refusals
from service.staff.complaint import attaching
from service.staff.complaint.files import kind
from service.staff.request_context import ports, today

SENT_BEFORE = (
    "Cette page a déjà servi à enregistrer une autre demande. Vérifiez, choisissez de nouveau les fichiers, puis "
    "enregistrez : ce sera une demande de plus."
)
READERS = {"entry": "Le locataire les retrouvera avec sa demande."}
UNKNOWN = "unknown"  # the subject that nobody chose: the model's reading stands


def show_entry() -> str:
    """Show the empty form."""
    return _page(entry_form.read(request.form, ports().random.token()))


def enter() -> ResponseReturnValue:
    """Look for the dwelling, show what would become of it, or keep it: as the button says."""
    typed = entry_form.read(request.form, ports().random.token())
    action = request.form.get("action", "")
    try:
        is_taken_off = _receive(typed)
    except FileRefused as refusal:
        return _page(typed, {attaching.PIECES: refusals.in_french(refusal)}), HTTPStatus.UNPROCESSABLE_ENTITY
    if action == "search" or is_taken_off:
        return _page(typed)
    errors = entry_form.errors_in(typed, today())
    if errors:
        return _page(typed, errors), HTTPStatus.UNPROCESSABLE_ENTITY
    if action != "send":
        return _page(typed, preview=_preview(typed))
    return _send(typed)


def _receive(typed: entry_form.Typed) -> bool:
    """Hold the files that came with the form; say whether it was sent to take one off."""
    holder = entry_form.holder_of(typed, g.staff.id)
    if sent := attaching.read(request.files.getlist(FIELD)):
        uploads.add_at_once(g.staff.member_id, holder, sent, ports())
    return attaching.take_off(holder)


def _send(typed: entry_form.Typed) -> ResponseReturnValue:
    sent = entry_form.as_submission(typed, g.staff.id)
    key = f"entry:{g.staff.id}:{typed['nonce']}"
    try:
        receipt = entering.enter(g.staff.member_id, g.staff.id, sent, _subject(typed), key, ports())
    except ReplayedWithAnotherBody:
        fresh = entry_form.Typed(typed.text, {**typed.fields, "nonce": ports().random.token()}, typed.needs)
        return _page(fresh, {"": SENT_BEFORE}, _preview(fresh)), HTTPStatus.CONFLICT
    with member_transaction(receipt.member_id) as session:
        reference = session.get_one(Complaint, receipt.complaint_id).reference
    if receipt.member_id != g.staff.member_id:
        flash(f"Demande enregistrée : {reference}. Ce logement est à un autre bailleur, qui l'a reçue et répondra.")
        return redirect(url_for("staff.inbox"), HTTPStatus.SEE_OTHER)
    flash(f"Demande enregistrée. Donnez cette référence à la personne : {reference}.")
    return redirect(url_for("staff.show", complaint_id=receipt.complaint_id), HTTPStatus.SEE_OTHER)


def _preview(typed: entry_form.Typed) -> entering.Preview:
    sent = entry_form.as_submission(typed, g.staff.id)
    return entering.preview(g.staff.member_id, sent, _subject(typed), ports())


def _subject(typed: entry_form.Typed) -> str | None:
    return typed["subject"] if typed["subject"] in categories() else None


def _page(
    typed: entry_form.Typed, errors: entry_form.Errors | None = None, preview: entering.Preview | None = None
) -> str:
    model = ports().text_model
    heard = [*(preview.danger_types if preview else ()), *model.danger_types(typed.text[:MAX_TEXT])]
    is_danger = bool(heard) or bool(preview and preview.is_danger) or model.danger_level(typed.text) == "danger"
    with member_transaction(g.staff.member_id) as session:
        found = dwelling_search.search(session, typed["search"])
        waiting = held.waiting(session, entry_form.holder_of(typed, g.staff.id))
    return render_template(
        "staff/entry.html",
        typed=typed,
        errors=errors or {},
        preview=preview,
        found=found,
        waiting=waiting,
        files={"kind": kind, "most": MOST, "readers": READERS},
        advice=advice_for(dict.fromkeys(heard)) if is_danger else [],
        channels=entry_form.CHANNELS,
        wheres=WHERE,
        needs=NEEDS,
        languages=LANGUAGES,
        families=FAMILIES,
        categories=categories().values(),
        earliest=today() - entry_form.EARLIEST,
        today=today(),
        unknown=UNKNOWN,
    )

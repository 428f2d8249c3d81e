"""The first screen of a member's form: shown, then led to the second screen, or sent at once."""

import base64
import hashlib
import hmac
from http import HTTPStatus

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import ReplayedWithAnotherBody
from service.domain.introductions import Introduced
from service.journey.handling import additions
from service.journey.submission.cleaning import FileRefused
from service.journey.submission.introductions import open_introduction
from service.journey.submission.submission import Receipt
from service.models.member import Member
from service.tenant import drafts, files
from service.tenant.door import member_named
from service.tenant.form import (
    SIGNED,
    TRAP,
    Errors,
    Typed,
    errors_in,
    is_our_nonce,
    read_form,
    text_error,
    without_faults,
)
from service.tenant.form_page import State, form_page, replayed_page, wait_page
from service.tenant.languages import gettext as _
from service.tenant.languages import speak
from service.tenant.sending import (
    MustWait,
    complaint_of,
    is_danger,
    lead_to_tracking,
    limits,
    ports,
    send,
    sent_before,
)

FILES = "fichiers"  # the field of the files
AT_ONCE = "envoyer"  # the button that skips the second screen
_NUMBER = 18  # bytes of a hidden number that is made from another secret


def show_form(slug: str) -> AnyResponse:
    """Show the form: empty, filled by the member's extranet, or with a draft that is taken up again.

    An empty one holds nothing about anyone, so the browser may keep it: going back finds the same page with the same
    hidden number, and sending the same words again gives the same complaint.
    """
    member = member_named(slug)
    if request.args.get("brouillon"):
        return _take_up(member, request.args["brouillon"])
    if request.args.get("arrivee"):
        return _welcome(member, request.args["arrivee"])
    response = form_page(member, read_form(MultiDict()))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def submit(slug: str) -> AnyResponse:
    """Lead to the second screen, or store the complaint at once; or show the form again with everything typed.

    A danger is stored first: no field, no file and no limit holds it up.
    """
    member, typed = member_named(slug), read_form(request.form)
    if not is_our_nonce(typed["nonce"]):
        typed["nonce"] = ports().random.token()
    if typed[TRAP]:
        return _mend(member, typed | {TRAP: ""}, {"text": _trapped()})
    typed |= _signed(open_introduction(member.id, typed["arrivee"], ports()), typed)
    if is_danger(typed["text"]) and not (request.form.get("retirer") or text_error(typed["text"])):
        return _send_danger(member, typed)
    try:
        is_about_files, refused = files.read_posted(member.id, typed["nonce"]), ""
    except FileRefused as refusal:
        is_about_files, refused = False, files.in_words(refusal)
    if is_about_files:
        return form_page(member, typed)
    errors = errors_in(typed)
    if refused:
        errors[FILES] = refused
    if errors:
        return _mend(member, typed, errors)
    return _send(member, typed) if AT_ONCE in request.form else _continue(member, typed)


def _send(member: Member, typed: Typed) -> AnyResponse:
    receipt = _stored(member, typed)
    return lead_to_tracking(receipt) if isinstance(receipt, Receipt) else receipt


def _send_danger(member: Member, typed: Typed) -> AnyResponse:
    """Store it without the fields that cannot be read, then draw its files; the tracking page says what is missing."""
    kept, lost = without_faults(typed)
    receipt = _stored(member, kept)
    if not isinstance(receipt, Receipt):
        return receipt
    try:
        files.read_posted(receipt.member_id, complaint_of(receipt).tracking_token)
        additions.attach(receipt.member_id, receipt.complaint_id)
    except FileRefused:
        lost.append(FILES)
    return lead_to_tracking(receipt, lost)


def _stored(member: Member, typed: Typed) -> Receipt | Response:
    """Return the receipt of the complaint, or the page that says why there is none."""
    try:
        return send(member, typed, drafts.choices_of(member, typed))
    except MustWait:
        return wait_page(member, typed)
    except ReplayedWithAnotherBody:
        return replayed_page(member, typed)


def _continue(member: Member, typed: Typed) -> AnyResponse:
    """Keep a draft and lead to it. A page that was sent leads to its complaint, or says that there is one already."""
    now = ports().clock.now()
    if limits().are_reached(typed, now) or not limits().takes_draft(now):
        before = sent_before(member, typed)
        return lead_to_tracking(before) if before else wait_page(member, typed)
    draft = drafts.start(member, typed)
    if draft.sent:
        return lead_to_tracking(draft.sent)
    if sent_before(member, typed):
        return replayed_page(member, typed)
    return redirect(url_for("tenant.check", slug=member.slug, token=draft.token), HTTPStatus.SEE_OTHER)


def _take_up(member: Member, token: str) -> AnyResponse:
    draft = drafts.find(member, token)
    if draft is None:
        return redirect(url_for("tenant.check", slug=member.slug, token=token), HTTPStatus.SEE_OTHER)
    if draft.sent:
        return lead_to_tracking(draft.sent)
    speak(draft.typed["language"])
    return form_page(member, draft.typed | {"brouillon": token, "sujet": draft.choices.subject})


def _welcome(member: Member, secret: str) -> Response:
    """Show the form with what the extranet says of who comes; the same introduction always gives the same number."""
    typed, who = read_form(MultiDict()), open_introduction(member.id, secret, ports())
    if who is None:
        return form_page(member, typed, State(introduction_is_over=True))
    digest = hmac.digest(ports().secret_key.encode(), f"arrivee:{member.id}:{secret}".encode(), hashlib.sha256)
    return form_page(
        member,
        typed
        | {
            "nonce": base64.urlsafe_b64encode(digest[:_NUMBER]).decode(),
            "arrivee": secret,
            "dwelling_reference": who.dwelling_reference or "",
            "name": who.name or "",
            "email": who.email or "",
            "phone": who.phone or "",
        },
    )


def _signed(who: Introduced | None, typed: Typed) -> Typed:
    """Return what the extranet says of who writes; of the tenancy, only while it is the same person and home."""
    if who is None:
        return dict.fromkeys(SIGNED, "")
    is_same = (typed["name"], typed["dwelling_reference"]) == (who.name or "", who.dwelling_reference or "")
    tenancy = who.tenancy_reference or "" if is_same else ""
    return {"tenancy_reference": tenancy, "return_url": who.return_url or ""}


def _mend(member: Member, typed: Typed, errors: Errors) -> Response:
    return form_page(member, typed, State(errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY)


def _trapped() -> str:
    return _(
        "Un champ caché a été rempli, sans doute par un programme. Nous l'avons vidé et rien n'est encore envoyé. "
        "Relisez, puis appuyez une nouvelle fois."
    )

"""The two things somebody on duty may do with a call: look, and say that they have it."""

from http import HTTPStatus

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput
from service.domain.safety import advice_for, numbers_always_shown
from service.domain.taxonomy import category_label
from service.duty.call import Call, open_call
from service.journey import steps
from service.journey.danger import paging
from service.journey.dates import moment_in_words
from service.journey.ports import Ports

NAME_ERRORS = {
    "blank": "Écrivez votre nom : l'équipe doit savoir qui s'en occupe.",
    "too_long": f"C'est trop long : {paging.MAX_NAME} caractères au plus.",
    "unstorable": "Ce nom contient un caractère qui ne peut pas être gardé. Retirez-le.",
}


def show(token: str) -> ResponseReturnValue:
    """Show the call. It changes nothing: scanners of mail follow links too."""
    return _page(token, open_call(token, _ports()))


def take(token: str) -> ResponseReturnValue:
    """Keep the name of whoever has it now, stop the calls, and lead back to the page, which says what to do."""
    call, name = open_call(token, _ports()), request.form.get("name", "")
    if not call.is_expired:
        try:
            complaint_id = paging.acknowledge(call.seal.member_id, call.page.id, call.seal.contact, name, _ports())
        except BadInput as refusal:
            return _page(token, call, NAME_ERRORS[refusal.code], name)
        steps.wake_waiting(call.seal.member_id, complaint_id, _ports())
    return redirect(url_for("duty.show", token=token), HTTPStatus.SEE_OTHER)


def _page(token: str, call: Call, error: str | None = None, typed: str | None = None) -> ResponseReturnValue:
    sheet = call.sheet
    is_reserved = sheet.complaint.is_sensitive
    page = render_template(
        "duty/page.html",
        token=token,
        call=call,
        member=sheet.member,
        complaint=sheet.complaint,
        place=sheet.place,
        # Whoever is called is not named for a sensitive complaint: not what it is about, nor the words that tell it.
        subject="Dossier réservé" if is_reserved else category_label(sheet.complaint.category),
        # The last line speaks to whoever reads the page; a person on the telephone says the others.
        # What to do in one danger tells which it is; the tenant read it when they wrote.
        advice=() if is_reserved else advice_for(sheet.complaint.danger_types)[:-1],
        numbers=numbers_always_shown() if is_reserved else (),
        received=moment_in_words(sheet.complaint.submitted_at),
        ended=moment_in_words(call.page.acknowledged_at) if call.page.acknowledged_at else None,
        error=error,
        name=call.name if typed is None else typed,
        max_name=paging.MAX_NAME,
    )
    if error:
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return page, HTTPStatus.GONE if call.is_expired else HTTPStatus.OK


def _ports() -> Ports:
    found: Ports = current_app.extensions["seve"].ports
    return found

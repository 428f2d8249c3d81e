"""The tracking page: where the complaint stands, what was said, and a box to add something."""

from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.closing import MEDIATION, OUTCOMES
from service.domain.errors import NotAllowed
from service.domain.safety import SafetyAdvice, advice_for
from service.domain.status import EventKind
from service.domain.submission import MAX_TEXT
from service.journey import handling, steps
from service.journey.messages import in_words
from service.journey.ports import Ports
from service.journey.submission import PARIS
from service.tenant import story
from service.tenant.dossier import Dossier, open_dossier
from service.tenant.feedback import Answer, feedback_page
from service.tenant.form import Errors, text_error, words


def show_tracking(token: str) -> Response:
    """Show the page a tracking link leads to. It changes nothing: scanners of mail follow links too."""
    return tracking_page(open_dossier(token))


def add_message(token: str) -> AnyResponse:
    """Keep what the tenant adds; a complaint closed meanwhile may be opened again with the same words."""
    ports: Ports = current_app.extensions["seve"].ports
    dossier, text = open_dossier(token), words(request.form.get("text", ""))
    error = text_error(text)
    if error:
        return tracking_page(dossier, {"text": error}, text)
    if not _was_just_said(dossier, text):
        try:
            handling.add_from_tenant(dossier.member_id, dossier.complaint_id, text, ports)
        except NotAllowed:
            answer = Answer(solved="no", comment=text)
            return feedback_page(open_dossier(token), answer, closed_meanwhile=True, status=HTTPStatus.CONFLICT)
        steps.follow(dossier.member_id, dossier.complaint_id, ports)
    return redirect(url_for("tenant.tracking", token=token, ajout=1, _anchor="messages"), HTTPStatus.SEE_OTHER)


def _was_just_said(dossier: Dossier, text: str) -> bool:
    """Say whether the last thing told is this very message: a double click, or a page sent again."""
    told = dossier.sheet.told
    return bool(told) and told[-1].kind == EventKind.TENANT_WROTE and told[-1].data.get("text") == text


def _advice(dossier: Dossier, text: str, ports: Ports) -> list[SafetyAdvice]:
    """Return the advice for what was sent this very moment.

    Only then: a page opened again later may be read over a shoulder, and the numbers stay on it anyway.
    """
    complaint = dossier.sheet.complaint
    if "nouveau" in request.args:
        is_danger = complaint.danger_types or complaint.danger == "danger"
        return advice_for(complaint.danger_types) if is_danger else []
    if "ajout" in request.args or "avis" in request.args:
        said = [event for event in dossier.sheet.told if event.actor == "tenant"]
        text = text or str(said[-1].data.get("text", ""))
    types = ports.text_model.danger_types(text[:MAX_TEXT])
    return advice_for(types) if types else []


def tracking_page(dossier: Dossier, errors: Errors | None = None, text: str = "") -> Response:
    """Return the page; `errors` and `text` are those of the message box."""
    ports: Ports = current_app.extensions["seve"].ports
    complaint = dossier.sheet.complaint
    page = render_template(
        "tenant/tracking.html",
        dossier=dossier,
        member=dossier.sheet.member,
        complaint=complaint,
        story=story,
        is_new="nouveau" in request.args,
        advice=_advice(dossier, text, ports),
        is_late=story.is_late(complaint, ports.clock.now().astimezone(PARIS).date()),
        promised=in_words(complaint.promised_answer_by),
        outcome=OUTCOMES[complaint.outcome] if complaint.outcome else None,
        mediation=MEDIATION,
        just_added="ajout" in request.args,
        just_judged="avis" in request.args,
        errors=errors or {},
        text=text,
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)

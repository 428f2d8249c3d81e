"""The tracking page: where the complaint stands, what was said, and a box to add something."""

from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.closing import MEDIATION, OUTCOMES
from service.domain.errors import NotAllowed
from service.domain.safety import SafetyAdvice, advice_for
from service.domain.submission import MAX_TEXT
from service.journey import handling, steps
from service.journey.dates import in_words
from service.journey.ports import Ports
from service.journey.submission import PARIS
from service.tenant import story
from service.tenant.feedback import Answer, feedback_page
from service.tenant.form import Errors, text_error, words
from service.tenant.tracked_complaint import TrackedComplaint, open_tracked_complaint

PASSED_ON = "Ce message n'est pas parti : votre demande continue chez {name}. Écrivez-le sur sa nouvelle page."


def show_tracking(token: str) -> Response:
    """Show the page a tracking link leads to. It changes nothing: scanners of mail follow links too."""
    return tracking_page(open_tracked_complaint(token))


def add_message(token: str) -> AnyResponse:
    """Keep what the tenant adds; a complaint closed meanwhile may be opened again with the same words."""
    ports: Ports = current_app.extensions["seve"].ports
    tracked, text = open_tracked_complaint(token), words(request.form.get("text", ""))
    error = text_error(text)
    if error:
        return tracking_page(tracked, {"text": error}, text)
    try:
        handling.add_from_tenant(tracked.member_id, tracked.complaint_id, text, ports)
    except NotAllowed:
        answer = Answer(solved="no", comment=text)
        closed = open_tracked_complaint(token)
        if closed.passed_to:
            return tracking_page(closed, {"text": PASSED_ON.format(name=closed.passed_to.name)}, text)
        return feedback_page(closed, answer, closed_meanwhile=True, status=HTTPStatus.CONFLICT)
    steps.follow(tracked.member_id, tracked.complaint_id, ports)
    return redirect(url_for("tenant.tracking", token=token, ajout=1, _anchor="messages"), HTTPStatus.SEE_OTHER)


def _advice(tracked: TrackedComplaint, text: str, ports: Ports) -> list[SafetyAdvice]:
    """Return the advice for what was sent this very moment.

    Only then: a page opened again later may be read over a shoulder, and the numbers stay on it anyway.
    """
    complaint = tracked.sheet.complaint
    if "nouveau" in request.args:
        is_danger = complaint.danger_types or complaint.danger == "danger"
        return advice_for(complaint.danger_types) if is_danger else []
    if "ajout" in request.args or "avis" in request.args:
        said = [event for event in tracked.sheet.told if event.actor == "tenant"]
        text = text or str(said[-1].data.get("text", ""))
    types = ports.text_model.danger_types(text[:MAX_TEXT])
    return advice_for(types) if types else []


def tracking_page(tracked: TrackedComplaint, errors: Errors | None = None, text: str = "") -> Response:
    """Return the page; `errors` and `text` are those of the message box."""
    ports: Ports = current_app.extensions["seve"].ports
    complaint = tracked.sheet.complaint
    page = render_template(
        "tenant/tracking.html",
        tracked=tracked,
        member=tracked.sheet.member,
        complaint=complaint,
        story=story,
        is_new="nouveau" in request.args,
        advice=_advice(tracked, text, ports),
        visit=story.visit(tracked.sheet, ports.clock.now().astimezone(PARIS).date()),
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

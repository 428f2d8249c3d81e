"""The tenant's word once it is finished: a note in one click, then a few questions, and "no" opens it again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import BadInput, NotAllowed
from service.domain.feedback import COMPLETE_WITHIN, GRADES, SCORES, SOLVED, VISITS, Answers, reopens
from service.domain.languages import N_
from service.journey import steps
from service.journey.feedback import feedback
from service.journey.ports import Ports
from service.models.feedback import Feedback
from service.tenant.form import TEXT_ERRORS, words
from service.tenant.languages import gettext as _
from service.tenant.sending import is_danger
from service.tenant.tracked_complaint import TrackedComplaint, open_tracked_complaint

NO_SCORE = N_("Choisissez une note de 0 à 10 : un seul appui suffit. Si ce n'est pas réglé, vous pouvez aussi rouvrir.")


@dataclass(frozen=True)
class Answer:
    """What a tenant answers, or is about to: a value that is not one of ours counts as not given."""

    score: int | None = None
    solved: str | None = None
    comment: str = ""


def show_feedback(token: str) -> AnyResponse:
    """Show the page a mail's link leads to, with its answer ready. Only a button sends it: scanners follow links."""
    tracked = open_tracked_complaint(token)
    if tracked.passed_to:
        return redirect(url_for("tenant.tracking", token=token), HTTPStatus.SEE_OTHER)
    return feedback_page(tracked, _answer(request.args.get("note"), request.args.get("regle")))


def give(token: str) -> AnyResponse:
    """Keep the answer. After a score the page asks the rest; after the rest, the tracking page says what comes."""
    tracked = open_tracked_complaint(token)
    if tracked.passed_to:  # It goes on elsewhere: that page says where, and asks when it is over.
        return redirect(url_for("tenant.tracking", token=token), HTTPStatus.SEE_OTHER)
    if "suite" in request.form and tracked.feedback:
        return _complete(tracked)
    return _score(tracked)


def _score(tracked: TrackedComplaint) -> AnyResponse:
    form, token = request.form, tracked.token
    solved = "no" if "rouvrir" in form else form.get("regle")
    answer = _answer(form.get("note"), solved, words(form.get("comment", "")).strip())
    if answer.score is None and is_danger(answer.comment):
        answer = replace(answer, solved="no")  # Words of danger open it again, with a score or without.
    if answer.score is None and not reopens(answer.solved) and tracked.feedback is None:
        return feedback_page(tracked, answer, {"note": _(NO_SCORE)})
    try:
        _keep(tracked, answer)
    except BadInput as refusal:
        return feedback_page(tracked, answer, {"comment": _(TEXT_ERRORS[refusal.code])})
    except NotAllowed:
        # A second click on "not solved" finds the complaint already open again: that is what was wanted.
        if not (reopens(answer.solved) and open_tracked_complaint(token).was_reopened):
            return feedback_page(tracked, answer, status=HTTPStatus.CONFLICT)
    if reopens(answer.solved) or not open_tracked_complaint(token).is_closed:
        return redirect(url_for("tenant.tracking", token=token, avis=1), HTTPStatus.SEE_OTHER)
    return redirect(url_for("tenant.feedback", token=token, merci=1), HTTPStatus.SEE_OTHER)


def _complete(tracked: TrackedComplaint) -> AnyResponse:
    said = _said(request.form)
    ports: Ports = current_app.extensions["seve"].ports
    try:
        feedback.complete(tracked.member_id, tracked.complaint_id, said, ports)
    except BadInput as refusal:
        return feedback_page(tracked, Answer(), {"comment": _(TEXT_ERRORS[refusal.code])})
    except NotAllowed:
        return feedback_page(tracked, Answer(), status=HTTPStatus.CONFLICT)  # The month is over: the page says so.
    steps.wake_waiting(tracked.member_id, tracked.complaint_id, ports)
    return redirect(url_for("tenant.tracking", token=tracked.token, avis=1), HTTPStatus.SEE_OTHER)


def feedback_page(
    tracked: TrackedComplaint,
    answer: Answer,
    errors: dict[str, str] | None = None,
    *,
    closed_meanwhile: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Return the page, with what is known of the answer filled in."""
    ports: Ports = current_app.extensions["seve"].ports
    page = render_template(
        "tenant/feedback.html",
        tracked=tracked,
        member=tracked.sheet.member,
        complaint=tracked.sheet.complaint,
        answer=answer,
        said=_said(request.form),
        left=questions_left(tracked.feedback, ports.clock.now()),
        is_thanked="merci" in request.args,
        solved_choices=SOLVED.items(),
        visits=VISITS.items(),
        grades=GRADES.items(),
        errors=errors or {},
        closed_meanwhile=closed_meanwhile,
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else status)


def questions_left(given: Feedback | None, now: datetime) -> list[str]:
    """Return what may still be answered after the score: the work and the courtesy are two lines of one question."""
    if given is None or now > given.at + COMPLETE_WITHIN:
        return []
    is_open = {
        "solved": given.solved is None,
        "visit": given.visit is None,
        "people": given.work is None or given.courtesy is None,
        "informed": given.informed is None,
        "comment": given.comment is None,
    }
    return [name for name, is_left in is_open.items() if is_left]


def _keep(tracked: TrackedComplaint, answer: Answer) -> None:
    """Keep the answer, and wake the desk of a complaint it opens again. Nothing said, nothing kept."""
    if answer.score is None and answer.solved is None:
        return
    ports: Ports = current_app.extensions["seve"].ports
    feedback.give_feedback(
        tracked.member_id,
        tracked.complaint_id,
        score=answer.score,
        solved=answer.solved,
        comment=answer.comment,
        ports=ports,
    )
    steps.wake_waiting(tracked.member_id, tracked.complaint_id, ports)


def _answer(score: str | None, solved: str | None, comment: str = "") -> Answer:
    return Answer(read_score(score), solved if solved in SOLVED else None, comment)


def read_score(typed: str | None) -> int | None:
    """Return a score as sent by a page, or None."""
    return next((known for known in SCORES if str(known) == typed), None)


def _said(form: Mapping[str, str]) -> Answers:
    def grade(name: str) -> int | None:
        return next((known for known in GRADES if str(known) == form.get(name)), None)

    solved, visit = form.get("regle"), form.get("rendez_vous")
    return Answers(
        solved=solved if solved in SOLVED else None,
        visit=visit if visit in VISITS else None,
        work=grade("travail"),
        courtesy=grade("politesse"),
        informed=grade("information"),
        comment=words(form.get("comment", "")).strip(),
    )

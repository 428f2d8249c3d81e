"""The tenant's word once it is finished: a note in one click, and "no" opens the complaint again."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import BadInput, NotAllowed
from service.domain.feedback import SCORES, SOLVED, reopens
from service.journey import feedback, steps
from service.journey.ports import Ports
from service.tenant.form import TEXT_ERRORS, words
from service.tenant.tracked_complaint import TrackedComplaint, open_tracked_complaint

NO_SCORE = "Choisissez une note de 0 à 10 : un seul appui suffit. Si ce n'est pas réglé, vous pouvez aussi rouvrir."


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
    """Keep the answer and lead back to the tracking page, which says what happens next."""
    tracked, form = open_tracked_complaint(token), request.form
    if tracked.passed_to:  # It goes on elsewhere: that page says where, and asks when it is over.
        return redirect(url_for("tenant.tracking", token=token), HTTPStatus.SEE_OTHER)
    solved = "no" if "rouvrir" in form else form.get("regle")
    answer = _answer(form.get("note"), solved, words(form.get("comment", "")).strip())
    if answer.score is None and not reopens(answer.solved) and tracked.feedback is None:
        return feedback_page(tracked, answer, {"note": NO_SCORE})
    try:
        _keep(tracked, answer)
    except BadInput as refusal:
        return feedback_page(tracked, answer, {"comment": TEXT_ERRORS[refusal.code]})
    except NotAllowed:
        # A second click on "not solved" finds the complaint already open again: that is what was wanted.
        if not (reopens(answer.solved) and open_tracked_complaint(token).was_reopened):
            return feedback_page(tracked, answer, status=HTTPStatus.CONFLICT)
    return redirect(url_for("tenant.tracking", token=token, avis=1), HTTPStatus.SEE_OTHER)


def feedback_page(
    tracked: TrackedComplaint,
    answer: Answer,
    errors: dict[str, str] | None = None,
    *,
    closed_meanwhile: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Return the page, with what is known of the answer filled in."""
    page = render_template(
        "tenant/feedback.html",
        tracked=tracked,
        member=tracked.sheet.member,
        complaint=tracked.sheet.complaint,
        answer=answer,
        errors=errors or {},
        closed_meanwhile=closed_meanwhile,
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else status)


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
    return Answer(
        next((known for known in SCORES if str(known) == score), None),
        solved if solved in SOLVED else None,
        comment,
    )

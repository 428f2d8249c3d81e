"""The tenant's word once it is finished: a note in one click, and "no" opens the complaint again."""

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import BadInput, NotAllowed
from service.domain.feedback import SCORES, SOLVED, reopens
from service.journey import feedback, steps
from service.journey.ports import Ports
from service.tenant.dossier import Dossier, open_dossier
from service.tenant.form import TEXT_ERRORS, Errors, words

NO_SCORE = "Choisissez une note de 0 à 10 : un seul appui suffit. Si ce n'est pas réglé, vous pouvez aussi rouvrir."


def show_feedback(token: str) -> Response:
    """Show the page a mail's link leads to, with its answer ready. Only a button sends it: scanners follow links."""
    return feedback_page(
        open_dossier(token), score=_score(request.args.get("note")), solved=_solved(request.args.get("regle"))
    )


def give(token: str) -> AnyResponse:
    """Keep the answer and lead back to the tracking page, which says what happens next."""
    dossier, comment = open_dossier(token), words(request.form.get("comment", "")).strip()
    score = _score(request.form.get("note"))
    solved = "no" if "rouvrir" in request.form else _solved(request.form.get("regle"))
    if score is None and not reopens(solved) and dossier.feedback is None:
        return feedback_page(dossier, solved=solved, comment=comment, errors={"note": NO_SCORE}, status=422)
    ports: Ports = current_app.extensions["seve"].ports
    try:
        if score is not None or solved is not None:
            feedback.give_feedback(
                dossier.member_id, dossier.complaint_id, score=score, solved=solved, comment=comment, ports=ports
            )
    except BadInput as refusal:
        errors = {"comment": TEXT_ERRORS[refusal.code]}
        return feedback_page(dossier, score=score, solved=solved, comment=comment, errors=errors, status=422)
    except NotAllowed:
        # A second click on "not solved" finds the complaint already open again: that is what was wanted.
        if not (reopens(solved) and dossier.was_reopened):
            return feedback_page(dossier, status=409)
    steps.wake_waiting(dossier.member_id, dossier.complaint_id, ports)
    return redirect(url_for("tenant.tracking", token=token, avis=1), 303)


def feedback_page(  # noqa: PLR0913  The parts of one answer.
    dossier: Dossier,
    *,
    score: int | None = None,
    solved: str | None = None,
    comment: str = "",
    errors: Errors | None = None,
    closed_meanwhile: bool = False,
    status: int = 200,
) -> Response:
    """Return the page, with what is known of the answer filled in."""
    page = render_template(
        "tenant/feedback.html",
        dossier=dossier,
        member=dossier.sheet.member,
        complaint=dossier.sheet.complaint,
        score=score,
        solved=solved,
        comment=comment,
        errors=errors or {},
        closed_meanwhile=closed_meanwhile,
    )
    return make_response(page, status)


def _score(value: str | None) -> int | None:
    return next((score for score in SCORES if str(score) == value), None)


def _solved(value: str | None) -> str | None:
    return value if value in SOLVED else None

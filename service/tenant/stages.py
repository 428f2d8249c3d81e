"""What somebody says of a stage of their life as a tenant: arriving, works, leaving. No account, no name asked."""

from datetime import timedelta
from http import HTTPStatus

from flask import Flask, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.attempts import Attempts, sender
from service.domain.errors import BadInput
from service.domain.feedback import STAGES
from service.domain.languages import N_
from service.journey.feedback import stage_feedback
from service.journey.ports import Ports
from service.tenant.door import member_named
from service.tenant.feedback import read_score
from service.tenant.form import TRAP, is_our_nonce, words
from service.tenant.languages import gettext as _
from service.tenant.languages import spoken

WINDOW = timedelta(minutes=10)
PER_SENDER = 40  # words on a stage from one connection: a household says three, an office of the landlord many more
ERRORS = {
    "no_score": N_("Choisissez une note de 0 à 10."),
    "blank": N_("Écrivez quelques mots, ou laissez ce champ vide."),
    "too_long": N_("C'est trop long. Gardez l'essentiel."),
    "unstorable": N_("Un signe est illisible ici. Effacez-le ou recommencez ce champ."),
}
SEND_AGAIN = N_("La page était incomplète. Vérifiez votre avis, puis envoyez-le encore une fois.")
_LIMITS = "seve.tenant.stage_limits"


def register(app: Flask) -> None:
    """Count what is sent, so that no program fills the pages."""
    app.extensions[_LIMITS] = Attempts(PER_SENDER, WINDOW)


def list_stages(slug: str) -> str:
    """Show the stages one may say a word on."""
    return render_template("tenant/stages.html", member=member_named(slug), stages=STAGES)


def show_stage(slug: str, stage: str) -> Response:
    """Show the page of one stage; after sending, the same address thanks."""
    return _page(slug, stage)


def say_stage(slug: str, stage: str) -> AnyResponse:
    """Keep what was said, once for each page shown, and thank."""
    member, form, ports = member_named(slug), request.form, _ports()
    if stage not in STAGES:
        abort(404)
    nonce, limits = form.get("nonce", ""), current_app.extensions[_LIMITS]
    if form.get(TRAP, "").strip() or not is_our_nonce(nonce):
        return _page(slug, stage, {"note": _(SEND_AGAIN)})
    if not limits.is_left(sender(request.remote_addr), ports.clock.now()):
        return _page(slug, stage, must_wait=True)
    try:
        is_new = stage_feedback.say(
            member.id,
            stage,
            score=read_score(form.get("note")),
            comment=words(form.get("comment", "")).strip(),
            dwelling_reference=form.get("dwelling_reference", "").strip(),
            language=spoken().code,
            key=nonce,
            ports=ports,
        )
    except BadInput as refusal:
        return _page(slug, stage, {refusal.field or "note": _(ERRORS[refusal.code])})
    if is_new:
        limits.take(sender(request.remote_addr), ports.clock.now())
    return redirect(url_for("tenant.stage", slug=slug, stage=stage, merci=1), HTTPStatus.SEE_OTHER)


def _page(slug: str, stage: str, errors: dict[str, str] | None = None, *, must_wait: bool = False) -> Response:
    if stage not in STAGES:
        abort(404)
    name, about = STAGES[stage]
    page = render_template(
        "tenant/stage.html",
        member=member_named(slug),
        stage=stage,
        name=name,
        about=about,
        nonce=_nonce(),
        score=read_score(request.form.get("note")),
        typed={field: request.form.get(field, "") for field in ("comment", "dwelling_reference")},
        errors=errors or {},
        must_wait=must_wait,
        is_thanked="merci" in request.args and request.method == "GET",
        trap=TRAP,
    )
    response = make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK)
    if must_wait:
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


def _nonce() -> str:
    """Return the hidden number of the page at hand, so that sending it again stays the same word."""
    sent = request.form.get("nonce", "")
    return sent if is_our_nonce(sent) else _ports().random.token()


def _ports() -> Ports:
    found: Ports = current_app.extensions["seve"].ports
    return found

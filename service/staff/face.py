"""The staff face: every address of `/equipe`, and the door they stand behind."""

from flask import Blueprint, Flask, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service.domain.errors import NotFound, Refusal
from service.sign_in import Guesses
from service.staff import complaint, inbox, sign_in, wording

blueprint = Blueprint("staff", __name__, url_prefix="/equipe", template_folder="templates")

OPEN = frozenset({"staff.sign_in"})  # what may be asked before signing in

blueprint.add_url_rule("/connexion", view_func=sign_in.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/deconnexion", view_func=sign_in.sign_out, methods=["POST"])
blueprint.add_url_rule("/", view_func=inbox.inbox)
blueprint.add_url_rule("/demandes/<uuid:complaint_id>", view_func=complaint.show)
for _path, _view in (
    ("classement", complaint.correct),
    ("confirmation", complaint.confirm),
    ("attribution", complaint.assign),
    ("reponse", complaint.answer),
    ("cloture", complaint.close),
):
    blueprint.add_url_rule(f"/demandes/<uuid:complaint_id>/{_path}", view_func=_view, methods=["POST"])


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Attach the face. Its forms carry the CSRF token: nothing is exempt."""
    app.extensions["seve.staff.guesses"] = Guesses()
    app.register_blueprint(blueprint)


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    """Find out who asks, anew at each request, and send whoever is not signed in to the sign-in page."""
    g.staff = sign_in.signed_in()
    if g.staff or request.endpoint in OPEN:
        return None
    session.pop("staff", None)
    return redirect(url_for("staff.sign_in", suite=_where_to_come_back()), 303)


def _where_to_come_back() -> str | None:
    """Return the page asked for; for a form that was sent, the page it stands on."""
    if request.method == "GET":
        return request.full_path.removesuffix("?")
    if request.view_args:
        return url_for("staff.show", **request.view_args)
    return None


@blueprint.errorhandler(Refusal)
def explain(refusal: Refusal) -> ResponseReturnValue:
    """Show the page for what does not exist here, or for an address that was tampered with."""
    status = 404 if isinstance(refusal, NotFound) else 400
    return render_template("error.html", status=status), status


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"words": wording}

"""The network face: every address of `/reseau`, and the door they stand behind."""

from flask import Blueprint, Flask, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service.domain.trends import MIN_DWELLINGS
from service.network import figures, model, sign_in, trends
from service.sign_in import Guesses

blueprint = Blueprint("network", __name__, url_prefix="/reseau", template_folder="templates")

OPEN = frozenset({"network.sign_in"})  # what may be asked before signing in

blueprint.add_url_rule("/connexion", view_func=sign_in.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/deconnexion", view_func=sign_in.sign_out, methods=["POST"])
blueprint.add_url_rule("/", view_func=trends.show)
blueprint.add_url_rule("/tendances.csv", view_func=trends.download)
blueprint.add_url_rule("/modele", view_func=model.show_model)


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Attach the face. Its forms carry the CSRF token: nothing is exempt."""
    app.extensions["seve.network.guesses"] = Guesses()
    app.register_blueprint(blueprint)


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    """Find out who asks, anew at each request, and send whoever is not signed in to the sign-in page."""
    g.reader = sign_in.signed_in()
    if g.reader or request.endpoint in OPEN:
        return None
    session.pop("network", None)
    return redirect(url_for("network.sign_in"), 303)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"figures": figures, "least": MIN_DWELLINGS}

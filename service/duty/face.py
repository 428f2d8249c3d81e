"""The duty face: the page that a call to somebody on duty leads to, opened with the signed secret in its address."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service.domain.errors import NotFound
from service.duty import answering

blueprint = Blueprint("duty", __name__, url_prefix="/astreinte", template_folder="templates")

blueprint.add_url_rule("/<token>", "show", answering.show)
blueprint.add_url_rule("/<token>", "take", answering.take, methods=["POST"])


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Attach the face.

    Nobody is signed in here: the secret in the address is all there is, so that another site has nothing to borrow.
    A CSRF token would need a cookie, and would refuse a telephone that keeps none, at night, in a danger.
    """
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)


@blueprint.errorhandler(NotFound)
def _unknown(_refusal: NotFound) -> ResponseReturnValue:
    """Say what to do about a link that was cut or made up; not whether anything is behind it."""
    return render_template("duty/unknown.html", member=None), 404

"""The partners' face: the signed pages of suppliers and authorities, opened with the secret in their own address."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service.domain.errors import NotFound
from service.journey.submission.pictures import MOST
from service.partner import answering, files, wording

MAX_ANSWER = MOST * 9 * 1024 * 1024  # bytes: so many pictures of the largest size, and the words around them

blueprint = Blueprint("partner", __name__, url_prefix="/partenaire", template_folder="templates")

blueprint.add_url_rule("/<token>", "show", answering.show)
blueprint.add_url_rule("/<token>/fichiers/<uuid:attachment_id>", "file", files.give)
for _path, _name, _view in (
    ("accepter", "accept", answering.accept),
    ("refuser", "refuse", answering.refuse),
    ("planifier", "plan", answering.plan),
    ("fait", "finish", answering.finish),
):
    blueprint.add_url_rule(f"/<token>/{_path}", _name, _view, methods=["POST"])


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Attach the face. Its forms carry the CSRF token: nothing is exempt."""
    app.register_blueprint(blueprint)


@blueprint.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Let pictures in where they are expected; run before anything reads the form."""
    if endpoint == "partner.finish":
        request.max_content_length = MAX_ANSWER


@blueprint.errorhandler(NotFound)
def _unknown(_refusal: NotFound) -> ResponseReturnValue:
    """Say what to do about a link that was cut or made up; not whether anything is behind it."""
    title, text = "Ce lien ne s'ouvre pas", "Il est peut-être coupé : recopiez-le en entier depuis l'e-mail reçu."
    return render_template("partner/closed.html", member=None, title=title, text=text), 404


@blueprint.errorhandler(413)
def _too_heavy(_error: Exception) -> ResponseReturnValue:
    """Say how heavy pictures may be."""
    title = "L'envoi est trop lourd"
    text = f"Revenez à la page d'avant et choisissez {MOST} photos au plus, de 8 Mo au plus chacune. Rien n'est gardé."
    return render_template("partner/closed.html", member=None, title=title, text=text), 413


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"words": wording}

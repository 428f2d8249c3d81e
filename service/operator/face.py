"""The operator face: every address of `/exploitation`, and the door they stand behind. No complaint is seen here."""

from flask import Blueprint, Flask, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service import own_account
from service.domain.errors import NotFound
from service.operator import invitation, members, overview, readers, sign_in, wording

blueprint = Blueprint("operator", __name__, url_prefix="/exploitation", template_folder="templates")

# What may be asked before signing in.
OPEN = frozenset({"operator.sign_in", "operator.second_step", "operator.invitation"})

# What opens while a second factor is asked for and there is none yet.
SETTING_UP = frozenset(f"operator.{name}" for name in own_account.SETTING_UP)

blueprint.add_url_rule("/connexion", view_func=sign_in.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/connexion/code", view_func=sign_in.second_step, methods=["GET", "POST"])
blueprint.add_url_rule("/deconnexion", view_func=sign_in.sign_out, methods=["POST"])
blueprint.add_url_rule("/invitation/<token>", view_func=invitation.invitation, methods=["GET", "POST"])
for _address in own_account.addresses(sign_in.DOOR):
    blueprint.add_url_rule(_address.path, _address.name, _address.view, methods=_address.methods)
blueprint.add_url_rule("/", view_func=members.show)
blueprint.add_url_rule("/bailleurs", view_func=members.open_member, methods=["POST"])
blueprint.add_url_rule("/bailleurs/<uuid:member_id>", view_func=members.member)
blueprint.add_url_rule(
    "/bailleurs/<uuid:member_id>/administrateur", view_func=members.invite_administrator, methods=["POST"]
)
blueprint.add_url_rule("/lecteurs", view_func=readers.show_readers)
blueprint.add_url_rule("/lecteurs", view_func=readers.add_reader, methods=["POST"])
blueprint.add_url_rule("/lecteurs/<uuid:reader_id>/lien", view_func=readers.give_link, methods=["POST"])
blueprint.add_url_rule("/lecteurs/<uuid:reader_id>/compte", view_func=readers.switch, methods=["POST"])
blueprint.add_url_rule("/lecteurs/double-verification", view_func=readers.ask_second_factor, methods=["POST"])
blueprint.add_url_rule("/etat", view_func=overview.show_state)
blueprint.add_url_rule("/journal", view_func=overview.show_log)


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Attach the face. Its forms carry the CSRF token: nothing is exempt."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    """Find out who asks, anew at each request, and send whoever is not signed in to the sign-in page."""
    g.operator = sign_in.signed_in()
    if g.operator and g.operator.must_set_up and request.endpoint not in SETTING_UP:
        return redirect(sign_in.DOOR.url("own_factors"), 303)
    if g.operator or request.endpoint in OPEN:
        return None
    session.pop("operator", None)
    return redirect(url_for("operator.sign_in"), 303)


@blueprint.errorhandler(NotFound)
def explain(_refusal: NotFound) -> ResponseReturnValue:
    """Show the page for what does not exist here."""
    return render_template("error.html", status=404), 404


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"words": wording}

"""The network face: every address of `/reseau`, and the door they stand behind."""

from flask import Blueprint, Flask, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service import own_account
from service.domain.errors import Refusal
from service.journey import dates, numbers
from service.network import (
    api,
    data_sheet,
    decisions,
    download,
    figures,
    model,
    open_data,
    report,
    sign_in,
    trends,
    words,
)

blueprint = Blueprint("network", __name__, url_prefix="/reseau", template_folder="templates")

OPEN = frozenset({"network.sign_in", "network.second_step"})  # what may be asked before signing in
# What opens while a second factor is asked for and there is none yet.
SETTING_UP = frozenset(f"network.{name}" for name in own_account.SETTING_UP)

blueprint.add_url_rule("/connexion", view_func=sign_in.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/connexion/code", view_func=sign_in.second_step, methods=["GET", "POST"])
blueprint.add_url_rule("/deconnexion", view_func=sign_in.sign_out, methods=["POST"])
for _address in own_account.addresses(sign_in.DOOR):
    blueprint.add_url_rule(_address.path, _address.name, _address.view, methods=_address.methods)
blueprint.add_url_rule("/", view_func=trends.show)
blueprint.add_url_rule("/modele", view_func=model.show_model)
blueprint.add_url_rule("/protection", view_func=data_sheet.show_data_sheet)
blueprint.add_url_rule("/decisions", view_func=decisions.show_decisions)
blueprint.add_url_rule("/decisions", view_func=decisions.write_decision, methods=["POST"])
blueprint.add_url_rule("/decisions/<uuid:decision_id>", view_func=decisions.change_decision, methods=["POST"])
blueprint.add_url_rule(
    "/decisions/<uuid:decision_id>/retirer", view_func=decisions.take_back_decision, methods=["POST"]
)
blueprint.add_url_rule("/tendances.<extension>", view_func=download.give_data, defaults={"name": download.EVERYTHING})
blueprint.add_url_rule("/tendances/<name>.<extension>", view_func=download.give_data)
blueprint.add_url_rule("/mots", view_func=words.show_words)
blueprint.add_url_rule("/mots/accord", view_func=words.approve_word, methods=["POST"])
blueprint.add_url_rule("/mots/retrait", view_func=words.take_off_word, methods=["POST"])
blueprint.add_url_rule("/rapport", view_func=report.show_report)
blueprint.add_url_rule("/rapport.pdf", view_func=report.give_report)
blueprint.add_url_rule("/conseils", view_func=report.show_council)
blueprint.add_url_rule("/conseils.pdf", view_func=report.give_council)
blueprint.add_url_rule("/dictionnaire", view_func=download.show_dictionary)
blueprint.add_url_rule("/dictionnaire.<extension>", view_func=download.give_dictionary)


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Attach the face, its interface for programs, and what is open to all. Forms carry the CSRF token."""
    app.register_blueprint(blueprint)
    api.register(app, csrf)
    open_data.register(app, csrf)


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    """Find out who asks, anew at each request, and send whoever is not signed in to the sign-in page."""
    g.reader = sign_in.signed_in()
    if g.reader and g.reader.must_set_up and request.endpoint not in SETTING_UP:
        return redirect(sign_in.DOOR.url("own_factors"), 303)
    if g.reader or request.endpoint in OPEN:
        return None
    session.pop("network", None)
    return redirect(url_for("network.sign_in"), 303)


@blueprint.errorhandler(Refusal)
def explain(_refusal: Refusal) -> ResponseReturnValue:
    """Show the page for what is no longer so: an account closed in that very moment."""
    return render_template("error.html", status=400), 400


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"dates": dates, "figures": figures, "numbers": numbers, "risks": data_sheet.risks}

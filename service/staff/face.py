"""The staff face: every address of `/equipe`, and the door they stand behind."""

from flask import Blueprint, Flask, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service.domain.errors import NotFound, Refusal
from service.sign_in import Guesses
from service.staff import (
    clock_forms,
    complaint,
    contested_acts,
    deliveries,
    entry,
    files,
    inbox,
    incident_acts,
    incident_pages,
    letters,
    mending_acts,
    opinions,
    passing,
    rule_changes,
    rule_pages,
    sign_in,
    wording,
)
from service.staff.request_context import now

blueprint = Blueprint("staff", __name__, url_prefix="/equipe", template_folder="templates")

OPEN = frozenset({"staff.sign_in"})  # what may be asked before signing in

blueprint.add_url_rule("/connexion", view_func=sign_in.sign_in, methods=["GET", "POST"])
blueprint.add_url_rule("/deconnexion", view_func=sign_in.sign_out, methods=["POST"])
blueprint.add_url_rule("/", view_func=inbox.inbox)
blueprint.add_url_rule("/demandes/<uuid:complaint_id>", view_func=complaint.show)
blueprint.add_url_rule("/demandes/nouvelle", view_func=entry.show_entry)
blueprint.add_url_rule("/demandes/nouvelle", view_func=entry.enter, methods=["POST"])
blueprint.add_url_rule("/avis", view_func=opinions.show_opinions)
blueprint.add_url_rule("/demandes/<uuid:complaint_id>/fichiers/<uuid:attachment_id>", "file", files.give)
for _path, _view in (
    ("classement", complaint.correct),
    ("confirmation", complaint.confirm),
    ("contestation", contested_acts.uphold),
    ("attribution", complaint.assign),
    ("reponse", complaint.answer),
    ("cloture", complaint.close),
    ("question", clock_forms.ask),
    ("delai", clock_forms.extend),
    ("astreinte", clock_forms.take),
    ("transfert", passing.transfer),
    ("refus", passing.refuse),
    ("passage", passing.pass_on),
):
    blueprint.add_url_rule(f"/demandes/<uuid:complaint_id>/{_path}", view_func=_view, methods=["POST"])

# What was written to a tenant and has not left yet.
for _path, _name, _mends in (
    ("", "mend", mending_acts.mend),
    ("/maintenant", "send_now", mending_acts.send_now),
    ("/retenue", "withhold", mending_acts.withhold),
):
    blueprint.add_url_rule(
        f"/demandes/<uuid:complaint_id>/departs/<int:event_id>{_path}", _name, _mends, methods=["POST"]
    )

# The routing table: agents read it, supervisors change it.
blueprint.add_url_rule("/regles", view_func=rule_pages.rules)
blueprint.add_url_rule("/regles/brouillon", "rule_start", rule_changes.start, methods=["POST"])
for _path, _name, _page, _methods in (
    ("", "rule_version", rule_pages.rule_version, ["GET"]),
    ("/simulation", "rule_simulation", rule_pages.simulation, ["GET"]),
    ("/reprise", "rule_restart", rule_changes.start, ["POST"]),
    ("/suite", "rule_take_over", rule_changes.take_over, ["POST"]),
    ("/publication", "rule_publish", rule_changes.publish, ["POST"]),
    ("/suppression", "rule_discard", rule_changes.discard, ["POST"]),
    ("/lignes/<uuid:line_id>", "rule_line", rule_changes.line, ["GET"]),
    ("/lignes/<uuid:line_id>/enregistrement", "rule_save", rule_changes.save, ["POST"]),
    ("/lignes/<uuid:line_id>/monter", "rule_up", rule_changes.move_up, ["POST"]),
    ("/lignes/<uuid:line_id>/descendre", "rule_down", rule_changes.move_down, ["POST"]),
    ("/lignes/<uuid:line_id>/retrait", "rule_remove", rule_changes.remove, ["POST"]),
):
    blueprint.add_url_rule(f"/regles/<uuid:version_id>{_path}", _name, _page, methods=_methods)

blueprint.add_url_rule("/envois", view_func=deliveries.deliveries)
blueprint.add_url_rule("/envois/<uuid:delivery_id>/renvoi", view_func=deliveries.send_again, methods=["POST"])
blueprint.add_url_rule("/envois/<uuid:delivery_id>/prevenu", view_func=deliveries.told_otherwise, methods=["POST"])
blueprint.add_url_rule(
    "/envois/adresses/<uuid:endpoint_id>/renvoi", view_func=deliveries.send_all_again, methods=["POST"]
)

# What people bring to tenants: calls, printed letters; and what leaves soon.
blueprint.add_url_rule("/courriers", view_func=letters.letters)
blueprint.add_url_rule("/courriers/lots", "make_batch", letters.make_batch, methods=["POST"])
blueprint.add_url_rule("/courriers/lots/<uuid:batch_id>", "batch", letters.print_batch)
blueprint.add_url_rule("/courriers/lots/<uuid:batch_id>/poste", "batch_posted", letters.posted, methods=["POST"])
for _path, _name, _told in (
    ("appele", "called", letters.called),
    ("injoignable", "unreached", letters.unreached),
    ("lettre", "post_instead", letters.post_instead),
):
    blueprint.add_url_rule(f"/courriers/appels/<uuid:delivery_id>/{_path}", _name, _told, methods=["POST"])

# Collective incidents.
blueprint.add_url_rule("/incidents", view_func=incident_pages.incidents)
blueprint.add_url_rule("/incidents/annonce", "incident_announcing", incident_pages.announcing)
blueprint.add_url_rule("/incidents/annonce", "incident_announce", incident_acts.announce, methods=["POST"])
blueprint.add_url_rule("/incidents/<uuid:incident_id>", view_func=incident_pages.incident)
for _path, _name, _press in (
    ("decision", "incident_decide", incident_acts.decide),
    ("changement", "incident_change", incident_acts.change),
    ("lien", "incident_link", incident_acts.link),
    ("retrait", "incident_unlink", incident_acts.unlink),
    ("nouvelles", "incident_write", incident_acts.write),
    ("fin", "incident_resolve", incident_acts.resolve),
):
    blueprint.add_url_rule(f"/incidents/<uuid:incident_id>/{_path}", _name, _press, methods=["POST"])
for _path, _name, _beside in (
    ("incident", "incident_report", incident_acts.report),
    ("incident-connu", "incident_link_known", incident_acts.link_known),
    ("incident-retrait", "incident_unlink_known", incident_acts.unlink_known),
):
    blueprint.add_url_rule(f"/demandes/<uuid:complaint_id>/{_path}", _name, _beside, methods=["POST"])


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
    given = request.view_args or {}
    if "complaint_id" in given:
        return url_for("staff.show", complaint_id=given["complaint_id"])
    if "incident_id" in given:
        return url_for("staff.incident", incident_id=given["incident_id"])
    if "version_id" in given:
        return url_for("staff.rule_version", version_id=given["version_id"])
    if given.keys() & {"batch_id", "delivery_id", "endpoint_id"}:
        is_by_hand = request.path.startswith("/equipe/courriers/")
        return url_for("staff.letters" if is_by_hand else "staff.deliveries")
    return None


@blueprint.errorhandler(Refusal)
def explain(refusal: Refusal) -> ResponseReturnValue:
    """Show the page for what does not exist here, or for an address that was tampered with."""
    status = 404 if isinstance(refusal, NotFound) else 400
    return render_template("error.html", status=status), status


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"words": wording, "now": now()}

"""The staff face: every address of `/equipe`, and the door they stand behind."""

from flask import Blueprint, Flask, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service.domain.errors import Erased, NotFound, Refusal
from service.domain.permissions import LEADERS, Act, may, may_in_team
from service.heavy_request import WHOLE_FORM, read_to_the_end
from service.journey import reading
from service.journey.inbox.work_left import WorkLeft, work_left
from service.journey.people import identity_providers
from service.journey.transactions import looking_as, member_transaction
from service.staff import own_news, wording
from service.staff.administration import people_wording
from service.staff.inbox import keys
from service.staff.request_context import now
from service.staff.routes import BY_ENDPOINT, ROUTES
from service.staff.signing_in import sign_in
from service.staff.signing_in.passkeys import SETTING_UP

blueprint = Blueprint("staff", __name__, url_prefix="/equipe", template_folder="templates")
for _route in ROUTES:
    blueprint.add_url_rule(_route.path, _route.name, _route.view, methods=_route.methods)


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Attach the face. Its forms carry the CSRF token: nothing is exempt."""
    app.register_blueprint(blueprint)


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    """Find out who asks, anew at each request; send away whoever is not signed in, refuse what is not theirs to do."""
    route, g.left = BY_ENDPOINT[request.endpoint or ""], WorkLeft()
    # A page that asks by itself keeps no session open, unless somebody types in it.
    g.staff = sign_in.signed_in(is_use=not route.is_background or request.form.get("tape") == "1")
    if g.staff:
        # From here on PostgreSQL hides the sensitive complaints that this person is not named for.
        g.looking = looking_as(g.staff.id)
        g.looking.__enter__()
    if g.staff is None:
        if route.is_open:
            return None
        session.pop("staff", None)
        return redirect(url_for("staff.sign_in", suite=_where_to_come_back()), 303)
    if g.staff.must_set_up and route.name not in SETTING_UP:
        return redirect(url_for("staff.own_factors"), 303)
    if not _may(route.act):
        abort(403)
    g.left = g.left if route.is_background else _work_left()
    return None


def _work_left() -> WorkLeft:
    with member_transaction(g.staff.member_id) as transaction:
        return work_left(transaction, g.staff.id, now(), decides=g.staff.role in LEADERS)


# The forms that carry files: more is let in there than elsewhere.
_WITH_FILES = frozenset(
    f"staff.{name}" for name in ("enter", "answer", "ask", "tell_partner", "note", "preview", "hold_files")
)


@blueprint.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Run before anything reads the form."""
    if endpoint in _WITH_FILES:
        request.max_content_length = WHOLE_FORM


@blueprint.errorhandler(413)
def _too_heavy(_error: Exception) -> ResponseReturnValue:
    read_to_the_end()
    return _missing(413)


@blueprint.teardown_request
def _stop_looking(_error: BaseException | None) -> None:
    """Let go of the person: the next request of this thread is somebody else's."""
    looking = g.pop("looking", None)
    if looking:
        looking.__exit__(None, None, None)


def _may(act: Act) -> bool:
    """Say whether the person may do this: everywhere, or in the team that holds the complaint of the address."""
    if may(g.staff.role, act) or not g.staff.in_teams:
        return may(g.staff.role, act)
    complaint_id = (request.view_args or {}).get("complaint_id")
    if complaint_id is None:
        return False
    with member_transaction(g.staff.member_id) as transaction:
        team_id = reading.team_of(transaction, complaint_id)
    return may_in_team(g.staff.role, g.staff.in_teams, team_id, act)


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
    if isinstance(refusal, Erased):
        return render_template("staff/erased.html"), 410
    return _missing(404 if isinstance(refusal, NotFound) else 400)


@blueprint.errorhandler(403)
def _not_theirs(_error: Exception) -> ResponseReturnValue:
    return _missing(403)


def _missing(status: int) -> ResponseReturnValue:
    """Show why there is nothing to see, with the way back to the desk of whoever is signed in."""
    return render_template("staff/missing.html" if g.get("staff") else "error.html", status=status), status


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "words": wording,
        "now": now(),
        "may": _may,
        "Act": Act,
        "absence": people_wording.absence,
        "keys": keys,
        "told_ways": own_news.WAYS,
        "provider_for": identity_providers.way_for,
    }

"""Choosing a password by a link: to come in for the first time, or after one was forgotten."""

from http import HTTPStatus

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import own_account
from service import sign_in as way_in
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.passwords import LONGEST, SHORTEST
from service.domain.permissions import Act
from service.journey.people import invitations, throttling
from service.journey.people.invitations import Invited
from service.staff.request_context import ports
from service.staff.route import Route
from service.staff.signing_in.sign_in import DOOR

ASKED = "Si cette adresse a un compte, un message part dans la minute. Son lien sert une fois, pendant une heure."
MAX_EMAIL = 320


def invitation(token: str) -> ResponseReturnValue:
    """Let somebody choose a password; a link that is over says how to get another."""
    try:
        invited = invitations.look(token, ports())
    except NotFound:
        return render_template("staff/invitation_over.html", state="unknown"), HTTPStatus.NOT_FOUND
    if invited.state != "open":
        return _over(invited), HTTPStatus.GONE
    return _choose(token, invited) if request.method == "POST" else _page(invited)


def _choose(token: str, invited: Invited) -> ResponseReturnValue:
    password = request.form.get("new_password", "")
    if password != request.form.get("again", ""):
        return _page(invited, {"again": own_account.SENTENCES["password_twice"]}), 422
    try:
        found = invitations.accept(token, password, ports())
    except BadInput as refusal:
        return _page(invited, {"new_password": own_account.sentence(refusal)}), 422
    except NotAllowed:  # used meanwhile, in another window
        return _over(invitations.look(token, ports())), HTTPStatus.GONE
    return way_in.after_password(DOOR, found, DOOR.home, way_in.account_mark(DOOR, invited.email))


def forgotten() -> ResponseReturnValue:
    """Send a link to whoever forgot their password. The page says the same of every address, and as fast."""
    if request.method != "POST":
        return render_template("staff/forgotten.html", max_email=MAX_EMAIL)
    email = request.form.get("email", "").strip().lower()[:MAX_EMAIL]
    limits = ((throttling.FORGOTTEN, f"staff {email}"), (throttling.FORGOTTEN_FROM_NETWORK, way_in.here()))
    is_left = throttling.take(ports(), *limits) is not None
    flash(ASKED)
    answer = redirect(url_for("staff.sign_in"), 303)
    if is_left:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  As Flask says.
        answer.call_on_close(lambda: _send(app, email))
    return answer


def _send(app: Flask, email: str) -> None:
    """Look for the address once the page is sent: how long the page takes tells nobody whether it has an account."""
    with app.app_context():
        try:
            invitations.forgotten(email, ports())
        except Exception:
            app.logger.exception("forgotten_failed")


def _page(invited: Invited, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "staff/invitation.html", invited=invited, errors=errors or {}, shortest=SHORTEST, longest=LONGEST
    )


def _over(invited: Invited) -> str:
    return render_template("staff/invitation_over.html", state=invited.state, purpose=invited.purpose)


ROUTES = (
    Route("/invitation/<token>", invitation, "invitation", Act.READ, ("GET", "POST"), is_open=True),
    Route("/mot-de-passe-oublie", forgotten, "forgotten", Act.READ, ("GET", "POST"), is_open=True),
)

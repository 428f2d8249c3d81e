"""Signing in and out."""

from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.attempts import Attempts
from service.domain.submission import is_storable
from service.journey import accounts
from service.journey.accounts import SignedIn
from service.staff.asked import ports

# One sentence for both: a stranger does not learn which addresses have an account.
WRONG = "L'adresse ou le mot de passe n'est pas le bon. Vérifiez les deux, puis recommencez."
TOO_OFTEN = "Trop d'essais. Attendez un quart d'heure, puis recommencez."
HOME = "/equipe/"


def signed_in() -> SignedIn | None:
    """Return the person of the session, or None when there is none or they left meanwhile."""
    kept = session.get("staff")
    return accounts.staff_of(UUID(kept["member"]), UUID(kept["id"])) if kept else None


def sign_in() -> ResponseReturnValue:
    """Ask for an address and a password; open a new session when they are right."""
    suite = _local(request.values.get("suite"))
    if request.method == "GET":
        return redirect(suite, 303) if g.staff else _page(suite)
    attempts: Attempts = current_app.extensions["seve.staff.attempts"]
    email, now = request.form.get("email", "").strip().lower(), ports().clock.now()
    key = (email[:320], request.remote_addr or "")
    if not attempts.take(key, now):
        return _page(suite, TOO_OFTEN), 429
    staff = accounts.sign_in_staff(email, request.form.get("password", "")) if is_storable(email) else None
    if staff is None:
        return _page(suite, WRONG), 422
    attempts.forget(key)
    _open_session(staff)
    return redirect(suite, 303)


def sign_out() -> ResponseReturnValue:
    """Close the session."""
    session.clear()
    flash("Vous êtes déconnecté.")
    return redirect(url_for("staff.sign_in"), 303)


def _open_session(staff: SignedIn) -> None:
    """Start from an empty session, so that nothing planted before signing in is kept."""
    session.clear()
    session["staff"] = {"id": str(staff.id), "member": str(staff.member_id)}
    session.permanent = True


def _page(suite: str, error: str | None = None) -> str:
    typed = request.form.get("email", "")
    return render_template("staff/sign_in.html", suite=suite, error=error, email=typed)


def _local(suite: str | None) -> str:
    """Return where to go next, which is always a page of the staff face."""
    return suite if suite and suite.startswith(HOME) else HOME

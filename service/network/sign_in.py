"""Signing in and out."""

from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.attempts import Attempts
from service.domain.submission import is_storable
from service.journey import accounts
from service.journey.accounts import Reader

# One sentence for both: a stranger does not learn which addresses have an account.
WRONG = "L'adresse ou le mot de passe n'est pas le bon. Vérifiez les deux, puis recommencez."
TOO_OFTEN = "Trop d'essais. Attendez un quart d'heure, puis recommencez."


def signed_in() -> Reader | None:
    """Return the reader of the session, or None when there is none or they left meanwhile."""
    kept = session.get("network")
    return accounts.reader_of(UUID(kept)) if kept else None


def sign_in() -> ResponseReturnValue:
    """Ask for an address and a password; open a new session when they are right."""
    if request.method == "GET":
        return redirect(url_for("network.show"), 303) if g.reader else _page()
    attempts: Attempts = current_app.extensions["seve.network.attempts"]
    email = request.form.get("email", "").strip().lower()
    key = (email[:320], request.remote_addr or "")
    if not attempts.take(key, current_app.extensions["seve"].ports.clock.now()):
        return _page(TOO_OFTEN), 429
    reader = accounts.sign_in_reader(email, request.form.get("password", "")) if is_storable(email) else None
    if reader is None:
        return _page(WRONG), 422
    attempts.forget(key)
    session.clear()  # Nothing planted before signing in is kept, nor the session of another face.
    session["network"] = str(reader.id)
    session.permanent = True
    return redirect(url_for("network.show"), 303)


def sign_out() -> ResponseReturnValue:
    """Close the session."""
    session.clear()
    flash("Vous êtes déconnecté.")
    return redirect(url_for("network.sign_in"), 303)


def _page(error: str | None = None) -> str:
    return render_template("network/sign_in.html", error=error, email=request.form.get("email", ""))

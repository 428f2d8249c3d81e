"""Signing in and out."""

from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.journey import accounts
from service.journey.accounts import Reader
from service.sign_in import SIGNED_OUT, Refused, check, open_session


def signed_in() -> Reader | None:
    """Return the reader of the session, or None when there is none or they left meanwhile."""
    kept = session.get("network")
    return accounts.reader_of(UUID(kept)) if kept else None


def sign_in() -> ResponseReturnValue:
    """Ask for an address and a password; open a new session when they are right."""
    if request.method != "POST":
        return redirect(url_for("network.show"), 303) if g.reader else _page()
    reader = check(current_app.extensions["seve.network.guesses"], accounts.sign_in_reader)
    if isinstance(reader, Refused):
        return _page(reader.sentence), reader.status
    open_session("network", str(reader.id))
    return redirect(url_for("network.show"), 303)


def sign_out() -> ResponseReturnValue:
    """Close the session."""
    session.clear()
    flash(SIGNED_OUT)
    return redirect(url_for("network.sign_in"), 303)


def _page(error: str | None = None) -> str:
    return render_template("network/sign_in.html", error=error, email=request.form.get("email", ""))

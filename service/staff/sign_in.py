"""Signing in and out."""

from uuid import UUID

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service.journey import accounts
from service.journey.accounts import SignedIn
from service.sign_in import SIGNED_OUT, Refused, check, open_session

HOME = "/equipe/"


def signed_in() -> SignedIn | None:
    """Return the person of the session, or None when there is none or they left meanwhile."""
    kept = session.get("staff")
    return accounts.staff_of(UUID(kept["member"]), UUID(kept["id"])) if kept else None


def sign_in() -> ResponseReturnValue:
    """Ask for an address and a password; open a new session when they are right."""
    suite = _local(request.values.get("suite"))
    if request.method != "POST":
        return redirect(suite, 303) if g.staff else _page(suite)
    staff = check(current_app.extensions["seve.staff.guesses"], accounts.sign_in_staff)
    if isinstance(staff, Refused):
        return _page(suite, staff.sentence), staff.status
    open_session("staff", {"id": str(staff.id), "member": str(staff.member_id)})
    return redirect(suite, 303)


def sign_out() -> ResponseReturnValue:
    """Close the session."""
    session.clear()
    flash(SIGNED_OUT)
    return redirect(url_for("staff.sign_in"), 303)


def _page(suite: str, error: str | None = None) -> str:
    typed = request.form.get("email", "")
    return render_template("staff/sign_in.html", suite=suite, error=error, email=typed)


def _local(suite: str | None) -> str:
    """Return where to go next, which is always a page of the staff face."""
    return suite if suite and suite.startswith(HOME) and suite.isprintable() else HOME

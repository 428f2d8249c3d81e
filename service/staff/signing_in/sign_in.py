"""The way in of the staff face."""

from flask import current_app, g
from flask.typing import ResponseReturnValue

from service import sign_in as way_in
from service.journey.people import accounts, sessions
from service.journey.people.accounts import SignedIn
from service.sign_in import Door

DOOR = Door(
    "staff", "/equipe/", "staff/frame.html", "staff", accounts.sign_in_staff, lambda: g.staff, has_passkeys=True
)


def signed_in(*, is_use: bool) -> SignedIn | None:
    """Return the person of the session, or None when it has ended or they left meanwhile."""
    kept = way_in.kept(DOOR)
    if kept is None:
        return None
    now = current_app.extensions["seve"].ports.clock.now()
    return sessions.staff_in(kept.person, kept.session_id, now, is_use=is_use and way_in.is_use())


def sign_in() -> ResponseReturnValue:
    """Ask for an address and a password; whoever is in already goes on."""
    return way_in.sign_in(DOOR, is_in=g.staff is not None)


def second_step() -> ResponseReturnValue:
    """Ask for a code, or a key, once the password was right."""
    return way_in.second_step(DOOR)


def sign_out() -> ResponseReturnValue:
    """End the session."""
    return way_in.sign_out(DOOR)

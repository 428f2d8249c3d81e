"""The way in of the operator face."""

from flask import current_app, g
from flask.typing import ResponseReturnValue

from service import sign_in as way_in
from service.journey.people import accounts, sessions
from service.journey.people.accounts import Found, Reader
from service.sign_in import Door

ROLE = "operator"


def _find(email: str, password: str) -> Found | None:
    return accounts.sign_in_reader(email, password, ROLE)


DOOR = Door("operator", "/exploitation/", "operator/frame.html", "network", _find, lambda: g.operator)


def signed_in() -> Reader | None:
    """Return the operator of the session, or None when it has ended or they left meanwhile."""
    kept = way_in.kept(DOOR)
    if kept is None:
        return None
    ports = current_app.extensions["seve"].ports
    return sessions.reader_in(kept.person, kept.session_id, ROLE, ports, is_use=way_in.is_use())


def sign_in() -> ResponseReturnValue:
    """Ask for an address and a password; whoever is in already goes on."""
    return way_in.sign_in(DOOR, is_in=g.operator is not None)


def second_step() -> ResponseReturnValue:
    """Ask for a code once the password was right."""
    return way_in.second_step(DOOR)


def sign_out() -> ResponseReturnValue:
    """End the session."""
    return way_in.sign_out(DOOR)

"""Keys of the staff: signing in with one, and looking after one's own."""

from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue

from service import own_account
from service import sign_in as way_in
from service.domain.errors import BadInput, NotAllowed
from service.domain.permissions import Act
from service.journey.people import passkeys, throttling
from service.journey.people.own_account import check_again
from service.journey.people.passkeys import Challenge
from service.own_account import sentence, session_of
from service.staff.request_context import now, ports
from service.staff.route import Route, press
from service.staff.signing_in.sign_in import DOOR

LIVES = timedelta(minutes=5)  # a challenge that nobody answered
WRONG_KEY = "Cette clé n'est pas connue ici, ou elle a répondu trop tard. Recommencez, ou utilisez votre mot de passe."


def passkey_challenge() -> ResponseReturnValue:
    """Give a challenge to whoever wants to come in with a key."""
    return _asked(passkeys.ask_to_sign_in(ports()), "get")


def passkey_sign_in() -> ResponseReturnValue:
    """Let in whoever's key answers the challenge."""
    suite = way_in.local(DOOR, request.form.get("suite"))
    taken = throttling.take(ports(), (throttling.FROM_NETWORK, way_in.here()))
    if taken is None:
        return way_in.page(DOOR, suite, way_in.TOO_OFTEN), HTTPStatus.TOO_MANY_REQUESTS
    found = passkeys.sign_in(request.form.get("credential", ""), _challenge("get"), ports())
    if found is None:
        return way_in.page(DOOR, suite, WRONG_KEY), HTTPStatus.UNPROCESSABLE_ENTITY
    throttling.give_back(taken)
    if found.must_go_elsewhere:
        return way_in.page(DOOR, suite, way_in.ELSEWHERE), HTTPStatus.FORBIDDEN
    return way_in.come_in(DOOR, found.person, "passkey", suite)


def own_key_challenge() -> ResponseReturnValue:
    """Give a challenge to a new key, to whoever shows the password again."""
    try:
        check_again(g.staff, request.form.get("password", ""), ports(), is_adding=True)
        return _asked(passkeys.ask_to_add(g.staff.person, ports()), "create")
    except (BadInput, NotAllowed) as refusal:
        return {"error": sentence(refusal)}, HTTPStatus.UNPROCESSABLE_ENTITY


def own_key_add() -> ResponseReturnValue:
    """Keep the key that answered."""
    try:
        codes = passkeys.add(
            g.staff.person, request.form.get("credential", ""), _challenge("create"),
            name=request.form.get("key_name", ""), session_id=session_of(DOOR), ports=ports(),
        )  # fmt: skip
    except (BadInput, NotAllowed) as refusal:
        return own_account.refused(DOOR, "factors", refusal)
    return own_account.shown_once(DOOR, codes, "La clé d'accès est en place.")


def own_key_rename(key_id: UUID) -> ResponseReturnValue:
    """Give a key another name."""
    try:
        passkeys.rename(g.staff.person, key_id, request.form.get("key_name", ""))
    except BadInput as refusal:
        return own_account.refused(DOOR, "factors", refusal)
    return redirect(DOOR.url("own_factors"), 303)


def own_key_remove(key_id: UUID) -> ResponseReturnValue:
    """Take a key away."""
    try:
        check_again(g.staff, request.form.get("password", ""), ports())
        passkeys.remove(g.staff.person, key_id, ports())
    except (BadInput, NotAllowed) as refusal:
        return own_account.refused(DOOR, "factors", refusal)
    flash("La clé d'accès est retirée.")
    return redirect(DOOR.url("own_factors"), 303)


def _asked(challenge: Challenge, what: str) -> ResponseReturnValue:
    """Send a challenge, and keep in the signed cookie that this browser was asked it."""
    session["challenge"] = {"value": challenge.value, "for": what, "until": (now() + LIVES).isoformat()}
    return Response(challenge.options, content_type="application/json")


def _challenge(what: str) -> str:
    """Return the challenge this browser was asked, once; empty when there is none, or it is too old."""
    asked = session.pop("challenge", None) or {}
    is_living = asked.get("for") == what and now() < datetime.fromisoformat(asked["until"])
    return str(asked["value"]) if is_living else ""


ROUTES = (
    Route("/connexion/cle/defi", passkey_challenge, "passkey_challenge", Act.READ, ("POST",), is_open=True),
    Route("/connexion/cle", passkey_sign_in, "passkey_sign_in", Act.READ, ("POST",), is_open=True),
    press("/moi/verification/cles/defi", own_key_challenge, Act.READ),
    press("/moi/verification/cles", own_key_add, Act.READ),
    press("/moi/verification/cles/<uuid:key_id>/nom", own_key_rename, Act.READ),
    press("/moi/verification/cles/<uuid:key_id>/retrait", own_key_remove, Act.READ),
    *(Route(one.path, one.view, one.name, Act.READ, one.methods) for one in own_account.addresses(DOOR)),
)
# What opens while a member asks for a second factor and there is none yet.
SETTING_UP = own_account.SETTING_UP | {"own_key_challenge", "own_key_add"}

"""How people come in, by whichever face: what they type is checked, a session is written, and the cookie names it.

The cookie holds ids only. Between the password and the code there is no session: only a signed note, for five minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from service import known_browser
from service.attempts import sender
from service.domain import devices
from service.domain.submission import is_storable
from service.journey.people import passkeys, second_factor, sessions, throttling
from service.journey.people.accounts import Found, Person, Reader, SignedIn
from service.journey.people.throttling import Counted
from service.journey.ports import Ports

# One sentence for both: a stranger does not learn which addresses have an account.
WRONG = "L'adresse ou le mot de passe n'est pas le bon. Vérifiez les deux, puis recommencez."
TOO_OFTEN = "Trop d'essais. Attendez un quart d'heure, puis recommencez."
WRONG_CODE = "Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant, puis recommencez."
TOO_LATE = "Plus de cinq minutes ont passé. Recommencez depuis le début."
CHANGED = "Le mot de passe de ce compte a changé. Recommencez depuis le début."
ELSEWHERE = "Votre bailleur vous fait entrer par son propre service de connexion. Utilisez son bouton."
SIGNED_OUT = "Vous êtes déconnecté."
HALF_OPEN = timedelta(minutes=5)


@dataclass(frozen=True)
class Door:
    """The way in of one face. Its blueprint has the endpoints `sign_in`, `second_step` and those of own_account."""

    face: str  # the name of its blueprint, and of what it keeps in the cookie
    home: str  # the beginning of its addresses, and its first page
    frame: str  # the template its pages stand in
    look: str  # the class of its pages
    find: Callable[[str, str], Found | None]  # by address and password
    who: Callable[[], SignedIn | Reader]  # who is in, within a request
    has_passkeys: bool = False

    def url(self, endpoint: str) -> str:
        """Return the address of one of its pages."""
        return url_for(f"{self.face}.{endpoint}")


@dataclass(frozen=True)
class Kept:
    """What the cookie says: who, and in which session."""

    person: Person
    session_id: UUID


def kept(door: Door) -> Kept | None:
    """Return what the cookie says; whether that session goes on, the database knows."""
    said: Any = session.get(door.face)
    try:
        member_id = UUID(said["member"]) if said.get("member") else None
        return Kept(Person(UUID(said["id"]), member_id), UUID(said["session"]))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # no session, or a cookie of before


def here() -> str:
    """Return the network the present request comes from, as attempts are counted."""
    return sender(request.remote_addr)


def is_use() -> bool:
    """Say whether a person asked for this: programs that look ahead keep no session open."""
    return request.method != "HEAD"


def sign_in(door: Door, *, is_in: bool) -> ResponseReturnValue:
    """Ask for an address and a password; when they are right, let in or ask for the second step."""
    suite = local(door, request.values.get("suite"))
    if request.method != "POST":
        return redirect(suite, 303) if is_in else page(door, suite)
    ports, email = _ports(), request.form.get("email", "").strip().lower()
    account = account_mark(door, email)
    own = _password_limits(account)
    taken = throttling.take(ports, *own, (throttling.FROM_NETWORK, here()))
    if taken is None:
        return page(door, suite, TOO_OFTEN), HTTPStatus.TOO_MANY_REQUESTS
    found = door.find(email if is_storable(email) else "", request.form.get("password", ""))
    if found is None:
        return page(door, suite, WRONG), HTTPStatus.UNPROCESSABLE_ENTITY
    throttling.give_back(taken)
    throttling.forget(ports, own[0])
    return after_password(door, found, suite, account)


def account_mark(door: Door, email: str) -> str:
    """Return what stands for an account where its address must not be read."""
    return throttling.digest(_ports(), "account", door.face, email.strip().lower())[:22]


def _password_limits(account: str) -> tuple[Counted, ...]:
    """Return what counts an attempt on an account: a browser let in before is counted by itself, others together."""
    browser = known_browser.mark_of(_ports(), account)
    if browser:
        return ((throttling.PASSWORD_KNOWN, f"{account} {browser}"),)
    return ((throttling.PASSWORD_HERE, f"{account} {here()}"), (throttling.PASSWORD_ANYWHERE, account))


def after_password(door: Door, found: Found, suite: str, account: str) -> ResponseReturnValue:
    """Go on with somebody whose password, or whose link to choose one, was right; `account` is their account_mark."""
    if found.must_go_elsewhere:
        return page(door, suite, ELSEWHERE), HTTPStatus.FORBIDDEN
    if not found.has_second_factor:
        return come_in(door, found.person, "password", suite, account)
    session.clear()
    session["half"] = {
        "face": door.face, "id": str(found.person.id), "member": str(found.person.member_id or ""), "suite": suite,
        "account": account, "code": found.has_code, "passkey": found.has_passkey,
        "password": second_factor.mark_of(found.person, _ports()),
        "until": (_ports().clock.now() + HALF_OPEN).isoformat(),
    }  # fmt: skip
    return redirect(door.url("second_step"), 303)


def second_step(door: Door) -> ResponseReturnValue:
    """Ask for a code of the application, or one of the printed list; let in when it is right."""
    half = session.get("half") or {}
    ports = _ports()
    if half.get("face") != door.face or datetime.fromisoformat(half["until"]) <= ports.clock.now():
        session.pop("half", None)
        if request.method == "POST":
            flash(TOO_LATE)
        return redirect(door.url("sign_in"), 303)
    if request.method != "POST":
        return _step_page(door)
    person = Person(UUID(half["id"]), UUID(half["member"]) if half["member"] else None)
    if half.get("password") != second_factor.mark_of(person, ports):  # changed since: it proves nothing any more
        session.pop("half", None)
        flash(CHANGED)
        return redirect(door.url("sign_in"), 303)
    taken = throttling.take(ports, *_code_limits(person, half["account"]))
    if taken is None:
        return _step_page(door, TOO_OFTEN), HTTPStatus.TOO_MANY_REQUESTS
    means = second_factor.means_of(person, request.form.get("code", ""), request.form.get("recovery", ""), ports)
    if means is None:
        return _step_page(door, WRONG_CODE), HTTPStatus.UNPROCESSABLE_ENTITY
    throttling.give_back(taken)
    return come_in(door, person, means, half["suite"], half["account"])


def _code_limits(person: Person, account: str) -> tuple[Counted, ...]:
    browser, who = known_browser.mark_of(_ports(), account), str(person.id)
    if browser:
        return ((throttling.CODE_KNOWN, f"{who} {browser}"), (throttling.CODE_IN_A_DAY, f"{who} {browser}"))
    return ((throttling.CODE_ANYWHERE, who), (throttling.CODE_IN_A_DAY, who))


def come_in(door: Door, person: Person, means: str, suite: str, account: str = "") -> ResponseReturnValue:
    """Open a session for somebody who was checked, and lead them to the page they asked for.

    Nothing planted in the cookie before is kept, nor the session of another face. With `account`, an account_mark, this
    browser is known from now on for that account.
    """
    ports, before = _ports(), kept(door)
    session_id = sessions.open_for(person, means, devices.in_words(request.user_agent.string), ports)
    if before:
        sessions.end(before.person, before.session_id, "signed_out", ports.clock.now())
    session.clear()
    session[door.face] = {"id": str(person.id), "session": str(session_id)}
    if person.member_id:
        session[door.face]["member"] = str(person.member_id)
    session.permanent = True
    answer = redirect(local(door, suite), 303)
    return known_browser.remember(answer, ports, account) if account else answer


def sign_out(door: Door) -> ResponseReturnValue:
    """End the session: no copy of its cookie opens anything any more."""
    found = kept(door)
    if found:
        sessions.end(found.person, found.session_id, "signed_out", _ports().clock.now())
    session.clear()
    flash(SIGNED_OUT)
    return redirect(door.url("sign_in"), 303)


def page(door: Door, suite: str, error: str | None = None) -> str:
    """Return the page that asks for an address and a password."""
    return render_template(
        f"{door.face}/sign_in.html",
        door=door,
        suite=suite,
        error=error,
        email=request.form.get("email", ""),
        keys_work=door.has_passkeys and passkeys.are_possible(_ports()),
    )


def local(door: Door, suite: str | None) -> str:
    """Return where to go next, which is always a page of the face."""
    return suite if suite and suite.startswith(door.home) and suite.isprintable() else door.home


def _step_page(door: Door, error: str | None = None) -> str:
    return render_template("account/second_step.html", door=door, error=error, half=session["half"])


def _ports() -> Ports:
    found: Ports = current_app.extensions["seve"].ports
    return found

"""What both sign-in pages share: their sentences, how long a guesser waits, and how a session opens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar

from flask import current_app, request, session

from service.attempts import Attempts, sender
from service.domain.submission import is_storable
from service.journey.ports import Ports

# One sentence for both: a stranger does not learn which addresses have an account.
WRONG = "L'adresse ou le mot de passe n'est pas le bon. Vérifiez les deux, puis recommencez."
TOO_OFTEN = "Trop d'essais. Attendez un quart d'heure, puis recommencez."
SIGNED_OUT = "Vous êtes déconnecté."

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5  # attempts on one account from one place
PER_SENDER = 50  # failures from one place, whatever the accounts: one password tried on many of them
_LONGEST_EMAIL = 320  # characters

Account = TypeVar("Account")


class Guesses:
    """The recent attempts on one sign-in page."""

    def __init__(self) -> None:
        self._per_account = Attempts(PER_ACCOUNT, WINDOW)
        self._per_sender = Attempts(PER_SENDER, WINDOW)

    def take(self, email: str) -> bool:
        """Take one attempt for the present request; False when none is left for now."""
        ports: Ports = current_app.extensions["seve"].ports
        now, here = ports.clock.now(), sender(request.remote_addr)
        # The account first: whoever insists on one that is held back does not use up the attempts of the office.
        return self._per_account.take((_shortened(email), here), now) and self._per_sender.take(here, now)

    def succeeded(self, email: str) -> None:
        """Give back the attempts on the account, and the one that succeeded: one good account pardons no others."""
        here = sender(request.remote_addr)
        self._per_account.forget((_shortened(email), here))
        self._per_sender.give_back(here)


@dataclass(frozen=True)
class Refused:
    """Why nobody is let in, in French, and the status of the page that says it."""

    sentence: str
    status: HTTPStatus


def check(guesses: Guesses, find: Callable[[str, str], Account | None]) -> Account | Refused:
    """Return the account of the address and the password of the form sent, found by `find`."""
    email = request.form.get("email", "").strip().lower()
    if not guesses.take(email):
        return Refused(TOO_OFTEN, HTTPStatus.TOO_MANY_REQUESTS)
    found = find(email, request.form.get("password", "")) if is_storable(email) else None
    if found is None:
        return Refused(WRONG, HTTPStatus.UNPROCESSABLE_ENTITY)
    guesses.succeeded(email)
    return found


def open_session(name: str, who: object) -> None:
    """Start from an empty session: nothing planted before signing in is kept, nor the session of another face."""
    session.clear()
    session[name] = who
    session.permanent = True


def _shortened(email: str) -> str:
    return email[:_LONGEST_EMAIL]

"""Browsers from which somebody has come in before: a cookie that opens nothing, and keeps strangers' tries apart.

Whoever tries to guess a password from everywhere at once slows down everybody who is not known; the person it belongs
to goes on coming in. The cookie holds a random mark and digests of accounts, signed.
"""

from datetime import timedelta

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from service.journey.ports import Ports

COOKIE = "seve_connu"
LASTS = timedelta(days=180)
_MOST = 8  # accounts of one browser: a computer that an office shares


def mark_of(ports: Ports, account: str) -> str | None:
    """Return the mark of this browser, when this account has come in from it; None otherwise.

    `account` is what sign_in.account_mark stands for it with: the cookie tells nobody an address.
    """
    mark, accounts = _read(ports)
    return mark if account in accounts else None


def remember(answer: Response, ports: Ports, account: str) -> Response:
    """Send the cookie with an answer: this account has come in from here."""
    mark, accounts = _read(ports)
    known = [account, *(one for one in accounts if one != account)][:_MOST]
    answer.set_cookie(
        COOKIE,
        _written(ports).dumps([mark or ports.random.token(), known]),
        max_age=LASTS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def _read(ports: Ports) -> tuple[str, list[str]]:
    try:
        mark, accounts = _written(ports).loads(request.cookies.get(COOKIE, ""), max_age=int(LASTS.total_seconds()))
    except BadData:
        return "", []
    return mark, accounts


def _written(ports: Ports) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(ports.secret_key, salt="known browser")

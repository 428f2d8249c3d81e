"""What a token by which a member's extranet introduces a tenant must say, and for how long it is good."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from service.domain.errors import Refusal
from service.domain.submission import is_storable

ALGORITHMS = ("HS256", "RS256", "ES256", "EdDSA")  # each key has one of them, and accepts no other
LONGEST_TOKEN = 4096  # characters
LONGEST = 300  # characters of one claim
LIFE = timedelta(minutes=5)  # from `iat`, whatever `exp` says
SKEW = timedelta(seconds=30)  # by which two clocks may differ
SECOND_TAP = timedelta(seconds=10)  # in which the same browser may bring it again, as long as no form was shown
FORM_STAYS = timedelta(hours=2)  # for which the form knows whom it was opened for
FEWEST_BYTES = 32  # of a secret that we share with a member
_HEADER = {"alg", "kid", "typ"}  # whatever else stands there would have us do what nobody asked for
_TEXTS = ("sub", "dwelling", "name", "email", "phone", "language", "return_url")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class NotIntroduced(Refusal):
    """A token that introduces nobody; `return_url` is known only when the member itself signed it."""

    def __init__(self, code: str, field: str | None = None, return_url: str | None = None) -> None:
        super().__init__(code, field)
        self.return_url = return_url


@dataclass(frozen=True)
class Introduced:
    """Who comes from the member's extranet, as far as it says."""

    tenancy_reference: str | None
    dwelling_reference: str | None
    name: str | None
    email: str | None
    phone: str | None
    language: str | None
    return_url: str | None


def key_name(header: Mapping[str, Any]) -> str:
    """Return the name of the key a token says it is signed with.

    Raises
    ------
    NotIntroduced
        `bad_header` when the header says anything but an algorithm of ours, a key and a type.

    """
    name = header.get("kid")
    is_plain = set(header) <= _HEADER and str(header.get("typ", "JWT")).upper() == "JWT"
    if not is_plain or header.get("alg") not in ALGORITHMS or not isinstance(name, str):
        raise NotIntroduced("bad_header")
    if not 0 < len(name) <= LONGEST or not is_storable(name):
        raise NotIntroduced("bad_header")
    return name


def check_claims(claims: Mapping[str, Any], issuer: str, audience: str, now: datetime) -> str:
    """Return the `jti` of a token whose signature is good, once it is found to be for us and in time.

    Raises
    ------
    NotIntroduced
        `wrong_issuer`, `wrong_audience`, `not_yet`, `expired` or `bad_claim`, with the claim as field.

    """
    if claims.get("iss") != issuer:
        raise NotIntroduced("wrong_issuer", "iss")
    if claims.get("aud") not in (audience, [audience]):
        raise NotIntroduced("wrong_audience", "aud")
    _check_times(claims, now.timestamp())
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti.strip() or len(jti) > LONGEST or not is_storable(jti):
        raise NotIntroduced("bad_claim", "jti")
    return jti


def introduced(claims: Mapping[str, Any]) -> Introduced:
    """Return whom the claims introduce; claims we do not know are left aside.

    Raises
    ------
    NotIntroduced
        `bad_claim` for one of another type, over-long, or with signs that no form sends.

    """
    said = {name: _text(claims, name) for name in _TEXTS}
    return Introduced(
        tenancy_reference=said["sub"],
        dwelling_reference=said["dwelling"],
        name=said["name"],
        email=said["email"],
        phone=said["phone"],
        language=said["language"],
        return_url=said["return_url"],
    )


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
    begins = max(issued, _instant(claims, "nbf") if "nbf" in claims else issued)
    if begins > now + SKEW.total_seconds():
        raise NotIntroduced("not_yet", "iat")
    if min(expires, issued + LIFE.total_seconds()) + SKEW.total_seconds() <= now:
        raise NotIntroduced("expired", "exp")


def _instant(claims: Mapping[str, Any], name: str) -> float:
    """Return a claim that counts seconds; a whole number too long to be one is refused as the others."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15 or math.isnan(value):  # noqa: PLR2004
        raise NotIntroduced("bad_claim", name)
    return float(value)


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LONGEST or not is_storable(value) or _CONTROL.search(value):
        raise NotIntroduced("bad_claim", name)
    return value.strip() or None

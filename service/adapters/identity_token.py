"""The token in which an identity provider says who somebody is, and the keys it is signed with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core.claims import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from service.domain.identity_provider import FRESH, Faulty

SKEW = 60  # seconds between a provider's clock and ours
FEWEST_RSA_BITS = 2048
Key = RSAKey | ECKey


@dataclass(frozen=True)
class Expected:
    """What a token must say: from whom, for whom, in answer to what, and beside which access token."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


def header_of(token: str) -> Mapping[str, Any]:
    """Return how a token says that it is signed; nothing of it is proven yet."""
    return jws.extract_compact(token.encode()).headers()


def check(token: str, key: Key, algorithms: Sequence[str], expected: Expected, now: datetime) -> Mapping[str, Any]:
    """Return what a token says once its signature holds and nothing in it is wrong.

    Raises
    ------
    Faulty, JoseError, ValueError, TypeError, KeyError
        Whatever is wrong with it.

    """
    read = jwt.decode(token, key, algorithms=list(algorithms))
    claims = CodeIDToken(
        read.claims,
        read.header,
        {"iss": {"essential": True, "value": expected.issuer}, "aud": {"essential": True, "value": expected.client_id}},
        {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token},
    )
    claims.validate(int(now.timestamp()), SKEW)
    if claims["iat"] < (now - FRESH).timestamp():
        raise Faulty("token")
    return dict(claims)


def read_keys(given: object) -> dict[str, Key]:
    """Return the public keys that sign, by their names.

    Those of a kind we do not take are left out: what a provider adds must not keep people out.
    """
    if not isinstance(given, list):
        raise Faulty("keys")
    keys: dict[str, Key] = {}
    for number, one in enumerate(given):
        key = _read_key(one) if isinstance(one, dict) else None
        if key:
            keys[one["kid"] if isinstance(one.get("kid"), str) else f"\0{number}"] = key
    return keys


def _read_key(given: Mapping[str, Any]) -> Key | None:
    if given.get("use", "sig") != "sig":
        return None
    try:
        if given.get("kty") == "EC":
            return ECKey.import_key({name: given[name] for name in ("kty", "crv", "x", "y")})
        if given.get("kty") == "RSA" and len(given["n"]) * 6 >= FEWEST_RSA_BITS:
            return RSAKey.import_key({name: given[name] for name in ("kty", "n", "e")})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None

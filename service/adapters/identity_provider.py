"""Members' identity providers, spoken to in OpenID Connect: authorization code, PKCE, and a token checked to the end.

The protocol's words are made and read by authlib, signatures by joserfc; everything goes out through `Outgoing`.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError

from service.adapters import identity_token
from service.adapters.identity_token import Key
from service.adapters.outgoing import Answer, Outgoing
from service.domain.identity_provider import (
    WELL_KNOWN,
    Client,
    Description,
    Faulty,
    Identity,
    RoundTrip,
    code_of,
    identity_of,
    read_description,
)
from service.journey.ports import Clock, OutsideFailed

KEPT = timedelta(minutes=10)  # what a provider says of itself, and its keys
KEYS_AGAIN = timedelta(minutes=1)  # at the most so often for a key that is not known
FAILED = timedelta(seconds=15)  # a provider that does not answer is not asked again, so that it holds nobody up
SCOPE = "openid email profile"
NOT_FOUND, REFUSED = 404, (400, 401, 403)
T = TypeVar("T")


@dataclass(frozen=True)
class _Kept(Generic[T]):
    """Something fetched, or how that failed."""

    at: datetime
    value: T | None
    failure: str = ""


class OidcProviders:
    """Speaks OpenID Connect over HTTP. Threads may share it."""

    def __init__(self, outgoing: Outgoing, clock: Clock) -> None:
        self._outgoing = outgoing
        self._clock = clock
        self._described: dict[str, _Kept[Description]] = {}
        self._keys: dict[str, _Kept[dict[str, Key]]] = {}
        self._lock = threading.Lock()

    def way_in(self, client: Client, trip: RoundTrip) -> str:
        """Return the address at the provider where a person signs in, or raise Faulty."""
        with _named():
            described = self._description(client.issuer)
            address: str = prepare_grant_uri(
                described.authorization,
                client_id=client.client_id,
                response_type="code",
                redirect_uri=client.return_to,
                scope=SCOPE,
                state=trip.state,
                nonce=trip.nonce,
                code_challenge=create_s256_code_challenge(trip.verifier),
                code_challenge_method="S256",
            )
            return address

    def identify(self, client: Client, trip: RoundTrip, answer: Mapping[str, str]) -> Identity:
        """Return who came back from the provider, or raise Faulty."""
        with _named():
            described = self._description(client.issuer)
            given = self._fetch_token(described, client, trip, code_of(answer, described))
            claims = self._check(described, client, trip, given)
            return identity_of(self._with_email(described, claims, given["access_token"]))

    def examine(self, issuer: str) -> Description:
        """Ask a provider anew what it says of itself and for its keys, or raise Faulty."""
        with _named():
            described = self._describe(issuer)
            if not self._fetch_keys(described.keys):
                raise Faulty("keys")
            return described

    def _description(self, issuer: str) -> Description:
        return self._keep(self._described, issuer, KEPT, lambda: self._describe(issuer))

    def _describe(self, issuer: str) -> Description:
        return read_description(self._read(self._outgoing.get(issuer.rstrip("/") + WELL_KNOWN)), issuer)

    def _fetch_token(self, described: Description, client: Client, trip: RoundTrip, code: str) -> dict[str, Any]:
        """Give the code for a token; whoever took the code on its way lacks what PKCE asks."""
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=client.return_to, code_verifier=trip.verifier
        )
        url, headers, body = _saying_who(described, client).prepare(
            "POST", described.token, {"Content-Type": "application/x-www-form-urlencoded"}, body
        )
        answer = self._outgoing.post(url, body.encode(), headers | {"Accept": "application/json"})
        if answer.status in REFUSED:
            raise Faulty("client" if _error_of(answer) in {"invalid_client", "unauthorized_client"} else "code")
        given = self._read(answer)
        if not isinstance(given.get("id_token"), str) or not isinstance(given.get("access_token"), str):
            raise Faulty("token")
        return given

    def _check(
        self, described: Description, client: Client, trip: RoundTrip, given: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Return what the identity token says once nothing in it is wrong."""
        token, access_token = given["id_token"], given["access_token"]
        key = self._key(described, identity_token.header_of(token))
        expected = identity_token.Expected(client.issuer, client.client_id, trip.nonce, access_token)
        return identity_token.check(token, key, described.algorithms, expected, self._clock.now())

    def _key(self, described: Description, header: Mapping[str, Any]) -> Key:
        """Return the key that a token says it is signed with; one that is not known may be new: then ask once more."""
        if header.get("alg") not in described.algorithms:
            raise Faulty("token")
        kid = header.get("kid")
        for oldest in (KEPT, KEYS_AGAIN):
            keys = self._keep(self._keys, described.keys, oldest, lambda: self._fetch_keys(described.keys))
            if isinstance(kid, str) and kid in keys:
                return keys[kid]
            if kid is None and len(keys) == 1:
                return next(iter(keys.values()))
        raise Faulty("token")

    def _fetch_keys(self, address: str) -> dict[str, Key]:
        """Return the provider's public keys that sign, by their names; those of a kind we do not take are left out."""
        return identity_token.read_keys(self._read(self._outgoing.get(address)).get("keys"))

    def _with_email(self, described: Description, claims: Mapping[str, Any], access_token: str) -> Mapping[str, Any]:
        """Ask for the person's address when the token does not say it. Without an answer, there is none."""
        if "email" in claims or described.userinfo is None:
            return claims
        try:
            said = self._read(self._outgoing.get(described.userinfo, {"Authorization": f"Bearer {access_token}"}))
        except (OutsideFailed, Faulty):
            return claims
        if said.get("sub") != claims["sub"]:
            raise Faulty("token")
        return {"sub": claims["sub"], "email": said.get("email"), "email_verified": said.get("email_verified")}

    def _keep(self, kept: dict[str, _Kept[T]], name: str, oldest: timedelta, fetch: Callable[[], T]) -> T:
        """Return what is kept, unless it is too old; then what is fetched. A failure is kept for a moment too."""
        now = self._clock.now()
        with self._lock:
            found = kept.get(name)
        if found is None or found.at <= now - (FAILED if found.failure else oldest):
            try:
                found = _Kept(now, fetch())
            except Faulty as fault:
                found = _Kept(now, None, fault.code)
            except OutsideFailed:
                found = _Kept(now, None, "unreachable")
            with self._lock:
                kept[name] = found
        if found.value is None:
            raise Faulty(found.failure)
        return found.value

    @staticmethod
    def _read(answer: Answer) -> dict[str, Any]:
        """Return the JSON object of an answer."""
        if not answer.is_success:
            raise Faulty("not_found" if answer.status == NOT_FOUND else "unreachable")
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise Faulty("unreadable") from None
        if not isinstance(said, dict):
            raise Faulty("unreadable")
        return said


@contextmanager
def _named() -> Iterator[None]:
    """Say of whatever goes wrong at a provider what kind of thing it was, without a word of what was read."""
    try:
        yield
    except OutsideFailed:
        raise Faulty("unreachable") from None
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise Faulty("token") from None


def _saying_who(described: Description, client: Client) -> ClientAuth:
    """Return how we say who we are when we fetch a token."""
    if client.secret is None:
        return ClientAuth(client.client_id, None, "none")
    if described.said_by is None:
        raise Faulty("client")
    if described.said_by == "client_secret_basic":  # Both are encoded before they are put together (RFC 6749, 2.3.1).
        return ClientAuth(quote(client.client_id, safe=""), quote(client.secret, safe=""), described.said_by)
    return ClientAuth(client.client_id, client.secret, described.said_by)


def _error_of(answer: Answer) -> object:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return said.get("error") if isinstance(said, dict) else None

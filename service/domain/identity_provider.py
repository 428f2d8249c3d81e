"""Signing in at a member's own identity provider by OpenID Connect: what is asked of it, and what it may say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from service.domain.endpoints import read_destination
from service.domain.errors import BadInput, Refusal
from service.domain.submission import check_text

LONGEST = 300  # characters of an address, a name, an identifier
MOST_DOMAINS = 20
LASTS = timedelta(minutes=10)  # from our page to the provider's and back
FRESH = timedelta(minutes=10)  # an identity token is fetched at once: an older one was kept by somebody
WELL_KNOWN = "/.well-known/openid-configuration"
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_THIS_MACHINE = ("localhost", "127.0.0.1")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")

# What an identity token may be signed with: the provider alone holds what signs. Never a secret that both sides know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
# How we say who we are when we fetch a token with a secret, the best first.
SAID_BY = ("client_secret_basic", "client_secret_post")


@dataclass(frozen=True)
class Client:
    """What we are at a provider: its issuer, the name and the secret it knows us by, where it sends people back to."""

    issuer: str
    client_id: str
    secret: str | None  # None: a public client, PKCE alone
    return_to: str


@dataclass(frozen=True)
class RoundTrip:
    """One way to the provider and back: what only this browser and we know of it."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Who signed in, as the provider says; the address is one it verified, in lower case, or None."""

    subject: str
    email: str | None


@dataclass(frozen=True)
class Description:
    """What a provider says of itself, as far as we need it."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str | None
    algorithms: tuple[str, ...]  # those of ALGORITHMS that it signs with
    said_by: str | None  # how we say our secret; None: in no way we know
    names_itself: bool  # in what it sends back with people (RFC 9207)


class Faulty(Refusal):
    """A provider is not there, refuses, or says something that cannot be: `code` is the kind of it, one word."""


def check_issuer(typed: str) -> str:
    """Return an issuer as it is written: with or without a slash at its end is not the same one.

    Raises
    ------
    BadInput
        With the field `issuer`: `not_https` (only this very machine may do without), or `not_an_issuer`.

    """
    issuer = typed.strip()
    if not issuer or len(issuer) > LONGEST or any(sign in issuer for sign in "?#"):
        raise BadInput("not_an_issuer", "issuer")
    if issuer.endswith(WELL_KNOWN):
        raise BadInput("not_an_issuer", "issuer")
    try:
        read_destination(issuer)
    except BadInput as refusal:
        raise BadInput("not_an_issuer", "issuer") from refusal
    if not is_safe(issuer):
        raise BadInput("not_https", "issuer")
    return issuer


def is_safe(address: str) -> bool:
    """Say whether an address may be asked for who somebody is: over https, or on this very machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    )


def read_domains(typed: str) -> list[str]:
    """Return the domains of a text such as `exemple.fr, @siege.exemple.fr`, each once.

    Raises
    ------
    BadInput
        With the field `domains`: `not_a_domain`, or `too_many_domains`.

    """
    domains = list(dict.fromkeys(part.removeprefix("@") for part in re.split(r"[\s,;]+", typed.lower()) if part))
    if any(not _DOMAIN.fullmatch(one) or len(one) > LONGEST for one in domains):
        raise BadInput("not_a_domain", "domains")
    if len(domains) > MOST_DOMAINS:
        raise BadInput("too_many_domains", "domains")
    return domains


def domain_of(address: str) -> str | None:
    """Return the domain of an e-mail address, or of one alone; None when there is none."""
    domain = address.strip().lower().rpartition("@")[2]
    return domain if len(domain) <= LONGEST and _DOMAIN.fullmatch(domain) else None


def check_name(name: str, field: str) -> str:
    """Return a name or an identifier without what stands around it; blank and too long ones are refused."""
    shortened = " ".join(name.split())
    check_text(shortened, field, LONGEST)
    return shortened


def read_description(said: Mapping[str, object], issuer: str) -> Description:
    """Return what a provider says of itself.

    Raises
    ------
    Faulty
        `issuer` (it names itself otherwise), `endpoints` (one is missing or not safe), `algorithms` (none that we
        take), `code_flow` (it does not give codes).

    """
    if said.get("issuer") != issuer:
        raise Faulty("issuer")
    authorization, token, keys = (_address(said, name) for name in _ADDRESSES)
    if not (authorization and token and keys):
        raise Faulty("endpoints")
    if "code" not in _words(said, "response_types_supported", ("code",)):
        raise Faulty("code_flow")
    signed_with = _words(said, "id_token_signing_alg_values_supported", ("RS256",))
    algorithms = tuple(one for one in ALGORITHMS if one in signed_with)
    if not algorithms:
        raise Faulty("algorithms")
    methods = _words(said, "token_endpoint_auth_methods_supported", SAID_BY[:1])
    return Description(
        issuer=issuer,
        authorization=authorization,
        token=token,
        keys=keys,
        userinfo=_address(said, "userinfo_endpoint"),
        algorithms=algorithms,
        said_by=next((one for one in SAID_BY if one in methods), None),
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(said: Mapping[str, object], name: str) -> str | None:
    found = said.get(name)
    return found if isinstance(found, str) and is_safe(found) else None


def _words(said: Mapping[str, object], name: str, otherwise: Sequence[str]) -> Sequence[str]:
    found = said.get(name, otherwise)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list | tuple) else ()


def code_of(answer: Mapping[str, str], description: Description) -> str:
    """Return the code that a provider sent back with a person.

    Raises
    ------
    Faulty
        `denied` (the person or the provider said no), `refused` (another error), `answer` (no code, or from another).

    """
    named = answer.get("iss")
    if named != description.issuer and (named is not None or description.names_itself):
        raise Faulty("answer")
    error = answer.get("error")
    if error:
        raise Faulty("denied" if error in {"access_denied", "login_required", "interaction_required"} else "refused")
    code = answer.get("code")
    if not code:
        raise Faulty("answer")
    return code


def identity_of(claims: Mapping[str, object]) -> Identity:
    """Return who the claims of a token that was checked are about.

    Raises
    ------
    Faulty
        `token` when they name nobody.

    """
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not subject.strip() or len(subject) > LONGEST or "\x00" in subject:
        raise Faulty("token")
    is_verified = claims.get("email_verified") is True and isinstance(email, str) and domain_of(email) is not None
    return Identity(subject, str(email).strip().lower() if is_verified else None)


def is_too_late(started_at: datetime, now: datetime) -> bool:
    """Say whether somebody comes back from the provider too late, or before they left."""
    return not started_at <= now <= started_at + LASTS

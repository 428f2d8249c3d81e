"""Web origins of a member's own pages: which may show our form, and where a tenant may be led back to."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from service.domain.errors import BadInput

LONGEST = 300  # characters of an address
# A name of letters, digits and hyphens, with or without a port: nothing that could end a header or a policy.
_ORIGIN = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)(?::(\d{1,5}))?"
)
_HIGHEST_PORT = 65535
_USUAL = {"https": "443", "http": "80"}
_THIS_MACHINE = ("localhost", "127.0.0.1")


def read_origin(typed: str) -> str:
    """Return an origin as browsers write it, such as `https://extranet.exemple.fr`.

    Raises
    ------
    BadInput
        `not_an_origin`: anything but a scheme, a name and perhaps a port; `not_https`: plain http from elsewhere than
        this very machine.

    """
    found = _ORIGIN.fullmatch(typed.strip().lower().removesuffix("/"))
    if found is None:
        raise BadInput("not_an_origin", "origin")
    scheme, name, port = found[1], found[2], found[3]
    if port is not None and not 0 < int(port) <= _HIGHEST_PORT:
        raise BadInput("not_an_origin", "origin")
    if scheme != "https" and name not in _THIS_MACHINE:
        raise BadInput("not_https", "origin")
    shown = f":{int(port)}" if port and port != _USUAL[scheme] else ""
    return f"{scheme}://{name}{shown}"


def allowed_origins(kept: Sequence[object]) -> tuple[str, ...]:
    """Return the origins of a member that are written as we write them: what is not never reaches a header."""
    return tuple(origin for origin in kept if isinstance(origin, str) and _is_origin(origin))


def return_address(typed: str | None, origins: Sequence[str]) -> str | None:
    """Return an address a tenant may be led back to, None for any other.

    It is one of https (or of this very machine), and stands at one of the member's origins when there are any.
    """
    if not typed or len(typed) > LONGEST or any(sign <= " " or sign in '\\"<>`' for sign in typed):
        return None
    try:
        parts = urlsplit(typed)
        origin = read_origin(f"{parts.scheme}://{parts.netloc}")
    except (ValueError, BadInput):
        return None
    return typed if not origins or origin in origins else None


def _is_origin(kept: str) -> bool:
    try:
        return read_origin(kept) == kept
    except BadInput:
        return False

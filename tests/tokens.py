"""Tokens as a member's extranet signs them, and keys for it."""

from datetime import timedelta
from typing import Any

import jwt
from flask import Flask

from service.journey.ports import Ports
from service.journey.submission import introduction_keys
from tests.world import MemberWorld

KEY = "extranet"


def share_secret(app: Flask, member: MemberWorld, ports: Ports, name: str = KEY) -> str:
    """Give the member a key of the simple kind; return the secret."""
    with app.app_context():
        secret = introduction_keys.create(member.id, name, "HS256", None, ports)
    assert secret
    return secret


def claims_of(member: MemberWorld, ports: Ports, **more: Any) -> dict[str, Any]:
    """Return what a good token says; a claim that is None is left out."""
    now = ports.clock.now()
    said = {
        "iss": member.slug,
        "aud": f"{ports.base_url}/{member.slug}",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=2)).timestamp()),
        "jti": "a-token-used-once",
        "sub": "BAIL-77",
        "dwelling": member.collective,
        "name": "Amina Diallo",
        "email": "amina@example.org",
        "phone": "06 12 34 56 78",
        "language": "fr",
        "return_url": "https://extranet.example/accueil",
    }
    return {name: value for name, value in (said | more).items() if value is not None}


def sign(secret: str, claims: dict[str, Any], *, kid: str | None = KEY, algorithm: str = "HS256", **header: Any) -> str:
    """Return the token."""
    return jwt.encode(claims, secret, algorithm=algorithm, headers=({"kid": kid} if kid else {}) | header)

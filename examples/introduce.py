"""Signe la présentation d'un locataire, avec la seule bibliothèque standard de Python 3. Écrit le jeton."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import time


def base64url(data: bytes) -> str:
    """Écrit des octets comme les jetons le veulent."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def introduce(tenant: dict[str, str]) -> str:
    """Rend le jeton qui présente ce locataire. Un jeton neuf à chaque affichage du bouton : il ne sert qu'une fois."""
    now = int(time.time())
    header = {"alg": "HS256", "typ": "JWT", "kid": os.environ["SEVE_KEY_NAME"]}
    claims = tenant | {
        "iss": os.environ["SEVE_BAILLEUR"],
        "aud": os.environ["SEVE_URL"] + "/" + os.environ["SEVE_BAILLEUR"],
        "iat": now,
        "exp": now + 120,
        "jti": secrets.token_hex(16),
    }
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.new(os.environ["SEVE_SECRET"].encode(), signed.encode(), hashlib.sha256).digest()
    return signed + "." + base64url(signature)


print(
    introduce(
        {
            "sub": "BAIL-77",
            "dwelling": os.environ["SEVE_LOGEMENT"],
            "name": "Marie Durand",
            "email": "marie.durand@exemple.fr",
            "phone": "06 12 34 56 78",
        }
    )
)

"""Secrets at rest, encrypted with Fernet (AES-128-CBC and HMAC-SHA256) by the cryptography library."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from service.journey.ports import SealBroken

PLAIN = "plain:"  # written by migration 0003, before anything could seal


def _fernet(key: str) -> Fernet:
    """Return the cipher of a key of any form: long and random, as every secret of the settings."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"seal {key}".encode()).digest()))


class FernetSealer:
    """Seals under the first key, opens under any of them: a new key is put first, the old one kept until resealed."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = _fernet(keys[0])
        self._all = MultiFernet([_fernet(key) for key in keys])

    def seal(self, secret: str) -> str:
        """Return the secret encrypted under the newest key."""
        return self._newest.encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Return the secret, or raise SealBroken."""
        if sealed.startswith(PLAIN):
            return sealed.removeprefix(PLAIN)
        try:
            return self._all.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealBroken from error

    def is_current(self, sealed: str) -> bool:
        """Say whether it was sealed under the newest key."""
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

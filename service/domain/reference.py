"""The reference a tenant reads on the phone: eight signs, the last one a check.

23 signs that sound and look different in French (no O/0, I/1, B/P/D/V, M/N, S/F pairs kept whole). 23 is prime, so
distinct weights 1 to 8 find every single wrong sign and every swap of two neighbours (weighted sum modulo a prime).
"""

from collections.abc import Callable

ALPHABET = "23456789ACEFHJKLMRTUXYZ"
_LENGTH = 7


def _check_sign(body: str) -> str:
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(body, start=1))
    # The check sign carries weight 8, so that total + 8 * check = 0 modulo 23; 3 is the inverse of 8 modulo 23.
    return ALPHABET[(-total * 3) % len(ALPHABET)]


def make_reference(random_below: Callable[[int], int]) -> str:
    """Return a new reference such as `K7M4-AXH2`; `random_below(n)` gives a whole number from 0 to n - 1."""
    body = "".join(ALPHABET[random_below(len(ALPHABET))] for _ in range(_LENGTH))
    whole = body + _check_sign(body)
    return f"{whole[:4]}-{whole[4:]}"


def read_reference(typed: str) -> str | None:
    """Return the reference in its usual writing, or None when a sign is wrong, missing or swapped."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(signs) != _LENGTH + 1 or any(sign not in ALPHABET for sign in signs):
        return None
    if _check_sign(signs[:_LENGTH]) != signs[_LENGTH]:
        return None
    return f"{signs[:4]}-{signs[4:]}"

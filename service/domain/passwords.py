"""What a password must be: long, and not among the first that anybody would try."""

import unicodedata
from itertools import pairwise
from pathlib import Path

from service.domain.errors import BadInput

SHORTEST, LONGEST = 12, 200  # characters
_FEW_SIGNS = 4  # different ones: fewer than this is one key held down
# What is left of an obvious choice once case, accents, figures and punctuation are taken away: one a line.
_OBVIOUS = frozenset((Path(__file__).parent / "data" / "obvious_passwords.txt").read_text(encoding="utf-8").split())


def check_password(password: str, email: str) -> None:
    """Refuse what is too short, too long, obvious, or made of the person's own address.

    Raises
    ------
    BadInput
        With the code password_short, password_long, password_own or password_obvious, on the field new_password.

    """
    if len(password) < SHORTEST:
        raise BadInput("password_short", "new_password")
    if len(password) > LONGEST:
        raise BadInput("password_long", "new_password")
    folded, owner = _folded(password), _folded(email.partition("@")[0])
    is_owner = owner and owner in folded and folded.replace(owner, "", 1).strip("0123456789") == ""
    if _folded(email) in folded or is_owner:
        raise BadInput("password_own", "new_password")
    letters = "".join(sign for sign in folded if sign.isalpha())
    if letters in _OBVIOUS or len(set(folded)) < _FEW_SIGNS or _is_counting(folded):
        raise BadInput("password_obvious", "new_password")


def _folded(text: str) -> str:
    """Return the letters and figures of a text, small and without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in plain if sign.isalnum())


def _is_counting(folded: str) -> bool:
    """Say whether each sign follows the one before: 123456789012, abcdefghijkl, and backwards."""
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    if folded.isdigit():  # after 9 comes 0
        steps = {step % 10 for step in steps}
    return len(steps) == 1

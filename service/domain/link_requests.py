"""What somebody types to get their links again: an e-mail address or a telephone number, read the way it is kept."""

import re

from service.domain.news import telephone_number

LONGEST = 254  # characters of an e-mail address
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


def address_of(typed: str) -> str | None:
    """Return the address in lower case, or the number as +33612345678; None when it is neither."""
    typed = typed.strip()
    if len(typed) > LONGEST or not typed.isprintable():
        return None
    return typed.lower() if _EMAIL.fullmatch(typed) else telephone_number(typed)

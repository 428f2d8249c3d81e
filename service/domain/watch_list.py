"""The public list of words that are watched, and finding them in a message."""

import re
from collections.abc import Set as AbstractSet
from itertools import pairwise

from service.domain.addresses import fold

_WORD = re.compile(r"[a-z0-9]+")


def find_terms(message: str, terms: AbstractSet[str]) -> set[str]:
    """Return the listed words and pairs of words that a message holds; all of them are folded."""
    words = _WORD.findall(fold(message))
    pairs = {f"{one} {other}" for one, other in pairwise(words)}
    return (set(words) | pairs) & terms

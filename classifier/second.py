"""A second request in the same message: a sentence that says "also", and is about something else."""

import re
from collections.abc import Callable, Sequence

from classifier.calibration import Array
from classifier.cleaning import clean
from classifier.segments import sentences

# On authors never seen, half of the sentences that say so and of which the model is this sure are a second request.
SURENESS = 0.9
_FEWEST_WORDS = 4
_ALSO = re.compile(
    r"\b(?:aussi|egalement|en plus|en outre|par ailleurs|d ailleurs|au passage|autre chose|autre probleme|et puis|sinon"
    r"|accessoirement|j ajoute|j en profite|pendant que|tant qu on|tant que vous)\b"
)


def second_category(
    text: str, first: str, categories: Sequence[str], chances: Callable[[list[str]], Array]
) -> str | None:
    """Return the category of a second request than `first`, or None.

    `chances` gives the probabilities of the categories for a sentence as tokens, shape (categories,).
    """
    best: tuple[float, str] | None = None
    parts = sentences(text)
    for part in parts if len(parts) > 1 else []:
        cleaned = clean(part)
        if not _ALSO.search(cleaned) or len(cleaned.split()) < _FEWEST_WORDS:
            continue
        found = chances(cleaned.split())
        place = int(found.argmax())
        if categories[place] != first and found[place] >= SURENESS:
            best = max(best or (0.0, ""), (float(found[place]), categories[place]))
    return best[1] if best else None

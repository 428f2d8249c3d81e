"""The tenant's words with those that weighed set apart, so that the page can mark them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A run of the text, as typed; `told` when it weighed in the reading."""

    text: str
    told: bool


def mark_words(text: str, words: Iterable[str]) -> list[Piece]:
    """Cut the text where a telling word stands, spelled exactly so and whole; the pieces put together are the text."""
    wanted = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    if not wanted:
        return [Piece(text, told=False)]
    one_of_them = "|".join(re.escape(word) for word in wanted)
    # A figure beside a letter is another word, as it is for the text model.
    cut = re.split(rf"(?<![^\W\d_])((?:{one_of_them}))(?![^\W\d_])", text)
    return [Piece(run, told=place % 2 == 1) for place, run in enumerate(cut) if run]

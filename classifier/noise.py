"""Copies of the examples with the slips of a hurried hand, or wrapped in sentences that say nothing."""

from collections.abc import Callable

from numpy.random import Generator

from classifier.cleaning import strip_accents

_NEIGHBOURS = {
    "a": "zq", "z": "ae", "e": "zr", "r": "et", "t": "ry", "y": "tu", "u": "yi", "i": "uo", "o": "ip", "p": "ol",
    "q": "as", "s": "qd", "d": "sf", "f": "dg", "g": "fh", "h": "gj", "j": "hk", "k": "jl", "l": "km", "m": "lp",
    "w": "xq", "x": "wc", "c": "xv", "v": "cb", "b": "vn", "n": "bh",
}  # fmt: skip
_SOUNDS = (
    ("qu", "k"), ("eau", "o"), ("au", "o"), ("ph", "f"), ("ent ", " "), ("es ", " "), ("er ", "é "), ("ez ", "é "),
    ("ait ", "é "), ("ai", "é"), ("ss", "s"), ("nn", "n"), ("mm", "m"), ("ll", "l"), ("tt", "t"), ("c'est", "c"),
    ("j'ai", "jé"), ("l'", "l"), ("d'", "d"), ("s'", "s"), (" pas", " pa"), ("ch", "sh"), ("oi", "oa"),
)  # fmt: skip
_SLIP = 0.03  # Share of letters struck wrongly.
_SOUND = 0.4  # Share of the spelling reflexes above that one writer has.
_ACCENTS_LOST = 0.7
_PUNCTUATION_LOST = 0.5
_MOST_SENTENCES = 5
WRAPPABLE = 250  # Characters; a longer text is long enough already.


def _slip(letter: str, draw: Generator) -> str:
    choices: tuple[Callable[[], str], ...] = (
        lambda: "",
        lambda: letter * 2,
        lambda: str(draw.choice(list(_NEIGHBOURS[letter]))),
    )
    return choices[int(draw.integers(len(choices)))]()


def noisy(text: str, draw: Generator) -> str:
    """Return the text as a hurried hand would type it: accents, sounds, letters and punctuation go astray."""
    if draw.random() < _ACCENTS_LOST:
        text = strip_accents(text)
    for right, wrong in _SOUNDS:
        if draw.random() < _SOUND:
            text = text.replace(right, wrong)
    if draw.random() < _PUNCTUATION_LOST:
        text = "".join(" " if sign in ".,;:!\n" else sign for sign in text)
    return "".join(
        _slip(letter, draw) if letter in _NEIGHBOURS and draw.random() < _SLIP else letter for letter in text
    )


def wrapped(text: str, filler: list[str], draw: Generator) -> str:
    """Return the text between one to five sentences without a subject."""
    count = int(draw.integers(1, _MOST_SENTENCES + 1))
    chosen = [filler[int(number)] for number in draw.integers(len(filler), size=count)]
    place = int(draw.integers(count + 1))
    return " ".join([*chosen[:place], text, *chosen[place:]])

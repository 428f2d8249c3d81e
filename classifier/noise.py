"""Copies of the examples with the slips of a hurried hand, or wrapped in sentences that say nothing."""

from collections.abc import Callable, Sequence

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
_MOST_SENTENCES = 8
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
    """Return the text between one to eight sentences without a subject."""
    count = int(draw.integers(1, _MOST_SENTENCES + 1))
    chosen = [filler[int(number)] for number in draw.integers(len(filler), size=count)]
    place = int(draw.integers(count + 1))
    return " ".join([*chosen[:place], text, *chosen[place:]])


# The suite below judges; it shares nothing with the slips above, which may be learned from.
_TEXTED_WORDS = {
    "bonjour": "bjr", "bonsoir": "bsr", "merci": "mci", "pour": "pr", "dans": "ds", "avec": "ac", "vous": "vs",
    "nous": "ns", "toujours": "tjs", "quand": "qd", "beaucoup": "bcp", "parce": "pck", "que": "ke", "qui": "ki",
    "quoi": "koi", "depuis": "dpi", "problème": "pblm", "appartement": "appart", "rendez-vous": "rdv", "est": "é",
    "c'est": "cé", "j'ai": "g", "plus": "+", "trop": "tro", "tout": "tt", "tous": "ts", "même": "mm", "fait": "fé",
    "mais": "mé", "les": "lé", "des": "dé", "mes": "mé", "ses": "cé", "ces": "cé", "et": "é", "je": "j", "suis": "sui",
    "pas": "pa", "rien": "ri1", "bien": "bi1", "chez": "ché", "aussi": "ossi", "encore": "encor", "comme": "com",
}  # fmt: skip
_TEXTED_SHARE = 0.8  # Of the words above that one writer shortens.
_LETTER_LOST = 0.04  # Share of the long words that lose a letter.
_LONG_WORD = 6
_BURIED_IN = 8


def texted(text: str, draw: Generator) -> str:
    """Return the text as thumbs would send it: lower case, no accents, no punctuation, shortened words."""
    words = []
    for word in text.lower().replace("\n", " ").split():
        bare = word.strip('.,;:!?«»()"')
        short = _TEXTED_WORDS.get(bare) if draw.random() < _TEXTED_SHARE else None
        kept = strip_accents(short or bare)
        if len(kept) >= _LONG_WORD and draw.random() < _LETTER_LOST * len(kept):
            place = int(draw.integers(1, len(kept)))
            kept = kept[:place] + kept[place + 1 :]
        words.append(kept)
    return " ".join(words)


def buried(text: str, filler: Sequence[str], draw: Generator) -> str:
    """Return the text somewhere among eight sentences without a subject."""
    chosen = [filler[int(number)] for number in draw.integers(len(filler), size=_BURIED_IN)]
    place = int(draw.integers(_BURIED_IN + 1))
    return " ".join([*chosen[:place], text, *chosen[place:]])

"""Finding names in a message: those that are known, and those a title, an introduction or a signature announces."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

_I = re.IGNORECASE
_LISTS = tomllib.loads((Path(__file__).parent / "data" / "names.toml").read_text(encoding="utf-8"))
_VARIANTS = {
    "a": "aàâäáãå", "c": "cç", "e": "eéèêë", "i": "iîïíì", "n": "nñ", "o": "oôöóòõ", "u": "uùûüú", "y": "yÿý",
}  # fmt: skip
_PLAIN = {variant: plain for plain, variants in _VARIANTS.items() for variant in variants}
_TITLES = frozenset(("m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "me", "dr", "docteur", "maitre"))
_PARTICLES = frozenset(
    ("de", "du", "des", "d", "la", "le", "van", "von", "den", "der", "el", "al", "ben", "bin", "da", "dos", "di", "y")
)
_SHORTEST = 3  # letters from which a known name is looked for wherever it stands


def _any_of(name: str) -> str:
    return "|".join(_LISTS[name].split())


# A name: words with a capital, with particles between; (?-i:…) keeps capitals where the rest may be in any case.
_CAPITAL = r"(?-i:[A-ZÀ-ÖØ-ÞŒŠŽŸ])[^\W\d_]*(?:['’\-][^\W\d_]+)*"
_PARTICLE = r"(?:(?:de|du|des|la|le|van|von|den|der|el|al|ben|bin|da|dos|di)\s|d['’])"
_NAME = rf"(?:(?-i:[A-Z])\.|{_PARTICLE}{{0,2}}{_CAPITAL})(?:[\s\-]{_PARTICLE}{{0,2}}{_CAPITAL}){{0,3}}"
# « Madame Le chauffage », « Monsieur le Directeur »: what follows the title is not a name.
_NOT_A_NAME = rf"(?!(?:{_any_of('not_after_title')})\b)(?!(?:le|la|les|du|de|des)\s(?-i:[a-zà-ÿ]))(?!(?-i:le|la)\s)"
_RELATION = (
    r"voisine?s?|gardienne?|concierge|fils|fille|mari|femme|[ée]pou(?:x|se)|compagn(?:on|e)|fr[èe]re|s(?:œ|oe)ur|"
    r"technicien"
)
_TITLED = re.compile(
    r"(\b(?:M\.|Mr\.?|M(?=\s(?-i:[A-ZÀ-Þ]{2}))|Mmes?\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|Messieurs|Docteur|Dr\.?|"
    rf"Ma[îi]tre|(?:{_RELATION})(?=\s(?-i:[A-ZÀ-Þ][a-zà-ÿ])))"
    rf"\s{{1,2}}(?:et\s(?:Mme|M\.|Mr|Madame|Monsieur)\s)?){_NOT_A_NAME}({_NAME})",
    _I,
)
# Abbreviated titles announce a name even where nobody typed a capital.
_LOWER = re.compile(rf"(\b(?:mr|mme|mlle)\.?\s)(?!(?:{_any_of('not_after_short_title')})\b)([^\W\d_][^\W\d_'’\-]+)", _I)
_INTRODUCED = re.compile(
    r"(\b(?:je\s+m['’ ]?\s?appell?e|je\s+me\s+(?:nomme|pr[ée]nomme|pr[ée]sente)\s*[,:]?|(?:il|elle)\s+s['’ ]?appelle|"
    r"(?:mon|son)\s+(?:nom|pr[ée]nom)\s+(?:est|c['’]est)|nom\s+de\s+famille\s*:?|au\s+nom\s+de|"
    r"(?:nom|pr[ée]nom|locataire|titulaire|sign[ée]e?)\s*:)\s{0,2})"
    rf"(?!(?-i:{_any_of('not_after_introduction')})\b)"
    rf"({_NAME}|[^\W\d_]{{2,}}(?:[\s\-](?!(?:{_any_of('ends_introduction')})\b)[^\W\d_]{{2,}}){{0,2}})",
    _I,
)
# « karim b. »; not « bâtiment b », nor « il y a ».
_SMALL_INITIAL = (
    r"(?!(?:b[âa]t(?:iment)?|hall|porte|esc(?:alier)?|app(?:artement|art|t)?|apt|entr[ée]e|cage|tour|bloc|all[ée]e|[ée]tage)\b)"
    r"[^\W\d_]{2,}[ \-](?:[^\W\d_]\.|(?![aày])[^\W\d_](?![^\W\d_]))"
)
_SIGNED = re.compile(
    r"((?:cordialement|salutations(?:\s+distingu[ée]es)?|sentiments\s+\w+|bien\s+à\s+vous|respectueusement|cdl?t|"
    r"merci(?:\s+d['’ ]avance|\s+beaucoup)?|bonne\s+journ[ée]e|bonne\s+r[ée]ception)\s?[,.!]{0,2}\s{1,6})"
    rf"{_NOT_A_NAME}({_NAME}|{_SMALL_INITIAL})(?=[\s.,!]*(?:\[|\n|$))",
    _I,
)


def without_regard_to_accents(word: str) -> str:
    """Return a pattern that finds a word, whatever its accents and ligatures."""
    found = "".join(f"[{_VARIANTS[one]}]" if one in _VARIANTS else re.escape(one) for one in _fold(word.lower()))
    for first, ligature in (("o", "œ"), ("a", "æ")):
        pair = f"[{_VARIANTS[first]}][{_VARIANTS['e']}]"
        found = found.replace(pair, f"(?:{pair}|{ligature})")
    return found


def hide(text: str, known: Iterable[str], word: str) -> str:
    """Return the text with `word` in the place of each name: the known ones, then those that are announced."""
    for name in known:
        text = _hide_known(text, name, word)
    for pattern in (_TITLED, _LOWER, _INTRODUCED, _SIGNED):
        text = pattern.sub(rf"\g<1>{word}", text)
    # One name in several pieces is one name.
    return re.sub(rf"{re.escape(word)}(?:[\s\-]{re.escape(word)})+", word, text)


def squeeze(text: str) -> str:
    """Return the letters and digits of a text, in lower case without accents."""
    return _fold("".join(sign for sign in text.lower() if sign.isalnum()))


def _fold(part: str) -> str:
    return "".join(_PLAIN.get(letter, letter) for letter in part.replace("œ", "oe").replace("æ", "ae"))


_ALSO_WORDS = frozenset(_fold(word) for word in _LISTS["also_words"].split())


def _hide_known(text: str, name: str, word: str) -> str:
    """Take out a known name: any run of its parts, in any order and spelling."""
    found = (_fold(part) for part in re.findall(r"[^\W\d_]+", name.lower()))
    here = squeeze(text)  # making patterns costs more than looking
    parts = sorted(
        {part for part in found if part not in _PARTICLES and part not in _TITLES and part in here},
        key=lambda one: (-len(one), one),
    )
    if not parts:
        return text
    text = _HANDLE.sub(lambda match: word if _holds(match[0], parts) else match[0], text)
    one = "|".join(without_regard_to_accents(part) for part in parts)
    between = r"(?:[\s'’.\-]{1,2}(?:(?:de|du|des|la|le|van|von|el|ben|d)[\s'’]{1,2}){0,2})"
    run = re.compile(rf"(?<![^\W\d_])(?:{one})(?:{between}?(?:{one})){{0,5}}(?![^\W\d_])", _I)
    text = run.sub(lambda match: word if _is_meant(match[0], parts) else match[0], text)
    for part in parts:
        if len(part) > _SHORTEST:  # spelled letter by letter
            spelled = r"[ .\-_]".join(without_regard_to_accents(letter) for letter in part)
            text = re.sub(rf"(?<![^\W\d_]){spelled}(?![^\W\d_])", word, text, flags=_I)
    return text


_HANDLE = re.compile(r"@[\w.\-]{0,60}\w")


def _holds(handle: str, parts: list[str]) -> bool:
    """Say whether a handle, such as « @jperdrix80 », holds a part of the name."""
    squeezed = squeeze(handle)
    return any(len(part) >= _SHORTEST and part in squeezed for part in parts)


def _is_meant(found: str, parts: list[str]) -> bool:
    """Say whether a run of known parts is the name: one part alone that is also a word needs its capital."""
    pieces = [_fold(piece.lower()) for piece in re.findall(r"[^\W\d_]+", found)]
    is_alone = sum(piece in parts for piece in pieces) == 1
    is_weak = len(found) < _SHORTEST or _fold(found.lower()) in _ALSO_WORDS
    return found[0].isupper() or not (is_alone and is_weak)

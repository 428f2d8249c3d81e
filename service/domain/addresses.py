"""Two writings of one address give one key. A key that fits nothing, or two residences, is never guessed from."""

import re
import unicodedata
from dataclasses import dataclass

# Words that say what kind of way it is. Tenants leave them out; two ways that differ by them are two ways.
WAYS = frozenset(
    {
        "rue", "avenue", "boulevard", "place", "allee", "impasse", "route", "chemin", "square", "quai", "cours",
        "passage", "faubourg", "sentier", "sente", "ruelle", "venelle", "esplanade", "promenade", "chaussee",
        "rond-point", "parvis", "lotissement", "cite", "residence",
    }
)  # fmt: skip
# Words that begin the name of a group of buildings rather than of a way.
GROUPS = frozenset({"residence", "cite", "lotissement", "quartier"})
# Words that begin something said beside the address: « bâtiment Acacia », « chez Mme Exemple ».
ASIDES = frozenset(
    {
        "batiment", "bat", "immeuble", "imm", "escalier", "appartement", "appt", "apt", "logement", "chez",
        "interphone", "digicode",
    }
)  # fmt: skip
_SHORT = {
    "av": "avenue", "ave": "avenue", "aven": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard",
    "bvd": "boulevard", "boul": "boulevard", "r": "rue", "pl": "place", "plce": "place", "all": "allee",
    "allees": "allee", "imp": "impasse", "rte": "route", "ch": "chemin", "che": "chemin", "chem": "chemin",
    "sq": "square", "crs": "cours", "pas": "passage", "pass": "passage", "rpt": "rond-point", "res": "residence",
    "resid": "residence", "lotis": "lotissement", "st": "saint", "ste": "sainte", "sts": "saints", "gal": "general",
    "gl": "general", "gen": "general", "mal": "marechal", "dr": "docteur", "pdt": "president", "prof": "professeur",
    "cdt": "commandant", "col": "colonel", "cne": "capitaine", "lt": "lieutenant", "fg": "faubourg",
    "fbg": "faubourg", "gd": "grand", "gde": "grande",
}  # fmt: skip
_IDLE = frozenset({"de", "du", "des", "la", "le", "les", "l", "d", "et", "a", "au", "aux", "hlm"})
_BIS = {"b": "bis", "t": "ter", "q": "quater"}
_KINDS = "|".join(sorted({*WAYS, *(short for short, word in _SHORT.items() if word in WAYS)}, key=len, reverse=True))
_GLUE = (
    # « 12 bis », « 12-bis », « 12 B » are one number; another letter is one only before a kind of way, or at the end.
    (re.compile(r"\b(\d{1,4})(?:\s*|[-/])(bis|ter|quater|b|t|q)\b(?!['’])"), r"\1\2"),
    (re.compile(rf"\b(\d{{1,4}})(?:\s*|[-/])([acdfgh])\b(?=\s*,?\s*(?:(?:{_KINDS})\b|,|$))"), r"\1\2"),
    # « 12-16 » and « 12 à 16 » are known by their first number; « bât 3 - 12 rue… » are two things.
    (re.compile(r"\b(\d{1,4}[a-z]{0,6})(?:[-/]|\s+a\s+|\s+et\s+)\d{1,4}(?:bis|ter|quater)?\b"), r"\1"),
)
_ELIDED = re.compile(r"\b(?:[dlsn]|qu)['’`´]\s*")
_OVER = re.compile(r"\bs/\s*")  # « Ailly s/ Somme »
_WORD = re.compile(r"[a-z0-9]+")
_NUMBER = re.compile(r"(\d{1,4})(bis|ter|quater|[abcdfghtq])?")
_DELIVERY = re.compile(r"\bcedex(?:\s+\d{1,2})?\b")  # a mark of the post, not of the town
_VALUE = r"(?:[ .:°n]*\b|(?=\d))(\d{1,4}[a-z]?|[a-z]\d{0,3}|gauche|droite|droit|face|fond|centre)\b(?!['’])"
_SIDE = r"(?:\s+(?:a\s+)?(?:droite|gauche|face|fond|centre)\b)?"
_LONE = r"(?<![a-z])"  # a keyword begins a word
INSIDE = (
    (
        "floor",
        re.compile(rf"\b(\d{{1,2}}|premier|deuxieme|second|troisieme)\s*(?:e|er|eme|ere|nd|nde)?\s*etage\b{_SIDE}"),
    ),
    ("floor", re.compile(r"\b(?:etage|etg|niveau)[ .:°n]*(\d{1,2}|rdc)\b")),
    ("floor", re.compile(r"\b(rdc|rez[ -]de[ -]chaussee)\b")),
    ("building", re.compile(rf"{_LONE}(?:bat|batiment|bt|bati|immeuble|imm|bloc){_VALUE}")),
    ("building", re.compile(r"\bbat([a-h])\b")),
    ("stair", re.compile(rf"{_LONE}(?:esc|escalier|cage|hall|entree|montee){_VALUE}")),
    ("door", re.compile(rf"{_LONE}(?:appartement|appart|appt|apt|app|logement|logt|log){_VALUE}")),
    ("door", re.compile(rf"{_LONE}porte{_VALUE}")),
    ("box", re.compile(rf"{_LONE}(?:boite|bte|bal){_VALUE}")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One address of a residence as it is kept, cut into what tenants' writings are compared with."""

    address_key: str
    line: str
    number: str
    street_key: str
    postcode: str
    insee: str
    city_key: str


@dataclass(frozen=True)
class Cut:
    """A line of the patrimoine cut in two: « 12 bis » and « rue republique »; the number may be empty."""

    number: str
    street: str


def fold(text: str) -> str:
    """Return the text in lower case without accents or ligatures."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def prepare(text: str) -> str:
    """Return the text folded, its house numbers written in one piece and its elisions undone."""
    text = _OVER.sub("sur ", _DELIVERY.sub(" ", fold(text)))
    text = re.sub(r"\b(?:n|no|num|numero)\s*[°º.]\s*(?=\d)|\b(?:no|num|numero)\s+(?=\d)", " ", text)
    text = re.sub(r"\brond[ -]point\b", "rpt", text)
    for pattern, glued in _GLUE:
        text = pattern.sub(glued, text)
    return _ELIDED.sub(" ", text)


def words_of(prepared: str) -> tuple[str, ...]:
    """Return the words that tell, abbreviations undone, in a text already prepared."""
    return tuple(_SHORT.get(word, word) for word in _WORD.findall(prepared) if word not in _IDLE)


def as_number(word: str) -> str | None:
    """Return a house number in its one writing (« 12 bis »), or None when the word is none."""
    found = _NUMBER.fullmatch(word)
    if not found:
        return None
    mark = found[2] or ""
    return f"{int(found[1])} {_BIS.get(mark, mark)}".strip()


def take_inside(prepared: str) -> tuple[str, dict[str, str]]:
    """Return the text without building, stair, floor and door, and what they were, the first of each."""
    found: dict[str, str] = {}
    for name, pattern in INSIDE:
        match = pattern.search(prepared)
        if match:
            found.setdefault(name, match[1])
            prepared = pattern.sub(" , ", prepared)
    return prepared, found


def cut(line: str) -> Cut:
    """Return the number and the street of a line. What is inside the building does not tell one street from another."""
    words = words_of(take_inside(prepare(line))[0])
    for place, word in enumerate(words):
        number = as_number(word)
        # A number elsewhere than in front counts before a kind of way only: « rue du 8 mai 1945 » has none.
        if number and (not place or WAYS.intersection(words[place + 1 : place + 2])):
            return Cut(number, " ".join(words[place + 1 :]))
    return Cut("", " ".join(words))


def make_key(postcode: str, number: str, street: str) -> str:
    """Return the key of an address already cut, or an empty text when there is no street."""
    parts = (re.sub(r"[^0-9]", "", postcode), number, street)
    return " ".join(part for part in parts if part) if street else ""


def address_key(line: str, postcode: str) -> str:
    """Return the key under which an address is looked up, or an empty text when the line says nothing."""
    found = cut(line)
    return make_key(postcode, found.number, found.street)


def city_key(city: str) -> str:
    """Return the name of a town in its one writing: « Ailly s/ Somme » and « AILLY-SUR-SOMME » are one."""
    return " ".join(word for word in words_of(prepare(city)) if not word.isdigit())


def name_key(name: str) -> str:
    """Return the name of a residence as a street without number: « residence tilleuls »."""
    words = words_of(prepare(name))
    if not words:
        return ""
    return " ".join(words if words[0] in GROUPS else ("residence", *words))


def entry_of_line(line: str, postcode: str, insee: str, city: str) -> Entry:
    """Return the entry of an address."""
    found = cut(line)
    key = make_key(postcode, found.number, found.street)
    return Entry(key, line, found.number, found.street, postcode, insee, city_key(city))


def entry_of_name(name: str, postcode: str, insee: str, city: str) -> Entry:
    """Return the entry under which a residence is found by its name."""
    street = name_key(name)
    return Entry(make_key(postcode, "", street), name, "", street, postcode, insee, city_key(city))

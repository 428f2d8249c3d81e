"""Two writings of one address give one key. A key that fits nothing, or two residences, is never guessed from."""

import re
import unicodedata

_SHORT = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "r": "rue",
    "pl": "place", "all": "allee", "imp": "impasse", "rte": "route", "ch": "chemin", "che": "chemin", "sq": "square",
    "res": "residence", "st": "saint", "ste": "sainte", "gal": "general", "mal": "marechal", "dr": "docteur",
    "pdt": "president", "fg": "faubourg", "fbg": "faubourg", "b": "bis", "t": "ter",
}  # fmt: skip
_IDLE = {"de", "du", "des", "la", "le", "les", "l", "d", "et"}
# What follows the street in a tenant's writing (building, stair, flat) does not tell one residence from another.
_INSIDE = re.compile(r"\b(?:bat(?:iment)?|esc(?:alier)?|appt?|appartement|etage|porte|logt?|logement|hall|entree)\b.*")


def fold(text: str) -> str:
    """Return the text in lower case without accents or ligatures."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def address_key(line: str, postcode: str) -> str:
    """Return the key under which an address is looked up, or an empty text when the line says nothing."""
    words = re.sub(r"[^a-z0-9]+", " ", _INSIDE.sub("", fold(line)))
    words = re.sub(r"\b(\d+)(bis|ter|quater|b|t)\b", r"\1 \2", words)
    kept = [_SHORT.get(word, word) for word in words.split() if word not in _IDLE]
    return f"{re.sub(r'[^0-9]', '', postcode)} {' '.join(kept)}" if kept else ""

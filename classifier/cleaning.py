"""From a message as typed to the tokens the model reads, each token keeping the word it came from.

Only the standard library is used here: the danger scan must work without a trained model.
"""

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+|\d+|[?!€°%]")
# What stands for a name or a number in a message that was made anonymous says nothing of its subject.
_PLACEHOLDER = re.compile(
    r"\[(?:nom|e-mail|téléphone|IBAN|référence|numéro|adresse|code|plaque|date de naissance|lien)\]"
)
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_ENTIRE_WORD = 40  # Longer runs of letters are no word; they are cut so that a hostile text stays cheap.

# Abbreviations that say the same thing whatever the message is about. Character n-grams cover the rest.
SHORTHAND = {
    "bjr": "bonjour",
    "bsr": "bonsoir",
    "slt": "salut",
    "cdt": "cordialement",
    "mrc": "merci",
    "svp": "s il vous plait",
    "stp": "s il te plait",
    "pb": "probleme",
    "pbs": "problemes",
    "prb": "probleme",
    "pblm": "probleme",
    "rdv": "rendez vous",
    "rv": "rendez vous",
    "tjr": "toujours",
    "tjrs": "toujours",
    "tjs": "toujours",
    "tjour": "toujours",
    "ts": "tous",
    "tt": "tout",
    "ttes": "toutes",
    "bcp": "beaucoup",
    "qd": "quand",
    "qqn": "quelqu un",
    "qq": "quelque",
    "qqs": "quelques",
    "qqch": "quelque chose",
    "ds": "dans",
    "dep": "depuis",
    "dp": "depuis",
    "dpuis": "depuis",
    "dpui": "depuis",
    "dpi": "depuis",
    "pr": "pour",
    "ns": "nous",
    "vs": "vous",
    "mm": "meme",
    "pk": "pourquoi",
    "pq": "pourquoi",
    "pcq": "parce que",
    "psk": "parce que",
    "ke": "que",
    "ki": "qui",
    "koi": "quoi",
    "jai": "j ai",
    "jé": "j ai",
    "jsuis": "je suis",
    "jsui": "je suis",
    "chui": "je suis",
    "cest": "c est",
    "cété": "c etait",
    "ya": "y a",
    "yapu": "y a plus",
    "yapa": "y a pas",
    "yaplus": "y a plus",
    "ai": "ai",
    "sdb": "salle de bain",
    "appt": "appartement",
    "appart": "appartement",
    "apt": "appartement",
    "apart": "appartement",
    "etg": "etage",
    "imm": "immeuble",
    "elec": "electricite",
    "asc": "ascenseur",
    "tel": "telephone",
    "tph": "telephone",
    "mr": "monsieur",
    "mme": "madame",
    "gd": "grand",
    "pt": "petit",
    "auj": "aujourd hui",
    "ajd": "aujourd hui",
    "sem": "semaine",
    "min": "minutes",
    "kelkun": "quelqu un",
    "dlo": "de l eau",
    "deau": "d eau",
    "leau": "l eau",
    "jattend": "j attends",
    "jattends": "j attends",
    "fo": "faut",
    "pu": "plus",
    "pa": "pas",
    "vou": "vous",
    "ossi": "aussi",
    "mtn": "maintenant",
    "mnt": "maintenant",
}


@dataclass(frozen=True)
class Word:
    """One word of a message: its spelling there, and the tokens (usually one) the model reads for it."""

    spelling: str
    tokens: tuple[str, ...]


def strip_accents(text: str) -> str:
    """Return the text in lower case without accents or ligatures, one character at a time."""
    spread = unicodedata.normalize("NFD", text.lower().translate(_LIGATURES))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def visible(text: str) -> str:
    """Return the text in NFC with control and private characters turned into spaces; line ends are kept."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        " " if letter != "\n" and unicodedata.category(letter) in _INVISIBLE else letter for letter in composed
    )


def words(text: str) -> list[Word]:
    """Return the words of a message in order; signs other than ? ! € ° % separate words and are dropped."""
    found = []
    for match in _WORD.finditer(_PLACEHOLDER.sub(" ", visible(text))):
        spelling = match.group()
        plain = _ELONGATED.sub(r"\1", strip_accents(spelling))[:_ENTIRE_WORD]
        if plain:
            found.append(Word(spelling, tuple(SHORTHAND.get(plain, plain).split())))
    return found


def clean(text: str) -> str:
    """Return the tokens of a message joined by single spaces: what both vectorisers are fed with."""
    return " ".join(token for word in words(text) for token in word.tokens)

"""How plainly something is written to a tenant: hints for whoever writes, never a reason to refuse it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from service.domain.readability import sentences_of, words_of

LONG_SENTENCE = 25  # words
LONG_TEXT = 180  # words
EXCERPT = 70  # characters of a sentence that is pointed at

# what landlords say to each other -> what a tenant understands
JARGON = {
    "nonobstant": "malgré",
    "diligenter": "faire",
    "diligenté": "fait",
    "sollicitation": "demande",
    "susmentionné": "ce",
    "afférent": "de",
    "afférente": "de",
    "ci-joint": "avec ce message",
    "en vertu de": "d'après",
    "dans les meilleurs délais": "une date",
    "dans les plus brefs délais": "une date",
    "prestataire": "l'entreprise",
    "occupant": "vous",
    "sinistre": "dégât",
    "quittancement": "loyer",
    "désordre": "problème",
    "parties privatives": "votre logement",
    "ordre de service": "commande",
    "edl": "état des lieux",
    "vmc": "ventilation (VMC)",
    "dta": "dossier amiante",
    "gtl": "tableau électrique",
    "bon de commande": "commande",
    "mise en demeure": "dernier rappel",
    "réitérer": "répéter",
    "veuillez": "merci de",
    "il convient de": "il faut",
    "suite à": "après",
}
_YOU = re.compile(r"\b(vous|votre|vos)\b", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|aujourd.hui|ce matin|ce soir|cette semaine|"
    r"semaine prochaine|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    r"sous \d+ jours?|dans (?:un|une|deux|trois|\d+) (?:jours?|heures?|semaines?)|avant le|d'ici|\d{1,2}/\d{1,2})\b",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"\b[A-ZÀ-Ý]{4,}(?:\s+[A-ZÀ-Ý]{4,})+\b")


@dataclass(frozen=True)
class Hint:
    """One thing that could be plainer: what kind, what it points at, and what to write instead when there is a word."""

    code: str
    about: str = ""
    instead: str = ""


def hints(text: str, *, asks_for_a_day: bool = True) -> list[Hint]:
    """Return what could be plainer in words for a tenant. `asks_for_a_day`: the reader waits to know what comes when.

    An ending tells what was done: nothing has to come after it.
    """
    found = [*_long_sentences(text), *_jargon(text)]
    words = words_of(text)
    if len(words) > LONG_TEXT:
        found.append(Hint("long_text", str(len(words))))
    if words and not _YOU.search(text):
        found.append(Hint("no_you"))
    if words and asks_for_a_day and not _WHEN.search(text):
        found.append(Hint("no_day"))
    shouted = _SHOUTED.search(text)
    if shouted:
        found.append(Hint("shouted", shouted[0]))
    return found


def _long_sentences(text: str) -> Iterator[Hint]:
    for sentence in sentences_of(text):
        if len(words_of(sentence)) > LONG_SENTENCE:
            about = sentence if len(sentence) <= EXCERPT else sentence[:EXCERPT].rsplit(" ", 1)[0] + "…"
            yield Hint("long_sentence", about)


def _jargon(text: str) -> Iterator[Hint]:
    plain = _folded(text)
    for word, instead in JARGON.items():
        if re.search(rf"(?<!\w){re.escape(_folded(word))}s?(?!\w)", plain):
            yield Hint("jargon", word, instead)


def _folded(text: str) -> str:
    """Return a text in small letters, its apostrophes straight and its accents composed."""
    return unicodedata.normalize("NFC", text.lower()).replace("’", "'")

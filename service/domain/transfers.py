"""Passing a complaint on: the reasons that may be given, how often it may be passed, what an organisation may answer.

A tenant reads who has the complaint now and why; never that it was nobody's business.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MAX_HOPS = 2  # passages after the first routing; from then on one person by name decides
OTHER = "other"  # the reason that needs words of one's own
KEPT_OPEN = timedelta(days=60)  # how long the page of a hand-over stays open after the last thing done on it
FARTHEST_PLAN = timedelta(days=366)  # what is planned later than this is a slip of the finger


@dataclass(frozen=True)
class Reason:
    """One reason: what staff choose, and the end of the tenant's sentence « passée à X parce que … »."""

    label: str
    because: str


# A person brings it elsewhere.
TRANSFERS = {
    "trade": Reason("C'est son métier", "ce travail est son métier"),
    "area": Reason("C'est son secteur", "votre adresse est dans son secteur"),
    "contract": Reason("C'est dans son contrat", "ce travail est prévu dans son contrat"),
    "public": Reason("C'est un service public qui peut agir", "c'est ce service qui peut agir sur place"),
    OTHER: Reason("Autre raison, à écrire", ""),
}
# A desk or an organisation hands it back; the sentence is true of whoever has it next.
REFUSALS = {
    "out_of_contract": Reason("Ce n'est pas dans le contrat", "ce travail est prévu dans un autre contrat"),
    "out_of_area": Reason("Ce n'est pas dans le secteur", "votre adresse est suivie par une autre équipe"),
    "not_our_trade": Reason("C'est un autre métier", "ce travail demande un autre métier"),
    "already_done": Reason("C'est déjà fait", "il faut vérifier ce qui a déjà été fait"),
    "needs_more": Reason("Il manque des précisions", "il faut quelques précisions avant d'agir"),
    OTHER: Reason("Autre raison, à écrire", "une autre équipe peut mieux vous répondre"),
}
# Another landlord answers for it.
PASSAGES = {
    "owner": Reason("Le logement est à cet autre bailleur", "ce bailleur s'occupe de votre logement"),
    "building": Reason("L'immeuble est géré par cet autre bailleur", "ce bailleur s'occupe de cet immeuble"),
    OTHER: Reason("Autre raison, à écrire", ""),
}
A_PERSON_DECIDES = "une personne responsable choisit qui peut agir"
# What a tenant must not be told, in whatever words.
_SENDS_AWAY = re.compile(
    r"\b(pas|plus|non|aucun(e)?|hors)\b.{0,25}\b(competen|ressort|responsab|probleme|affaire|concern|releve)"
    r"|ne nous (concerne|regarde)"
)

# First words that people write with a capital out of habit; the name of a company keeps its own.
_CAPITAL = re.compile(r"^(Les?|La|L['’]|Une?|Ils?|Elles?|Cett?e|Ces|C['’]est|Votre|Vous|Notre|Nous|On)\b")


def sends_away(words: str) -> bool:
    """Say whether words meant for a tenant say that it is nobody's business here."""
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    return _SENDS_AWAY.search(plain) is not None


def because(clause: str) -> str:
    """Return the clause after « parce que », as French joins them."""
    clause = _CAPITAL.sub(lambda found: found[0].lower(), clause.strip().rstrip("."))
    return f"parce qu'{clause}" if clause[:1].lower() in "aeiouyéèêàâîô" else f"parce que {clause}"


def passed_to(name: str, clause: str) -> str:
    """Return the sentence the tenant reads."""
    return f"Votre demande est passée à {name} {because(clause)}."


def may_pass(hops: int, *, is_the_person: bool) -> bool:
    """Say whether one more passage is allowed; at the limit only the person who has it by name, or a supervisor."""
    return hops < MAX_HOPS or is_the_person


def stops(hops: int) -> bool:
    """Say whether a refusal that makes this many passages goes to one person by name instead of moving on."""
    return hops >= MAX_HOPS


class Handover(StrEnum):
    """Where a hand-over to an outside organisation stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    PLANNED = "planned"
    DONE = "done"
    WITHDRAWN = "withdrawn"


_LIVE = frozenset({Handover.OFFERED, Handover.ACCEPTED, Handover.PLANNED})
# answer -> where it may be given from; given again from where it led, it changes nothing.
ANSWERS: dict[Handover, frozenset[Handover]] = {
    Handover.ACCEPTED: frozenset({Handover.OFFERED}),
    Handover.PLANNED: _LIVE,
    Handover.DONE: _LIVE,
    Handover.REFUSED: _LIVE,
}


def is_live(status: str) -> bool:
    """Say whether the organisation still has something to do."""
    return status in _LIVE


def may_answer(status: str, answer: Handover) -> bool:
    """Say whether the organisation may still give this answer."""
    return status in ANSWERS[answer]


def is_silent(offered_at: datetime, due_at: datetime, now: datetime) -> bool:
    """Say whether twice the delay went by: a reminder was sent, and it is now for a person."""
    return now >= offered_at + 2 * (due_at - offered_at)

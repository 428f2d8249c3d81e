"""How it went, on the 0 to 10 scale of the national survey of social tenants."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from service.domain.languages import N_
from service.domain.news import Reach, Way
from service.domain.working_time import WorkingTime

SCORES = range(11)
SATISFIED_FROM = 7  # 7 to 10 is satisfied, as in the national survey
LOW_UP_TO = 4  # a member's staff look at these first
QUIET = timedelta(days=91)  # one survey a quarter at the most for one household
ASK_AFTER = timedelta(days=2)  # after closing: long enough to see whether it holds
FORGET_AFTER = timedelta(days=14)  # a household is not asked of what ended longer ago
REMIND_AFTER = timedelta(days=5)  # after the survey, once
COMPLETE_WITHIN = timedelta(days=30)  # after the score, the other questions stay open
THANK_WITHIN = timedelta(days=60)  # after closing
MAX_THANKS = 500  # characters

# Nobody is disturbed by a survey early, late, or on a day off.
FROM, UNTIL = time(9), time(19)

# Answers by code, with the words of the page. Three of them, and "no" opens the complaint again.
SOLVED = {
    "yes": N_("Oui"),
    "partly": N_("En partie"),
    "no": N_("Non"),
    "unknown": N_("Je ne sais pas"),
}
VISITS = {
    "yes": N_("Oui, le rendez-vous a été respecté"),
    "no": N_("Non, il n'a pas été respecté"),
    "none": N_("Il n'y avait pas de rendez-vous"),
}
GRADES = {
    4: N_("Très bien"),
    3: N_("Plutôt bien"),
    2: N_("Plutôt mal"),
    1: N_("Très mal"),
}

# The stages of a tenancy on which anybody may say a word: code of domain.taxonomy -> name, and what it is about.
STAGES = {
    "entree": (N_("Mon arrivée dans le logement"), N_("La visite, l'état des lieux, les clés.")),
    "travaux": (N_("Des travaux chez moi ou dans l'immeuble"), N_("L'information, le chantier, le résultat.")),
    "depart": (N_("Mon départ du logement"), N_("Le préavis, l'état des lieux, le dépôt de garantie.")),
}


@dataclass(frozen=True)
class Answers:
    """What a household answers once the score is given; None is not said."""

    solved: str | None = None  # a key of SOLVED
    visit: str | None = None  # a key of VISITS
    work: int | None = None  # a key of GRADES, as the next two
    courtesy: int | None = None
    informed: int | None = None
    comment: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return self == Answers()


def is_satisfied(score: int) -> bool:
    """Say whether a score counts as satisfied."""
    return score >= SATISFIED_FROM


def reopens(solved: str | None) -> bool:
    """Say whether the tenant's answer reopens the complaint."""
    return solved == "no"


def is_time_to_ask(at: datetime, hours: WorkingTime) -> bool:
    """Say whether a survey may leave: on a working day of the member, from nine to seven."""
    there = at.astimezone(hours.zone)
    return hours.is_working_day(there.date()) and FROM <= there.time() < UNTIL


Mark = tuple[str, str]


def tenancy_marks(
    contract: str | None, dwelling: object | None, email: str | None, phone: str | None
) -> frozenset[Mark]:
    """Return what tells a tenancy: two complaints that share one mark are of the same household.

    All that is known counts, and not the best of it alone: a household that gave its contract once and its address
    another time must not be asked twice.
    """
    digits = "".join(sign for sign in phone or "" if sign.isdigit())
    known = {
        "contract": (contract or "").strip().lower(),
        "dwelling": str(dwelling or ""),
        "email": (email or "").strip().lower(),
        # Written with or without the country, the last nine digits are those of one telephone.
        "phone": digits[-9:],
    }
    return frozenset((kind, value) for kind, value in known.items() if value)


def way_to_ask(preferred: str, reach: Reach) -> tuple[Way, str] | None:
    """Return by what means and where a household is asked; None when nobody writes to it.

    Whoever wants letters or calls is not asked: a letter costs more than it tells, and a call disturbs.
    """
    order = {"email": (Way.EMAIL,), "sms": (Way.SMS, Way.EMAIL)}.get(preferred, ())
    return next(((way, address) for way in order if (address := reach.at(way))), None)


@dataclass(frozen=True)
class Summary:
    """How many scores, their mean, and how many are satisfied."""

    count: int
    mean: float | None
    satisfied: int

    @property
    def share(self) -> float | None:
        """The share of satisfied scores, from 0 to 1; None without a score."""
        return self.satisfied / self.count if self.count else None


def summary(scores: Collection[int]) -> Summary:
    """Return the figures of some scores."""
    count = len(scores)
    return Summary(count, sum(scores) / count if count else None, sum(map(is_satisfied, scores)))

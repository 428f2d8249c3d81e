"""Collective incidents: when several households report one trouble, and how unlikely it is by chance alone.

The measure of likeness is the Bhattacharyya overlap of what the text model read, not of the words: neighbours write
the same outage in words that have nothing in common. A Poisson test keeps a busy residence from crying wolf.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from service.domain.acute import ACUTE
from service.domain.taxonomy import categories, category_label

ALIKE = 0.5  # overlap from which two messages are about one thing
ABOUT = 0.3  # overlap from which a message is about an incident already known
CERTAIN = 0.8  # calibrated probability from which a reading of another subject is believed
HOUSEHOLDS, HOUSEHOLDS_ACUTE = 3, 2
CHANCE, CHANCE_ACUTE = 1e-5, 1e-3  # how rare a coincidence must be before it is taken for an incident

DAY = timedelta(days=1)
WINDOWS = {"degat_eaux": 3 * DAY, "infiltration": 3 * DAY, "nuisibles": 7 * DAY}  # slow troubles; one day otherwise
LONGEST_WINDOW = max(WINDOWS.values())

# Each household has its own: many at once are no trouble of the residence, and a neighbour has no business with it.
INDIVIDUAL = frozenset(
    {
        "autre", "accompagnement_social", "adaptation", "aides_attestations", "bail_depart", "loyer", "mutation",
        "relation_client",
    }
)  # fmt: skip
# What a building has of its own: two lifts are two troubles.
BY_BUILDING = frozenset({"ascenseur", "acces_immeuble", "eclairage_commun"})
ESSENTIAL = frozenset({"eau_chaude", "electricite"})  # and heating when it is cold, and water cut: see _is_essential

TITLES = {
    "chauffage": "Panne de chauffage",
    "eau_chaude": "Panne d'eau chaude",
    "electricite": "Panne d'électricité",
    "ascenseur": "Ascenseur en panne",
    "acces_immeuble": "Porte ou interphone en panne",
    "eclairage_commun": "Panne d'éclairage dans les parties communes",
    "tv_internet": "Panne de télévision ou d'internet",
    "ventilation": "Panne de ventilation",
}

PRIOR_DAYS = 14  # days of an average residence that are added to what is known of one
PRIOR_RATE = 0.15  # messages a day from an average residence, before the member has a history of its own


class Outcome(StrEnum):
    """What follows from a new message and its neighbours'."""

    NOTHING = "nothing"
    PROPOSE = "propose"
    OPEN = "open"


@dataclass(frozen=True)
class Report:
    """What one message says, as far as its neighbours are concerned. `roots` are square roots of probabilities."""

    id: UUID
    at: datetime
    household: str
    category: str | None
    roots: tuple[float, ...]  # in the order of the agreed list; empty when nothing was read
    is_sure: bool  # read with a confidence of CERTAIN and more
    by_person: bool = False
    secondary: str | None = None
    building: str | None = None
    is_danger: bool = False
    acute: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class History:
    """What came in during the `days` before the window, in one residence and in all of the member's."""

    days: float
    residences: int
    of_residence: int
    of_member: int
    of_category: int
    recent: int  # of the member, in the last fortnight
    recent_of_category: int


@dataclass(frozen=True)
class Verdict:
    """What to do, and why: distinct households, how rare by chance, and the messages alike."""

    outcome: Outcome
    households: int = 1
    chance: float = 1.0
    alike: tuple[Report, ...] = ()


@cache
def _ranks() -> dict[str, int]:
    return {code: rank for rank, code in enumerate(categories())}


def roots_of(shares: Mapping[str, float]) -> tuple[float, ...]:
    """Return the square root of each category's probability; what the model did not name shares the rest evenly."""
    ranks = _ranks()
    known = {code: max(share, 0.0) for code, share in shares.items() if code in ranks}
    total = sum(known.values())
    if not known or total <= 0:
        return ()
    scale = min(1.0, 1 / total)
    others = len(ranks) - len(known)
    rest = (1 - total * scale) / others if others else 0.0
    values = [max(rest, 0.0)] * len(ranks)
    for code, share in known.items():
        values[ranks[code]] = share * scale
    return tuple(math.sqrt(value) for value in values)


def overlap(first: Report, second: Report) -> float:
    """Return how much two readings say the same, from 0 to 1; 0 when one of them was not read."""
    return sum(one * other for one, other in zip(first.roots, second.roots, strict=False))


def household_of(*candidates: tuple[str, object]) -> str:
    """Return an opaque name for whoever lives there: the first of the (kind, value) pairs that has a value."""
    for kind, value in candidates:
        written = "".join(str(value or "").split()).casefold()
        if written:
            return hashlib.sha256(f"{kind}:{written}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    raise ValueError("the last candidate always has a value: the complaint itself")


def window_of(category: str | None) -> timedelta:
    """Return how long two messages about one trouble may be apart."""
    return WINDOWS.get(category or "", DAY)


def subject_of(report: Report) -> str | None:
    """Return the category an incident would have; None when the message can be no part of one."""
    if report.is_danger and report.acute and not report.by_person:
        return ACUTE[min(report.acute, key=list(ACUTE).index)].category
    return None if report.category in INDIVIDUAL else report.category


def title_of(report: Report, category: str) -> str:
    """Return what tenants read of an incident that begins with this report: what happens, never to whom."""
    told = report.acute if report.is_danger else report.acute & {"water"}
    kind = next((kind for kind in ACUTE if kind in told and ACUTE[kind].category == category), None)
    return ACUTE[kind].title if kind else usual_title(category)


def usual_title(category: str) -> str:
    """Return what tenants read of an incident of this category when nothing more is known."""
    return TITLES.get(category, category_label(category))


def is_about(report: Report, category: str) -> bool:
    """Say whether a message is about a known incident. A sure reading of another subject stands, and so does a word."""
    if category in (report.category, subject_of(report)):
        return report.category not in INDIVIDUAL
    if report.by_person or not report.roots or report.category in INDIVIDUAL:
        return False
    if report.is_sure and report.secondary != category:
        return False
    return report.roots[_ranks()[category]] >= ABOUT


def is_same_building(first: str | None, second: str | None) -> bool:
    """Say whether two buildings may be one: unless both are known and differ."""
    return not first or not second or first.strip().casefold() == second.strip().casefold()


def building_of(report: Report, category: str) -> str | None:
    """Return the building an incident would be held to; None for the whole residence."""
    return report.building if category in BY_BUILDING else None


def rate(history: History, window: timedelta) -> float:
    """Return how many messages of the category a quiet window of this residence brings, by what came before.

    Shrunk towards the member's average residence, itself shrunk towards PRIOR_RATE. The share of the category is that
    of the last fortnight when it is higher: in the first cold week everybody writes about heating.
    """
    average = (history.of_member + PRIOR_RATE * history.residences * PRIOR_DAYS) / (
        max(history.residences, 1) * (history.days + PRIOR_DAYS)
    )
    daily = (history.of_residence + average * PRIOR_DAYS) / (history.days + PRIOR_DAYS)
    kinds = len(_ranks())
    share = max(
        (history.of_category + 1) / (history.of_member + kinds),
        (history.recent_of_category + 1) / (history.recent + kinds),
    )
    return daily * share * (window / DAY)


def chance_of(households: int, expected: float) -> float:
    """Return the probability that a Poisson count of mean `expected` reaches `households`."""
    if expected <= 0:
        return 0.0 if households else 1.0
    term = math.exp(households * math.log(expected) - expected - math.lgamma(households + 1))
    total, count = 0.0, households
    while term > total * 1e-12 or count <= expected:
        total += term
        count += 1
        term *= expected / count
    return min(total, 1.0)


def decide(arrival: Report, neighbours: Sequence[Report], expected: Callable[[], float], *, is_cold: bool) -> Verdict:
    """Return what follows from a message, its neighbours' within the window, and the rate expected of the residence.

    `expected` is asked only when enough households say the same: it costs a look at three months.
    """
    category = subject_of(arrival)
    if category is None:
        return Verdict(Outcome.NOTHING)
    alike = tuple(one for one in neighbours if _counts(arrival, one, category))
    households = len({arrival.household, *(one.household for one in alike)})
    at_once = arrival.is_danger and any(ACUTE[kind].opens_alone for kind in arrival.acute)
    if households < (HOUSEHOLDS_ACUTE if arrival.acute else HOUSEHOLDS):
        return Verdict(Outcome.OPEN if at_once else Outcome.NOTHING, households, alike=alike)
    chance = chance_of(households, expected())
    is_rare = chance < (CHANCE_ACUTE if arrival.acute else CHANCE)
    if not is_rare and not at_once:
        return Verdict(Outcome.NOTHING, households, chance, alike)
    opens = at_once or "water" in arrival.acute or _is_essential(category, is_cold=is_cold)
    return Verdict(Outcome.OPEN if opens else Outcome.PROPOSE, households, chance, alike)


def _counts(arrival: Report, neighbour: Report, category: str) -> bool:
    if category in BY_BUILDING and not is_same_building(arrival.building, neighbour.building):
        return False
    return overlap(arrival, neighbour) >= ALIKE


def _is_essential(category: str, *, is_cold: bool) -> bool:
    """Say whether a home cannot do without: then nobody has to agree before neighbours are told."""
    return category in ESSENTIAL or (category == "chauffage" and is_cold)

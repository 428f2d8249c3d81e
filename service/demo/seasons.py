"""When tenants write about what: shares of the subjects, seasons, days of the week and hours of the day.

The shares are an assumption, to be replaced by each member's own export; no French source gives them over this list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from service.journey.submission.submission import PARIS

SHARES = {  # per cent
    "chauffage": 8.5, "eau_chaude": 4.5, "plomberie": 8.0, "evacuation": 3.8, "degat_eaux": 2.7, "electricite": 3.5,
    "gaz_co": 0.5, "menuiserie": 4.5, "serrurerie": 2.5, "humidite": 3.3, "isolation_confort": 1.2,
    "infiltration": 1.6, "structure_bati": 0.4, "ventilation": 1.8, "revetements": 1.8, "nuisibles": 3.0,
    "ascenseur": 2.5, "acces_immeuble": 3.0, "eclairage_commun": 1.7, "proprete": 2.5, "parties_communes": 1.0,
    "dechets": 2.0, "espaces_exterieurs": 1.5, "stationnement": 1.8, "tv_internet": 0.9, "securite_incendie": 0.5,
    "bruit": 3.5, "voisinage": 2.5, "securite": 2.2, "loyer": 4.0, "charges": 3.0, "aides_attestations": 2.5,
    "bail_depart": 2.5, "mutation": 2.5, "adaptation": 1.2, "accompagnement_social": 0.8, "travaux": 2.3,
    "relation_client": 1.5, "prestataire": 1.0, "autre": 1.5,
}  # fmt: skip

# Twelve multipliers, from January to December, around a mean of one.
_FLAT = (1.0,) * 12
_HEATING = (1.9, 1.6, 1.2, 0.6, 0.25, 0.1, 0.1, 0.1, 0.4, 1.7, 2.1, 1.95)
_HOT_WATER = (1.4, 1.3, 1.1, 0.9, 0.8, 0.7, 0.6, 0.6, 0.8, 1.2, 1.3, 1.3)
_DAMP = (1.7, 1.6, 1.4, 1.0, 0.6, 0.4, 0.3, 0.3, 0.5, 1.0, 1.6, 1.6)
_OUTDOORS = (0.5, 0.5, 0.7, 0.9, 1.3, 1.6, 1.7, 1.6, 1.2, 0.8, 0.6, 0.6)
_COMFORT = (1.6, 1.5, 1.1, 0.7, 0.5, 0.8, 1.2, 1.0, 0.5, 0.7, 1.1, 1.3)
_RAIN = (1.4, 1.2, 1.1, 0.9, 0.8, 0.7, 0.6, 0.7, 0.9, 1.2, 1.3, 1.2)
_RENT = (1.8, 0.9, 0.8, 0.9, 0.8, 0.8, 0.8, 0.8, 0.9, 1.8, 0.9, 0.8)
_MOVING = (0.7, 0.7, 0.8, 0.9, 1.0, 1.4, 1.6, 1.5, 1.3, 0.8, 0.7, 0.6)
_WORKS = (0.6, 0.7, 1.0, 1.2, 1.3, 1.3, 1.0, 0.7, 1.2, 1.2, 1.0, 0.8)

SEASONS = {
    "chauffage": _HEATING, "eau_chaude": _HOT_WATER, "humidite": _DAMP, "nuisibles": _OUTDOORS, "bruit": _OUTDOORS,
    "espaces_exterieurs": _OUTDOORS, "isolation_confort": _COMFORT, "infiltration": _RAIN, "loyer": _RENT,
    "bail_depart": _MOVING, "mutation": _MOVING, "travaux": _WORKS,
}  # fmt: skip
_CHARGES_USUAL, _CHARGES_MONTH, _CHARGES_AFTER = 0.6, 4.0, 2.0

_WEEKDAYS = (1.35, 1.15, 1.05, 1.0, 1.0, 0.4, 0.35)
_HOURS = (2, 1, 1, 1, 1, 3, 8, 20, 45, 60, 55, 45, 40, 40, 45, 45, 45, 50, 55, 50, 40, 30, 18, 8)


def season(category: str, month: int, charges_month: int) -> float:
    """Return how much more, or less, than usual a subject is written about in a month (1 to 12)."""
    if category == "charges":
        after = charges_month % 12 + 1
        return {charges_month: _CHARGES_MONTH, after: _CHARGES_AFTER}.get(month, _CHARGES_USUAL)
    return SEASONS.get(category, _FLAT)[month - 1]


def months_before(day: date, months: int) -> date:
    """Return the same day some months earlier, or the last day that month has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@dataclass(frozen=True)
class Almanac:
    """What is drawn from for one member: each subject with its weight, each day with its weight in the subject."""

    categories: Sequence[str]
    weights: Sequence[float]
    days: Sequence[date]
    day_weights: dict[str, Sequence[float]]  # cumulative

    def draw(self, random: Random, now: datetime) -> tuple[str, datetime]:
        """Return a subject and the moment somebody wrote about it, in Paris time, never after `now`."""
        category = random.choices(self.categories, self.weights)[0]
        return category, self.moment(random, category, now)

    def moment(self, random: Random, category: str, now: datetime) -> datetime:
        """Return a moment when somebody wrote about the subject."""
        while True:
            day = random.choices(self.days, cum_weights=self.day_weights[category])[0]
            moment = moment_of(random, day)
            if moment <= now:
                return moment


def moment_of(random: Random, day: date) -> datetime:
    """Return a moment of the day when tenants write."""
    hour = random.choices(range(24), _HOURS)[0]
    return datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), PARIS)


def almanac(start: date, end: date, charges_month: int) -> Almanac:
    """Return what to draw from between two days, both included."""
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    sums = {
        category: list(
            accumulate(season(category, day.month, charges_month) * _WEEKDAYS[day.weekday()] for day in days)
        )
        for category in SHARES
    }
    return Almanac(
        categories=list(SHARES),
        weights=[share * sums[category][-1] for category, share in SHARES.items()],
        days=days,
        day_weights=dict(sums),
    )

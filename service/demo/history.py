"""Eighteen months of complaints: who wrote, when, about what, and the incidents many wrote about at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from service.demo.chance import stream
from service.demo.corpus import Corpus, Hands, Reader
from service.demo.fate import Fate
from service.demo.landlord import Landlord
from service.demo.opening import Draft, begin
from service.demo.patrimoine import Plot
from service.demo.seasons import Almanac, almanac, months_before
from service.demo.story import Story
from service.demo.tenants import Neighbours
from service.journey.ports import Calendar
from service.journey.submission.submission import PARIS

MONTHS = 18
_INCIDENTS = ("ascenseur", "chauffage", "eau_chaude")
_MESSAGES_AN_INCIDENT = 260  # of a member's history, there is one incident
_VOICES = (4, 10)  # messages about one incident
_SPREAD_HOURS = 9.0  # mean time between the outage and a message
_RECENT_DAYS = (1, 5)
_FRESH_HOURS, _FRESH_SPREAD = (3, 8), 1.0  # a lift that stopped today: who takes the stairs writes soon
_DANGER_SHARE = 0.006
_SMALLEST_INBOX = 20  # under which nothing is left waiting


@dataclass(frozen=True)
class Past:
    """The period and the means of telling it."""

    now: datetime
    seed: int
    corpus: Corpus
    reader: Reader
    calendar: Calendar


@dataclass(frozen=True)
class Outage:
    """One trouble of one residence: its subject, when it began, and the mean hours until a household writes."""

    category: str
    start: datetime
    spread: float


def shares_of(total: int, landlords: Iterable[Landlord]) -> list[int]:
    """Return how many complaints each member received, in proportion to its dwellings."""
    sizes = [landlord.plan.dwellings for landlord in landlords]
    counts = [total * size // sum(sizes) for size in sizes]
    counts[0] += total - sum(counts)
    return counts


def tell(past: Past, landlord: Landlord, plots: list[Plot], count: int) -> list[Story]:
    """Return a member's stories in the order in which they began."""
    random = stream(past.seed, "history", landlord.plan.slug)
    drafts = sorted(_drafts(past, landlord, plots, count, random), key=lambda draft: draft.at)
    fate = Fate(past.now, past.calendar, past.reader, random)
    stories = []
    for draft in drafts:
        story = begin(landlord, draft, past.reader, past.calendar, random)
        fate.live(story)
        stories.append(story)
    return stories


def _drafts(past: Past, landlord: Landlord, plots: list[Plot], count: int, random: Random) -> list[Draft]:
    today = past.now.astimezone(PARIS).date()
    book = almanac(months_before(today, MONTHS), today, landlord.plan.charges_month)
    hands = Hands(past.corpus, random)
    neighbours = Neighbours(plots, past.seed, random)
    drafts: list[Draft] = []
    for number in range(count // _MESSAGES_AN_INCIDENT):
        drafts += _incident(past, neighbours, hands, book, random, is_recent=number == 0)
    if count > _SMALLEST_INBOX:
        drafts += _stopped_lift(past, neighbours, hands, random)
    if count > _SMALLEST_INBOX:
        drafts.append(_live_danger(past, neighbours, hands, random))
    while len(drafts) < count:
        category, at = book.draw(random, past.now)
        message = (hands.danger() if random.random() < _DANGER_SHARE else None) or hands.deal(category)
        drafts.append(Draft(at, neighbours.one(message.category), message))
    return drafts[:count]


def _live_danger(past: Past, neighbours: Neighbours, hands: Hands, random: Random) -> Draft:
    """Return a danger of the last hours, so that an inbox shows what one looks like."""
    message = hands.danger() or hands.deal("gaz_co")
    at = past.now - timedelta(minutes=random.randint(20, 150))
    return Draft(at, neighbours.one(message.category), message)


def _incident(
    past: Past, neighbours: Neighbours, hands: Hands, book: Almanac, random: Random, *, is_recent: bool
) -> list[Draft]:
    """Return the messages of neighbours about one outage in one residence."""
    category = random.choice(_INCIDENTS)
    start = book.moment(random, category, past.now)
    if is_recent:
        start = past.now - timedelta(days=random.uniform(*_RECENT_DAYS))
    return _voices(past, neighbours, hands, random, Outage(category, start, _SPREAD_HOURS))


def _stopped_lift(past: Past, neighbours: Neighbours, hands: Hands, random: Random) -> list[Draft]:
    """Return what neighbours write today about one lift, so that an incident waits for a person's word."""
    start = past.now - timedelta(hours=random.uniform(*_FRESH_HOURS))
    return _voices(past, neighbours, hands, random, Outage("ascenseur", start, _FRESH_SPREAD))


def _voices(past: Past, neighbours: Neighbours, hands: Hands, random: Random, outage: Outage) -> list[Draft]:
    category = outage.category
    plot = _residence(neighbours, category)
    homes = plot.dwellings
    if category == "ascenseur":  # each building has its own
        building = random.choice(homes).building
        homes = [home for home in homes if home.building == building]
    drafts = []
    for dwelling in random.sample(homes, min(random.randint(*_VOICES), len(homes))):
        at = outage.start + timedelta(hours=random.expovariate(1 / outage.spread))
        if at <= past.now:
            drafts.append(Draft(at.replace(microsecond=0), neighbours.household(plot, dwelling), hands.deal(category)))
    return drafts


def _residence(neighbours: Neighbours, category: str) -> Plot:
    """Return a residence where one outage reaches many: a common boiler room, a lift."""
    fits: Callable[[Plot], bool] = (
        (lambda plot: plot.residence.has_lift)
        if category == "ascenseur"
        else (lambda plot: plot.residence.heating == "collective")
    )
    for _ in range(200):
        plot = neighbours.plot(category)
        if fits(plot):
            return plot
    return plot

"""The standard synthetic network that the release engine is measured on: 95,000 dwellings, two years, nobody real.

Sizes and shares are assumptions written down here, not observations. What was imagined is kept beside what was loaded,
so that the truth is counted without the SQL that is measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from service.demo.seasons import SEASONS, SHARES
from service.domain.periods import months_before
from service.domain.taxonomy import FAMILIES, categories
from service.domain.watch_list import in_force

SEED = 20261124
LAST_MONTH = date(2026, 10, 1)
MONTHS = 24
A_MONTH = 8072  # complaints, on average
MEMBERS = {
    "alpha": 25_000, "beta": 20_000, "gamma": 16_500, "delta": 13_000, "epsilon": 10_500, "zeta": 10_000,
}  # fmt: skip
AREAS = ("qpv", "urbain", "periurbain", "rural")
# One line a member: the parts of its residences in each type of area. Four of six have rural ones.
_AREA_PARTS = (
    (.30, .40, .18, .12), (.35, .35, .20, .10), (.45, .35, .20, .00),
    (.25, .30, .15, .30), (.40, .45, .15, .00), (.20, .30, .20, .30),
)  # fmt: skip
RESIDENCES = (375, 513, 1543)  # of fewer than 11 dwellings, of 11 to 19, of 20 and more
LARGEST_SHARE, _RAISED = 0.18, "chauffage"  # of the categories; the smallest has 0.36 %
SHAPE = 0.55  # of the gamma that households' rates are drawn from: 8 % of what a month counts is a second subject
REMINDERS = 0.16  # of all messages
BURSTS, BURST_SHARE = 12, 0.4  # residences a month where an outage makes so many households write
BURST_SUBJECTS = ("chauffage", "eau_chaude", "ascenseur")
_PLANTED_EVERY = 9  # terms of the public list: these are met by about PLANTED_BASE households a month
PLANTED_BASE, PLANTED_RISE, RISING = 20, 3, 3  # in the second year, so many of them a month rise so much
_TERM_BASES = (20, 0.3)  # messages a month with the commonest of the others, and the rarest: one in four holds a term
SCORED = 0.21  # of the complaints
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stock:
    """Public: who owns what, where. Dwellings are numbered by residence, residences by member."""

    residence: Ints  # of each dwelling
    member: Ints  # of each residence
    area: Ints  # of each residence
    size: Ints  # of each residence


@dataclass(frozen=True)
class Messages:
    """What households wrote, in the order of time, and what became of it. Days are counted from `Standard.start`."""

    dwelling: Ints
    category: Ints
    day: Ints
    minute: Ints  # of the day, in Paris
    days: Ints  # working days until the complete answer
    done_day: Ints
    answer_days: Ints
    hops: Ints
    was_corrected: npt.NDArray[np.bool_]
    score: Ints  # -1: none given
    terms: Sequence[Ints]  # of each message


@dataclass(frozen=True)
class Standard:
    """The whole network."""

    start: date  # the first day of the first month
    months: int
    stock: Stock
    messages: Messages
    rising: dict[int, Ints]  # month -> the planted terms that rise in it


def subjects() -> list[str]:
    """Return the categories, in the order of the published keys."""
    return list(categories())


def family_numbers() -> Ints:
    """Return the place of the family of each category."""
    places = {family: place for place, family in enumerate(FAMILIES)}
    return np.array([places[one.family] for one in categories().values()])


def terms() -> list[str]:
    """Return the public list of words, in order."""
    return list(in_force(LAST_MONTH, {}))


def planted() -> list[int]:
    """Return the places of the terms that rise now and then."""
    return list(range(0, len(terms()), _PLANTED_EVERY))


def shares() -> Floats:
    """Return the share of each category: those of the demonstration, heating raised to the share of a hard winter."""
    whole = {code: 0.0 if code == _RAISED else share for code, share in SHARES.items()}
    scale = (1 - LARGEST_SHARE) / sum(whole.values())
    return np.array([LARGEST_SHARE if code == _RAISED else whole[code] * scale for code in subjects()])


def imagine(seed: int = SEED, months: int = MONTHS, a_month: int = A_MONTH) -> Standard:
    """Return the network: `a_month` complaints on average. 20,834 a month make half a million in two years."""
    rng = np.random.default_rng(seed)
    start = months_before(LAST_MONTH, months - 1)
    stock = _stock(rng)
    rates = rng.gamma(SHAPE, size=len(stock.residence))
    cumulated = np.cumsum(rates) / rates.sum()
    written = [_month(rng, stock, cumulated, start, month, a_month) for month in range(months)]
    dwelling, category, day = (np.concatenate([one[part] for one in written]) for part in range(3))
    order = np.argsort(day, kind="stable")
    dwelling, category, day = dwelling[order], category[order], day[order]
    rising = {month: rng.choice(planted(), RISING, replace=False) for month in range(12, months)}
    held = _held(rng, _months_of(start, day), a_month, rising)
    return Standard(start, months, stock, _lives(rng, stock, (dwelling, category, day), held), rising)


def _stock(rng: np.random.Generator) -> Stock:
    sizes = np.array(list(MEMBERS.values()))
    upto = np.concatenate([[0], np.cumsum(sizes)]) / sizes.sum()
    counts = [np.diff(np.round(upto * total)).astype(int) for total in RESIDENCES]
    size, member, area = [], [], []
    for place, total in enumerate(sizes):
        tiny = rng.integers(2, 11, counts[0][place])
        small = rng.integers(11, 20, counts[1][place])
        left = total - tiny.sum() - small.sum() - 20 * counts[2][place]
        parts = rng.lognormal(0, 0.8, counts[2][place])
        large = 20 + rng.multinomial(left, parts / parts.sum())
        own = rng.permutation(np.concatenate([tiny, small, large]))
        size.append(own)
        member.append(np.full(len(own), place))
        area.append(rng.choice(len(AREAS), len(own), p=_AREA_PARTS[place]))
    all_sizes = np.concatenate(size)
    residence = np.repeat(np.arange(len(all_sizes)), all_sizes)
    return Stock(residence, np.concatenate(member), np.concatenate(area), all_sizes)


def _month(
    rng: np.random.Generator, stock: Stock, cumulated: Floats, start: date, month: int, a_month: int
) -> tuple[Ints, Ints, Ints]:
    """Return the dwelling, the category and the day of each message of a month."""
    first = months_before(start, -month)
    begin, end = (first - start).days, (months_before(first, -1) - start).days
    weights = shares() * np.array([SEASONS.get(code, (1.0,) * 12)[first.month - 1] for code in subjects()])
    homes, topics = _bursts(rng, stock)
    fresh = max(rng.poisson(a_month * (1 - REMINDERS) * weights.sum()) - len(homes), 0)
    homes = np.concatenate([homes, np.searchsorted(cumulated, rng.random(fresh))])
    topics = np.concatenate([topics, rng.choice(len(weights), fresh, p=weights / weights.sum())])
    days = rng.integers(begin, end, len(homes))
    again = rng.integers(0, len(homes), round(len(homes) * REMINDERS / (1 - REMINDERS)))
    later = np.minimum(days[again] + rng.integers(1, 12, len(again)), end - 1)
    return (
        np.concatenate([homes, homes[again]]),
        np.concatenate([topics, topics[again]]),
        np.concatenate([days, later]),
    )


def _bursts(rng: np.random.Generator, stock: Stock) -> tuple[Ints, Ints]:
    codes = subjects()
    homes, topics = [], []
    for residence in rng.choice(len(stock.size), BURSTS, replace=False):
        own = np.flatnonzero(stock.residence == residence)
        wrote = own[rng.random(len(own)) < BURST_SHARE]
        homes.append(wrote)
        topics.append(np.full(len(wrote), codes.index(rng.choice(BURST_SUBJECTS))))
    return np.concatenate(homes), np.concatenate(topics)


def _lives(rng: np.random.Generator, stock: Stock, written: tuple[Ints, Ints, Ints], held: Sequence[Ints]) -> Messages:
    """Return what became of each message: some members and subjects are slower, and slowness displeases."""
    dwelling, category, day = written
    count = len(dwelling)
    member = stock.member[stock.residence[dwelling]]
    slowness = rng.uniform(0.7, 1.5, len(MEMBERS))[member] * rng.uniform(0.6, 2.0, len(SHARES))[category]
    days = np.minimum(np.floor(rng.lognormal(np.log(7 * slowness), 0.8)), 200).astype(int)
    answer_days = np.minimum(rng.poisson(2.2 * slowness), days)
    pleased = 7.6 - 0.12 * np.minimum(days, 40) + rng.normal(0, 2.2, count)
    scored = rng.random(count) < SCORED
    return Messages(
        dwelling, category, day,
        minute=rng.integers(480, 1200, count),
        days=days,
        done_day=day + np.floor(days * 1.4).astype(int),
        answer_days=answer_days,
        hops=(rng.random(count) < rng.uniform(0.02, 0.2, len(SHARES))[category]).astype(int),
        was_corrected=rng.random(count) < rng.uniform(0.04, 0.18, len(SHARES))[category],
        score=np.where(scored, np.clip(np.rint(pleased), 0, 10).astype(int), -1),
        terms=held,
    )  # fmt: skip


def _months_of(start: date, day: Ints) -> Ints:
    months = (np.datetime64(start, "D") + day).astype("datetime64[M]")
    return np.asarray((months - np.datetime64(start, "M")).astype(int))


def _held(rng: np.random.Generator, months: Ints, a_month: int, rising: dict[int, Ints]) -> Sequence[Ints]:
    """Return the words of the list that each message holds."""
    bases = np.geomspace(*_TERM_BASES, len(terms()))
    bases[planted()] = PLANTED_BASE
    found: list[list[int]] = [[] for _ in months]
    for month in range(months.max() + 1):
        own = np.flatnonzero(months == month)
        wanted = bases * (a_month / A_MONTH)
        wanted[rising.get(month, [])] *= PLANTED_RISE
        for number, count in enumerate(rng.poisson(wanted)):
            for place in rng.choice(own, count):
                found[place].append(number)
    return [np.array(sorted(set(one)), dtype=int) for one in found]

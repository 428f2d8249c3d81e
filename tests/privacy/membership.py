"""A household that is in or not: both bounded tables from PostgreSQL, and the attacker's best statistic on draws."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

import numpy as np

from service.adapters.noise import OpenDpNoise
from service.domain.areas import AREAS
from service.domain.periods import instants_of, periods_closed_by
from service.domain.products import PRODUCTS, Product, keys_of
from service.domain.taxonomy import FAMILIES, categories
from service.journey.transactions import name_member, release_transaction
from service.journey.trends.bounding import bounded_table, secret_of
from tests.privacy.measures import Numbers
from tests.town import Message, Town

QUARTER_END = date(2026, 9, 1)  # what it publishes: every product
TERMS = ("ascenseur", "cafards", "chaudiere", "loyer")
Draw = Callable[[Sequence[int], float, int, float], list[int]]
Table = tuple[Product, date]
NOISE = OpenDpNoise()


@dataclass(frozen=True)
class Worlds:
    """The exact bounded tables with the household and without it, key by key."""

    having: Mapping[Table, dict[str, int]]
    without: Mapping[Table, dict[str, int]]

    def moved(self, table: Table) -> list[str]:
        """Return the keys of a table that the household moves."""
        one, other = self.having[table], self.without[table]
        return [key for key in one if one[key] != other[key]]


def subjects_of_every_family() -> list[str]:
    """Return one subject a family."""
    return [next(code for code, one in categories().items() if one.family == family) for family in FAMILIES]


def build(town: Town, messages: Sequence[Message], random: Random) -> UUID:
    """Write a town in which one subject is nobody's, one of three, one of forty households; return the one more."""
    (homes,) = town.residences([60], "urbain")
    own = [Message(**{**vars(one), "id": uuid4(), "dwelling": homes[0]}) for one in messages]
    others = []
    for subject, end in zip(subjects_of_every_family()[1:], (4, 41, 20), strict=False):
        for home in homes[1:end]:
            at = instants_of(QUARTER_END, "month")[0] + timedelta(hours=random.randrange(700))
            others.append(Message(uuid4(), home, at, subject))
    town.write([*own, *others])
    return homes[0]


def storm() -> list[Message]:
    """Return what a household writes that weighs as much as it may in every product of a quarter's last release."""
    start, made = instants_of(QUARTER_END, "month")[0], []
    for day in range(30):
        for place, subject in enumerate(subjects_of_every_family()):
            at = start + timedelta(days=day, hours=place)
            made.append(
                Message(
                    uuid4(), None, at, subject, hops=1, first_category=subject, answer_due_at=at,
                    answer_done_at=at + timedelta(days=place), full_due_at=at, full_done_at=at + timedelta(hours=1),
                    full_days=place, score=place, terms=TERMS,
                )
            )  # fmt: skip
    return [one for one in made if one.at < instants_of(QUARTER_END, "month")[1]]


def tables(member_id: UUID, codes: Sequence[str]) -> dict[Table, dict[str, int]]:
    """Return the bounded tables of a quarter's last month, over all their keys, and leave nothing behind."""
    made = {}
    with release_transaction() as session:
        name_member(session, member_id)
        for product in (PRODUCTS[code] for code in codes):
            for period in periods_closed_by(QUARTER_END, product.length):
                keys = keys_of(product, ["amont"], list(AREAS), TERMS)
                found = bounded_table(
                    session, member_id, product, period, {area: area for area in AREAS}, secret_of("s", member_id)
                )
                prefix = "amont|" if product.split == "member" else ""
                made[product, period] = dict.fromkeys(keys, 0) | {f"{prefix}{key}": n for key, n in found.items()}
        session.rollback()
    return made


def both(copy: Callable[[], AbstractContextManager[Town]], messages: Sequence[Message], codes: Sequence[str]) -> Worlds:
    """Return the tables of both worlds: the database as it is, and the same after all of one household was removed."""
    with copy() as town:
        target = build(town, messages, Random(1))
        having = tables(town.member_id, codes)
        for table in ("feedback", "term_sightings"):
            town.execute(
                f"delete from {table} using complaints c where c.id = complaint_id and c.dwelling_id = %s", target
            )
        assert town.execute("delete from complaints where dwelling_id = %s", target) == len(messages)
        return Worlds(having, tables(town.member_id, codes))


def statistics(worlds: Worlds, table: Table, runs: int, draw: Draw, *, whole: bool = False) -> tuple[Numbers, Numbers]:
    """Return the log of the likelihood ratio over so many draws, without the household and with it.

    The cells that it does not move tell nothing: unless `whole`, they are not drawn. Several draws then share a vector.
    """
    product, moved = table[0], worlds.moved(table)
    keys = list(worlds.having[table]) if whole else moved
    places = [keys.index(key) for key in moved]
    step = np.array([worlds.having[table][key] - worlds.without[table][key] for key in moved])
    made = []
    for world in (worlds.without, worlds.having):
        counts = [world[table][key] for key in keys]
        together = 1 if whole else 500
        drawn = [draw(counts * together, product.sigma, product.most, product.rho) for _ in range(runs // together)]
        seen = np.array(drawn, dtype=float).reshape(-1, len(keys))[:, places]
        origin = np.array([worlds.without[table][key] for key in moved])
        made.append(((seen - origin - step / 2) * step).sum(axis=1) / product.sigma**2)
    return made[0], made[1]


def real(counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
    """Draw as a release does."""
    return NOISE.draw(counts, sigma, cells, rho)

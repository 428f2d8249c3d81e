"""Many pairs of neighbouring databases in two: every residence is a small world of its own, that lost one household.

The tables are those of the real statement; its last line alone is changed, so that cells are seen residence by
residence before they are added up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4
from zlib import crc32

import psycopg
import pytest

from service.domain.areas import AREAS
from service.domain.periods import instants_of, months_before, periods_closed_by
from service.domain.products import PRODUCTS, Product
from service.domain.taxonomy import categories
from service.journey.transactions import name_member, release_transaction
from service.journey.trends import bounding
from service.journey.trends.bounding import bounded_table, secret_of
from tests.privacy import reference
from tests.privacy.reference import Block
from tests.town import Message, Town

MONTHS = [months_before(date(2026, 11, 1), back) for back in range(24, 0, -1)]
TERMS = ("ascenseur", "cafards", "chaudiere", "eau chaude", "loyer")
SIZES = (1, 2, 5, 19, 20, 24)  # dwellings, on both sides of what is small
LONG_YEARS = (date(2024, 11, 25), date(2025, 5, 26))  # weeks from which twelve months publish 53
SUBJECTS = tuple(categories())
BY_RESIDENCE = "select residence_id::text || ' ' || key, households::integer from cells"
SECRET = "only for tests"
NEVER = datetime(2099, 1, 1, tzinfo=UTC)
CHANGES = (
    "category = case category when 'loyer' then 'chauffage' else 'loyer' end, hops = hops + 1",
    (
        "full_due_at = full_due_at + interval '960 hours', full_done_at = full_done_at + interval '840 hours', "
        "full_days = full_days + 35, was_extended = true"
    ),
)
Tables = dict[tuple[str, date], dict[str, int]]  # product, period -> "residence key" -> households


@dataclass(frozen=True)
class Pairs:
    """What is written: the household that each residence has in one database and not in the other, and the others."""

    blocks: Sequence[Block]
    messages: Sequence[Message]
    unknown: Mapping[UUID, date]  # a message that comes late -> the month whose release first knows it

    @property
    def targets(self) -> list[UUID]:
        return [block.dwellings[0] for block in self.blocks]


def sizes(count: int, random: Random) -> Iterator[tuple[str, list[int]]]:
    """Return how large the residences of each type of area are."""
    for area in AREAS:
        yield area, [random.choice(SIZES) for _ in range(count // len(AREAS))]


def invent(count: int, random: Random) -> Pairs:
    """Return so many pairs that are in no database."""
    blocks = [
        Block(f"{area}-{place}", area, [uuid4() for _ in range(size)])
        for area, made in sizes(count, random)
        for place, size in enumerate(made)
    ]
    return _pairs(blocks, random)


def build(town: Town, count: int, random: Random) -> Pairs:
    """Write so many residences, one household to remove in each, and its neighbours."""
    homes = [(area, one) for area, made in sizes(count, random) for one in town.residences(made, area)]
    with psycopg.connect(town.url) as connection:
        names = dict(connection.execute("select id, residence_id::text from dwellings").fetchall())
    pairs = _pairs([Block(names[one[0]], area, one) for area, one in homes], random)
    town.lighten()
    town.write(replace(one, at=NEVER) if one.id in pairs.unknown else one for one in pairs.messages)
    for name in ("submitted_at", "full_done_at", "full_due_at", "answer_due_at"):
        town.execute(f"create index on complaints ({name})")
    town.execute("analyze")
    return pairs


def _pairs(blocks: Sequence[Block], random: Random) -> Pairs:
    messages = list(_messages([block.dwellings for block in blocks], random))
    unknown = {  # until the second month after its own, or later
        one.id: months_before(one.at.date().replace(day=1), -random.randint(2, 4))
        for one in messages
        if random.random() < 0.1
    }
    return Pairs(blocks, messages, unknown)


def _messages(homes: Sequence[Sequence[UUID]], random: Random) -> Iterator[Message]:
    for dwellings in homes:
        liked = random.sample(SUBJECTS, 4)  # what the neighbours write about too
        month = random.choice(MONTHS)
        for moment in _moments(month, random):
            yield _message(dwellings[0], moment, random.choice(liked if random.random() < 0.6 else SUBJECTS), random)
        for neighbour in dwellings[1:6]:
            for _ in range(random.randint(0, 3)):  # half of them in the same month as the household
                moment = random.choice((_within(random, MONTHS[0], 730), _within(random, month, 28)))
                yield _message(neighbour, moment, random.choice(liked), random)


def _moments(month: date, random: Random) -> list[datetime]:
    """Return when a household writes: seldom, much in one month, every week from a month on, at the edges."""
    manner = random.randrange(6)
    if manner == 0:
        return [_within(random, month, 28) for _ in range(random.randint(6, 14))]
    if manner == 1:
        first = random.choice(LONG_YEARS)
        every = [first + timedelta(days=7 * week) for week in (*range(6), *range(50, 55))]
        return [_within(random, day, 7) for day in every for _ in range(random.randint(2, 5))]
    if manner == 2:  # the first and the last instants of months
        edges = [instants_of(one, "month")[0].astimezone(UTC) for one in random.sample(MONTHS, 8)]
        return [edge - timedelta(seconds=random.choice((0, 1))) for edge in edges]
    return [_within(random, MONTHS[0], 730) for _ in range(random.randint(1, 6 if manner < 5 else 36))]


def _within(random: Random, day: date, days: int) -> datetime:
    return instants_of(day, "month")[0].astimezone(UTC) + timedelta(seconds=random.randrange(days * 86400))


def _message(dwelling: UUID, at: datetime, category: str, random: Random) -> Message:
    days = random.choice((0, 1, 3, 8, 25, 100))
    done = at + timedelta(days=days) if random.random() < 0.7 else None
    return Message(
        id=UUID(int=random.getrandbits(128), version=4), dwelling=dwelling, at=at, category=category,
        abstained=random.random() < 0.05, first_category=random.choice((None, category, "loyer")),
        hops=random.choice((0, 0, 1)), target=random.choice(("team", "supplier", "authority")),
        answer_due_at=at + timedelta(days=6), answer_done_at=at + timedelta(days=random.randint(1, 12)),
        full_due_at=at + timedelta(days=21), full_done_at=done, full_days=days if done else None,
        reopenings=random.choice((0, 0, 0, 1)), was_extended=random.random() < 0.1,
        score=random.randint(0, 10) if random.random() < 0.3 else None,
        terms=random.sample(TERMS, random.randint(0, 3)),
    )  # fmt: skip


def kind(message: UUID, month: date) -> int:
    """Return what happens to a message before a month's release: 0 and 1 are changes, the rest is nothing."""
    return crc32(f"{message} {month}".encode()) % 5


def change(town: Town, month: date, pairs: Pairs) -> None:
    """Do what happens between two releases: late messages, other subjects, hands changed, dates put back."""
    known = [one for one in pairs.messages if pairs.unknown.get(one.id) == month]
    town.execute(
        "update complaints c set submitted_at = late.at from unnest(%s::uuid[], %s::timestamptz[]) late(id, at) "
        "where c.id = late.id",
        [one.id for one in known], [one.at for one in known],
    )  # fmt: skip
    start, end = reference.changed_before(month)
    recent = [(one.id, kind(one.id, month)) for one in pairs.messages if start <= one.at <= end]
    for how, statement in enumerate(CHANGES):
        chosen = [one for one, what in recent if what == how]
        town.execute(
            f"update complaints set {statement} where submitted_at between %s and %s and id = any(%s)",
            start, end, chosen,
        )  # fmt: skip


def expect(pairs: Pairs, secret: bytes, *, without_targets: bool = False) -> Tables:
    """Return the bounded tables of 24 months as the rule has them, with what happens between two releases."""
    made: Tables = {
        (product.code, period): {}
        for month in MONTHS
        for product in PRODUCTS.values()
        for period in periods_closed_by(month, product.length)
    }
    notes = {one.id: NEVER if one.id in pairs.unknown else one.at for one in pairs.messages}
    written: dict[UUID | None, list[Message]] = defaultdict(list)
    for one in pairs.messages:
        written[one.dwelling].append(one)
    for given in pairs.blocks:
        its = [one for home in given.dwellings[1 if without_targets else 0 :] for one in written[home]]
        block = Block(given.name, given.area, given.dwellings, {one.id: replace(one, at=notes[one.id]) for one in its})
        for month in MONTHS:
            block.messages.update((one.id, one) for one in its if pairs.unknown.get(one.id) == month)
            _change(block, month)
            for table, cells in reference.release(month, block, notes, secret):
                made[table].update((f"{block.name} {key}", count) for key, count in cells.items())
    return made


def _change(block: Block, month: date) -> None:
    start, end = reference.changed_before(month)
    for one in block.messages.values():
        if start <= one.at <= end and (how := kind(one.id, month)) < 2:
            block.messages[one.id] = reference.changed(one, how)


def count(town: Town, pairs: Pairs, codes: Iterable[str], *, is_changing: bool = True) -> Tables:
    """Return the bounded tables of 24 months, by residence, one month after the other."""
    made: Tables = {}
    secret, areas = secret_of(SECRET, town.member_id), {area: area for area in AREAS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounding, "_SUM", BY_RESIDENCE)
        for month in MONTHS:
            if is_changing:
                change(town, month, pairs)
            with release_transaction() as session:
                name_member(session, town.member_id)
                for product in (PRODUCTS[code] for code in codes):
                    for period in periods_closed_by(month, product.length):
                        table = bounded_table(session, town.member_id, product, period, areas, secret)
                        made[product.code, period] = table
    return made


def violations(one: Tables, other: Tables) -> list[str]:
    """Return where one household weighs more than is declared: in a cell, in a period, in any twelve months."""
    faults = []
    for product in (PRODUCTS[code] for code in sorted({code for code, _ in one})):
        moved: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))  # residence -> month -> cells
        for month in MONTHS:
            for period in periods_closed_by(month, product.length):
                changes = _changes(one[product.code, period], other[product.code, period])
                if any(abs(by) > 1 for cells in changes.values() for by in cells):
                    faults.append(f"{product.code} {period}: a cell moved by more than one")
                for residence, cells in changes.items():
                    moved[residence][month] += len(cells)
                    if len(cells) > product.most:
                        faults.append(f"{product.code} {period}: {len(cells)} cells moved")
        faults += _beyond_cap(product, moved)
    return faults


def _changes(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for key in one.keys() | other.keys():
        if by := one.get(key, 0) - other.get(key, 0):
            found[key.partition(" ")[0]].append(by)
    return found


def _beyond_cap(product: Product, moved: Mapping[str, Mapping[date, int]]) -> list[str]:
    faults = []
    for months in moved.values():
        for first in MONTHS:
            year = sum(cells for month, cells in months.items() if first <= month < months_before(first, -12))
            if year > product.cap:
                faults.append(f"{product.code}: {year} cells in the twelve months from {first:%Y-%m}")
    return faults

"""What bounding gives, in Python and straight from its rule: what the statement in PostgreSQL is compared with.

Written apart from the statement and from what it is made of: of the service, only the list of products and periods.
"""

import hmac
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID

from service.domain.periods import PUBLISH_FROM_DAY, instants_of, months_before, periods_closed_by, year_before
from service.domain.products import DELAY_BINS, PRODUCTS, SMALL_MOST, SMALL_RESIDENCE, Product
from service.domain.taxonomy import categories
from tests.town import Message

FAMILY = {code: one.family for code, one in categories().items()}
Key = tuple[str, date]  # product, period
IsIn = Callable[[datetime | None], bool]


@dataclass
class Block:
    """A residence: how it is named, where it is, its dwellings; then what was written there, as it is by now."""

    name: str
    area: str
    dwellings: Sequence[UUID]
    messages: dict[UUID, Message] = field(default_factory=dict)
    weighed: dict[tuple[str, UUID], list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))


@cache
def _between(period: date, length: str) -> tuple[datetime, datetime]:
    start, end = instants_of(period, length)
    return start.astimezone(UTC), end.astimezone(UTC)


def changed(one: Message, how: int) -> Message:
    """Return a message after a change of one kind: another subject and another hand, or its dates put back."""
    if how == 0:
        return replace(one, category="chauffage" if one.category == "loyer" else "loyer", hops=one.hops + 1)
    return replace(
        one, was_extended=True,
        full_due_at=one.full_due_at and one.full_due_at + timedelta(hours=960),
        full_done_at=one.full_done_at and one.full_done_at + timedelta(hours=840),
        full_days=None if one.full_days is None else one.full_days + 35,
    )  # fmt: skip


def changed_before(month: date) -> tuple[datetime, datetime]:
    """Return when the messages were received that change before a month's release."""
    end = _between(month, "month")[1] + timedelta(days=PUBLISH_FROM_DAY)
    return _between(months_before(month, 4), "month")[0], end


def keys(product: str, one: Message, start: datetime, end: datetime) -> Iterator[str]:
    """Return what one message makes its household count for in a period. The notes are read apart."""

    def is_in(at: datetime | None) -> bool:
        return at is not None and start <= at < end

    if product == "TERMS":
        return iter(one.terms if is_in(one.at) else ())
    if product == "MODEL":
        return iter((_reading(one),) if is_in(one.at) else ())
    if one.category is None or one.abstained:
        return iter(())
    if product in DUE:
        return DUE[product](one, FAMILY[one.category], is_in)
    return _received(product, one, FAMILY[one.category]) if is_in(one.at) else iter(())


def _promises(one: Message, family: str, is_in: IsIn) -> Iterator[str]:
    for name, due, done in (
        ("answer", one.answer_due_at, one.answer_done_at), ("full", one.full_due_at, one.full_done_at),
    ):  # fmt: skip
        if due is not None and is_in(due):
            yield f"{family}|{name}|{'kept' if done is not None and done <= due else 'broken'}"


def _late(one: Message, family: str, is_in: IsIn) -> Iterator[str]:
    due, done = one.full_due_at, one.full_done_at
    if due is not None and is_in(due) and (done is None or done > due):
        yield f"{family}|{_cause(one)}"


def _days(one: Message, is_in: IsIn) -> Iterator[int]:
    if one.full_days is not None and is_in(one.full_done_at):
        yield DELAY_BINS[bisect_right(DELAY_BINS, max(one.full_days, 0)) - 1]


DUE: dict[str, Callable[[Message, str, IsIn], Iterator[str]]] = {
    "PROMISE": _promises,
    "LATE": _late,
    "DELAY_FAM": lambda one, family, is_in: (f"{family}|{days}" for days in _days(one, is_in)),
    "DELAY_MEM": lambda one, _, is_in: map(str, _days(one, is_in)),
}


def _cause(one: Message) -> str:
    if one.hops:
        return "passed"
    if one.target in ("authority", "supplier"):
        return one.target
    return "extended" if one.was_extended else "team"


def _received(product: str, one: Message, family: str) -> Iterator[str]:
    assert one.category
    if product in ("C1", "Q2", "Q3"):
        yield one.category
    elif product in ("MF", "AF", "WK"):
        yield family
    elif product == "BOUNCE" and one.hops:
        yield one.category


def _reading(one: Message) -> str:
    if one.abstained or one.category is None or one.first_category is None:
        return "person"
    return "kept" if one.first_category == one.category else "corrected"


def seen(
    product: str, messages: Sequence[Message], notes: Mapping[UUID, datetime], period: date
) -> dict[UUID, set[str]]:
    """Return the keys of each household in a period."""
    start, end = _between(period, PRODUCTS[product].length)
    found: dict[UUID, set[str]] = defaultdict(set)
    last: dict[UUID, tuple[datetime, int]] = {}
    for one in messages:
        assert one.dwelling
        if product != "SATIS":
            for key in keys(product, one, start, end):
                found[one.dwelling].add(key)
        elif one.score is not None and start <= notes[one.id] < end:
            last[one.dwelling] = max(last.get(one.dwelling, (start, -1)), (notes[one.id], one.score))
    return found | {dwelling: {str(score)} for dwelling, (_, score) in last.items()}


def bounded(
    block: Block, product: Product, period: date, found: Mapping[UUID, set[str]], secret: bytes
) -> dict[str, int]:
    """Return the bounded households of one residence by key; note what each household weighed."""
    cells: Counter[str] = Counter()
    prefix = f"{block.area}|" if product.split == "area" else ""
    since = year_before(period, product.length)
    for dwelling, its in found.items():
        before = block.weighed[product.code, dwelling]
        room = min(product.most, product.cap - sum(weight for when, weight in before if when > since))
        kept = sorted(prefix + key for key in its)
        if len(kept) > room:
            kept = in_order(dwelling, kept, product.code, period, secret)[: max(room, 0)]
        if kept:
            before.append((period, len(kept)))
            cells.update(kept)
    most = SMALL_MOST if len(block.dwellings) < SMALL_RESIDENCE else len(block.dwellings)
    return {key: min(count, most) for key, count in cells.items()}


def in_order(dwelling: UUID, keys: Iterable[str], product: str, period: date, secret: bytes) -> list[str]:
    """Return keys in the order of the secret: HMAC-SHA256 over the household's own name, the key and the table."""
    household = hmac.digest(secret, str(dwelling).encode(), "sha256").hex()
    return sorted(
        keys,
        key=lambda key: hmac.digest(secret, f"{household}|{key}|{product}|{period.isoformat()}".encode(), "sha256"),
    )


def recent(month: date, block: Block, notes: Mapping[UUID, datetime]) -> list[Message]:
    """Return the messages of which any moment lies in what a month may publish: its quarter, and its weeks."""
    start = _between(months_before(month, 2 if month.month % 3 == 0 else 1), "month")[0]
    end = _between(month, "month")[1]
    return [
        one
        for one in block.messages.values()
        if any(
            at is not None and start <= at < end
            for at in (one.at, one.full_done_at, one.full_due_at, one.answer_due_at, notes[one.id])
        )
    ]


def release(
    month: date, block: Block, notes: Mapping[UUID, datetime], secret: bytes
) -> Iterator[tuple[Key, dict[str, int]]]:
    """Return all bounded tables of one residence in one month."""
    messages = recent(month, block, notes)
    for product in PRODUCTS.values() if messages else ():
        for period in periods_closed_by(month, product.length):
            if found := seen(product.code, messages, notes, period):
                yield (product.code, period), bounded(block, product, period, found, secret)

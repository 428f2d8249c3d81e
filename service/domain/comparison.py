"""What a change of table would do: past complaints sent through both, and who gains or loses."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID

from service.domain.desks import Case, Desks, Route, find_route
from service.domain.routing import DANGER, Table

EXAMPLES = 20


class Desk(NamedTuple):
    """Who has a complaint: a team, the organisation it follows, and the one it may propose."""

    team_id: UUID
    organisation_id: UUID | None
    proposed_id: UUID | None


@dataclass(frozen=True)
class Replayed:
    """A complaint of the past, and its case."""

    id: UUID
    reference: str
    case: Case


@dataclass(frozen=True)
class Example:
    """A complaint that the change would bring elsewhere."""

    id: UUID
    reference: str
    category: str | None
    before: Desk
    after: Desk


@dataclass(frozen=True)
class Share:
    """How many complaints one desk has under each table. What is proposed is still the team's."""

    team_id: UUID
    organisation_id: UUID | None
    before: int
    after: int

    @property
    def gain(self) -> int:
        """How many more it would have."""
        return self.after - self.before


@dataclass(frozen=True)
class Moved:
    """How many complaints of a category would change desks, of how many."""

    category: str | None
    changed: int
    total: int


@dataclass(frozen=True)
class Comparison:
    """What the change would have done, the largest gains and the most moved categories first."""

    total: int
    changed: int
    dangers: int  # of those that change
    shares: list[Share]
    categories: list[Moved]
    examples: list[Example]


def compare(replayed: Iterable[Replayed], before: Table, after: Table, desks: Desks) -> Comparison:
    """Send every complaint through both tables."""
    shares: tuple[Counter[tuple[UUID, UUID | None]], ...] = (Counter(), Counter())
    totals: Counter[str | None] = Counter()
    dangers = 0
    moves: dict[tuple[Desk, Desk], list[Example]] = {}
    for one in replayed:
        old, new = (_desk(find_route(table, one.case, desks)) for table in (before, after))
        for counter, desk in zip(shares, (old, new), strict=True):
            counter[desk[:2]] += 1
        category = one.case.situation.category
        totals[category] += 1
        if old != new:
            moves.setdefault((old, new), []).append(Example(one.id, one.reference, category, old, new))
            dangers += one.case.situation.urgency == DANGER
    changed = Counter(example.category for examples in moves.values() for example in examples)
    return Comparison(
        total=totals.total(),
        changed=changed.total(),
        dangers=dangers,
        shares=_shares(*shares),
        categories=[Moved(code, count, totals[code]) for code, count in changed.most_common()],
        examples=_some_of_each(moves.values()),
    )


def _desk(route: Route) -> Desk:
    return Desk(route.team_id, route.organisation_id, route.proposed_id)


def _shares(before: Counter[tuple[UUID, UUID | None]], after: Counter[tuple[UUID, UUID | None]]) -> list[Share]:
    desks = dict.fromkeys([*before, *after])
    shares = [Share(*desk, before=before[desk], after=after[desk]) for desk in desks]
    return sorted(shares, key=lambda share: (-abs(share.gain), -share.after))


def _some_of_each(moves: Iterable[list[Example]]) -> list[Example]:
    """Return examples of every way to change desks before a second one of any."""
    rounds = zip_longest(*moves)
    return [example for one_of_each in rounds for example in one_of_each if example][:EXAMPLES]

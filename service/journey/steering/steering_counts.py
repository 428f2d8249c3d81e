"""Counting complaints for the pages of steering: few queries, each of them grouped, none of them in a loop.

Row-level security leaves sensitive complaints out for whoever is not named: nothing here has to remember it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, func, select, true
from sqlalchemy.dialects.postgresql import TIMESTAMP, array
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.steering import Period
from service.journey.steering.steering_cuts import frame
from service.journey.steering.steering_measures import MEASURES
from service.journey.steering.steering_narrowing import narrow
from service.journey.steering.steering_tables import Scope
from service.models.complaint import Complaint

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Group = tuple[tuple[Any, ...], Counter[str]]  # the values grouped by, and the counts by name
Wanted = Mapping[str, tuple[str, Scope]]  # name of the count -> measure, and when


def received(scope: Scope, *measures: str) -> Wanted:
    """Return measures as they are counted in one scope, each under its own name."""
    return {name: (name, scope) for name in measures}


def count_by(
    session: Session,
    scope: Scope,
    columns: Sequence[Column],
    wanted: Wanted,
    *more: ColumnElement[bool],
    sums: Mapping[str, Column] | None = None,
) -> list[Group]:
    """Return several counts for each combination of the columns, in one pass over the index of figures.

    `more` says which complaints may count at all, so that no others are looked at.
    """
    counts = [
        func.count().filter(and_(true(), *_besides(more, _conditions(measure, at)))).label(name)
        for name, (measure, at) in wanted.items()
    ]
    added = [func.coalesce(func.sum(what), 0).label(name) for name, what in (sums or {}).items()]
    query = select(*columns, *counts, *added).select_from(Complaint).where(*narrow(scope.narrowing), *more)
    rows = session.execute(query.group_by(*columns) if columns else query).all()
    names = [*wanted, *(sums or {})]
    size = len(columns)
    return [(tuple(row[:size]), Counter(dict(zip(names, map(int, row[size:]), strict=True)))) for row in rows]


def _conditions(measure: str, at: Scope) -> list[ColumnElement[bool]]:
    return MEASURES[measure][1](frame(at.period, at.now), at.narrowing)


def _besides(
    said: Sequence[ColumnElement[bool]], conditions: Sequence[ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """Return the conditions that are not said already: each would be asked again of every complaint and count."""
    return [one for one in conditions if not any(one.compare(other) for other in said)]


def within(scope: Scope, instant: InstrumentedAttribute[Any] = Complaint.submitted_at) -> list[ColumnElement[bool]]:
    """Return the conditions under which an instant lies in the period."""
    return frame(scope.period, scope.now).holds(instant)


def rolled_up(groups: Sequence[Group], place: int) -> dict[Any, Counter[str]]:
    """Return the counts by one of the columns, whatever the others are."""
    found: dict[Any, Counter[str]] = {}
    for values, counts in groups:
        found.setdefault(values[place], Counter()).update(counts)
    return found


def total(groups: Sequence[Group]) -> Counter[str]:
    """Return the counts of all groups together."""
    found: Counter[str] = Counter()
    for _, counts in groups:
        found.update(counts)
    return found


def compared(session: Session, scope: Scope, *measures: str) -> list[tuple[Scope, Counter[str]]]:
    """Return what was counted of those received in the period before, and a year before: once where both are one."""
    times = [scope.at(scope.period.before()), scope.at(scope.period.year_before())]
    found: dict[Period, Counter[str]] = {}
    for at in times:
        if at.period not in found:
            found[at.period] = total(count_by(session, at, (), received(at, *measures), *within(at)))
    return [(at, found[at.period]) for at in times]


def in_parts(groups: Sequence[Group], place: int, parts: Sequence[Period]) -> list[Counter[str]]:
    """Return the counts of each part of the period, in their order; `place` is that of `part_of` among the columns."""
    found = rolled_up(groups, place)
    return [found.get(number, Counter()) for number in range(1, len(parts) + 1)]


def part_of(parts: Sequence[Period], scope: Scope, instant: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    """Return in which part of a period an instant lies, the first being 1."""
    bounds = [cast(frame(one, scope.now).since, TIMESTAMP(timezone=True)) for one in parts]
    return func.width_bucket(instant, array(bounds))


def histograms(
    session: Session, scope: Scope, days: InstrumentedAttribute[int | None], *columns: InstrumentedAttribute[Any]
) -> list[tuple[tuple[Any, ...], int, int]]:
    """Return how many complaints took so many days, by the columns: medians of any group are exact without more."""
    query = (
        select(*columns, days, func.count())
        .where(*narrow(scope.narrowing), *within(scope), days.is_not(None))
        .group_by(*columns, days)
    )
    size = len(columns)
    return [(tuple(row[:size]), int(row[size]), int(row[size + 1])) for row in session.execute(query)]


def histogram_by(rows: Sequence[tuple[tuple[Any, ...], int, int]], place: int) -> dict[Any, Counter[int]]:
    """Return the histogram of each value of one of the columns."""
    found: dict[Any, Counter[int]] = {}
    for values, days, count in rows:
        found.setdefault(values[place], Counter())[days] += count
    return found

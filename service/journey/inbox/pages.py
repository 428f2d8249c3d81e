"""A list of complaints page by page, by key: its thousandth page costs what its first does. And how long it is."""

import base64
import binascii
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, literal, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.errors import BadInput
from service.journey.inbox import search
from service.journey.inbox.lists import Filters, conditions, is_all_wanted, narrowed, period, wanted
from service.models.complaint import Complaint

PAGE = 50  # complaints in one page of a list
COUNTED = 1000  # beyond this a list is long, and nobody needs to know how long

# What a list is ordered by, and whether from small to large.
SORTS: dict[str, tuple[InstrumentedAttribute[datetime], bool]] = {
    "newest": (Complaint.submitted_at, False),
    "oldest": (Complaint.submitted_at, True),
    "due": (Complaint.due_key, True),
}


@dataclass(frozen=True)
class Page:
    """Some complaints of a list, in its order, and the key of the next page.

    `total` is how many there are in all, COUNTED + 1 for more than COUNTED, None when it was not asked.
    `by_category` counts by subject those of them that were counted.
    """

    complaints: Sequence[Complaint]
    next_cursor: str | None
    total: int | None = None
    by_category: Mapping[str | None, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Key:
    """Where a page begins: after this instant and id; `total` goes with it from the first page on."""

    at: datetime
    id: UUID
    total: int | None


def page(  # noqa: PLR0913  What a page is asked by.
    session: Session, filters: Filters, now: datetime, cursor: str | None = None, size: int = PAGE, *,
    sort: str = "newest", is_counted: bool = False,
) -> Page:  # fmt: skip
    """Return one page of the transaction's member.

    Raises
    ------
    BadInput
        When the cursor is not one of ours.

    """
    after = _read_cursor(cursor) if cursor else None
    counts_now = is_counted and after is None
    keys = _keys(session, filters, now, after, sort, COUNTED + 1 if counts_now else size + 1)
    shown = keys[:size]
    found = {
        one.id: one for one in session.scalars(select(Complaint).where(Complaint.id.in_([key.id for key in shown])))
    }
    total = len(keys) if counts_now else after.total if after else None
    return Page(
        [found[key.id] for key in shown if key.id in found],
        write_cursor(Key(shown[-1].at, shown[-1].id, total)) if len(keys) > size else None,
        total,
        Counter(key.category for key in keys) if counts_now else {},
    )


def among(session: Session, filters: Filters, now: datetime, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these complaints a list holds."""
    plan_anew(session)
    held = select(Complaint.id).where(Complaint.id.in_(ids), *narrowed(session, filters, now))
    if filters.words:
        held = held.where(search.holds(filters.words))
    return set(session.scalars(held))


def _keys(
    session: Session, filters: Filters, now: datetime, after: Key | None, sort: str, most: int
) -> Sequence[Row[Any, Any, Any]]:
    """Return the first keys of a list, in its order: from an index, whatever the length of the table."""
    plan_anew(session)
    column, is_rising = SORTS[sort]
    key = tuple_(column, Complaint.id)
    query = select(Complaint.id, column.label("at"), Complaint.category).where(*narrowed(session, filters, now))
    if filters.words:
        query = query.where(_found(filters, after, sort, most))
    if after:
        beginning = tuple_(literal(after.at), literal(after.id))
        query = query.where(key > beginning if is_rising else key < beginning)
    order = (column, Complaint.id) if is_rising else (column.desc(), Complaint.id.desc())
    return session.execute(query.order_by(*order).limit(most)).all()


def _found(filters: Filters, after: Key | None, sort: str, most: int) -> ColumnElement[bool]:
    """Return the condition of the words: the search returns no more than the page needs, where it alone decides."""
    decides = sort == "newest" and is_all_wanted(filters)
    return search.matches(
        filters.words or "", wanted(filters), period(filters),
        before=(after.at, after.id) if after and sort == "newest" else None, most=most if decides else search.BOUND,
    )  # fmt: skip


def counts(session: Session, lists: Mapping[str, Filters], now: datetime, most: int | None = None) -> dict[str, int]:
    """Return how many complaints each of several lists holds, in one statement; up to `most` when it is given."""
    plan_anew(session)
    return _counts(session, lists, now, most)


def counts_as_ever(session: Session, lists: Mapping[str, Filters], now: datetime, most: int) -> dict[str, int]:
    """Return the same of the lists of the rail, which every page counts: their plan is kept from page to page.

    Each of them has an index of its own, which suits it whatever the team, the person and the hour.
    """
    _plan(session, "force_generic_plan")
    return _counts(session, lists, now, most)


def _counts(session: Session, lists: Mapping[str, Filters], now: datetime, most: int | None) -> dict[str, int]:
    columns = [
        select(func.count())
        .select_from(select(Complaint.id).where(*conditions(session, filters, now)).limit(most).subquery())
        .scalar_subquery()
        .label(name)
        for name, filters in lists.items()
    ]
    return dict(session.execute(select(*columns)).one()._mapping) if columns else {}  # noqa: SLF001  Its public name.


def plan_anew(session: Session) -> None:
    """Let each list of the transaction have a plan of its own: a plan for any filter suits none."""
    _plan(session, "force_custom_plan")


def _plan(session: Session, mode: str) -> None:
    if session.info.get("plans") != mode:
        session.execute(
            text("select set_config('plan_cache_mode', :mode, true), set_config('jit', 'off', true)"), {"mode": mode}
        )
        session.info["plans"] = mode


def write_cursor(key: Key) -> str:
    """Return a key as it stands in an address."""
    total = "" if key.total is None else str(key.total)
    return base64.urlsafe_b64encode(f"{key.at.isoformat()}|{key.id}|{total}".encode()).decode()


def _read_cursor(cursor: str) -> Key:
    try:
        at, complaint_id, *total = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        return Key(
            datetime.fromisoformat(at), UUID(complaint_id), min(int(total[0]), COUNTED + 1) if any(total) else None
        )
    except (ValueError, binascii.Error) as error:
        raise BadInput("not_a_cursor", "cursor") from error

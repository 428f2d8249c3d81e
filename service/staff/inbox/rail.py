"""The rail: the lists with their counts, and under them the views that people saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from service.journey.inbox import pages, saved_views
from service.journey.inbox.lists import Filters
from service.journey.inbox.pages import COUNTED
from service.models.people import Staff
from service.models.workspace import SavedView
from service.staff.inbox import filters, lists
from service.staff.inbox.filter_readers import Names
from service.staff.request_context import now


@dataclass(frozen=True)
class RailLine:
    """One list of the rail."""

    slug: str
    label: str
    url: str
    number: str  # how many, in words; empty where nobody counts
    is_here: bool = False


@dataclass(frozen=True)
class View:
    """A saved view, as it stands under the rail."""

    line: RailLine
    id: UUID
    name: str
    share: str  # as journey.inbox.saved_views reads it
    is_mine: bool


@dataclass(frozen=True)
class Rail:
    """Groups of lists, each with its heading; then the views."""

    groups: Sequence[tuple[str, Sequence[RailLine]]]
    views: Sequence[View]


def rail_of(session: Session, staff: Staff, names: Names, here: str | None = None) -> Rail:
    """Return the rail of a person: every list counted in one statement, and every view in another."""
    views = saved_views.shown_to(session, staff)
    asked = {f"vue-{view.id}": filters.read_address(view.address, names, session) for view in views}
    counted = {key: one.filters for key, one in asked.items() if _is_cheap(one.filters)}
    counts = pages.counts(session, counted, now(), COUNTED) if counted else {}
    counts |= pages.counts_as_ever(session, lists.all_of(staff.id, staff.team_id), now(), COUNTED)
    return Rail(
        [
            (
                heading,
                [
                    RailLine(
                        one.slug,
                        one.name,
                        url_for("staff.inbox", vue=one.slug),
                        in_short(counts[one.slug]),
                        one.slug == here,
                    )
                    for one in group
                ],
            )
            for heading, group in lists.GROUPS
        ],
        [_view(view, asked[f"vue-{view.id}"].address, counts, staff.id) for view in views],
    )


def in_short(count: int) -> str:
    """Return a count as the rail shows it."""
    return str(count) if count < COUNTED else f"{COUNTED - 1}+"


def _is_cheap(asked: Filters) -> bool:
    """Say whether a view is counted on every page: one of open complaints is, whatever the length of the table."""
    return asked.view is not None and not (asked.words or asked.cut)


def _view(view: SavedView, address: Mapping[str, Any], counts: Mapping[str, int], staff_id: UUID) -> View:
    key = f"vue-{view.id}"
    number = in_short(counts[key]) if key in counts else ""
    share = saved_views.WITH_ALL if view.is_shared else str(view.team_id or saved_views.WITH_ME)
    line = RailLine(key, view.name, url_for("staff.inbox", **address), number)
    return View(line, view.id, view.name, share, view.staff_id == staff_id)

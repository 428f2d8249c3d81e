"""The inbox: the rail with its counts, the search and the filters, one page of complaints."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import g, render_template, request, url_for
from sqlalchemy.orm import Session

from service.domain.taxonomy import FAMILIES, categories, natures, urgencies
from service.journey import reading
from service.journey.inbox import live, pages, search
from service.journey.inbox.pages import COUNTED, Page
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.staff import wording
from service.staff.inbox import arrival, filters, inbox_rows, lists
from service.staff.inbox.filter_readers import BANDS, NOBODY, PERIODS, Names
from service.staff.inbox.filters import Asked
from service.staff.inbox.inbox_rows import Line
from service.staff.inbox.rail import rail_of
from service.staff.request_context import now, today

MOST_FACETS = 6
# What the fields of the filters offer.
OFFERED = {
    "families": FAMILIES,
    "categories": categories().values(),
    "urgencies": {code: one.label for code, one in urgencies().items()},
    "natures": {code: one.label for code, one in natures().items()},
    "bands": {slug: label for slug, (_, label) in BANDS.items()},
    "periods": PERIODS,
    "sorts": {slug: label for slug, (_, label) in filters.SORT_NAMES.items()},
    "nobody": NOBODY,
}


@dataclass(frozen=True)
class Chip:
    """A filter that counts, or one that may be added: its words, and the address of the list after a press on it."""

    words: str
    url: str
    number: int | None = None


def inbox() -> str:
    """Show one list of the member's complaints."""
    with member_transaction(g.staff.member_id) as session:
        staff = session.get_one(Staff, g.staff.id)
        names = names_of(session, staff)
        asked = filters.read_address(request.args, names, session)
        seen = live.last_event(session)
        page = pages.page(session, asked.filters, now(), request.args.get("apres"), sort=asked.order, is_counted=True)
        lines = inbox_rows.lines_of(session, g.staff.member_id, page.complaints)
        rail = rail_of(session, staff, names, asked.view)
        shown = inbox_rows.context(session, staff.id, lines, is_search=bool(asked.filters.words))
        proposes_factor = arrival.proposes_factor(staff)
        write_down(session, asked, len(page.complaints) if page.total is None else page.total)
    return render_template(
        "staff/inbox.html",
        **shown,
        **OFFERED,
        asked=asked,
        export_url=url_for("staff.ask_export", **asked.address),
        here=lists.BY_SLUG[asked.view],
        first_to_sort=_first_to_sort(asked, lines),
        rail=rail,
        proposes_factor=proposes_factor,
        names=names,
        total=in_total(page.total),
        chips=_chips(asked),
        facets=_facets(asked, page),
        column_names=inbox_rows.COLUMNS,
        is_first="apres" not in request.args,
        next_url=url_for("staff.inbox", **asked.address, apres=page.next_cursor) if page.next_cursor else None,
        today=today(),
        seen_event=seen,
    )


def names_of(session: Session, staff: Staff) -> Names:
    """Return who asks, and what the filters may name."""
    teams, people, organisations = reading.teams(session), reading.colleagues(session), reading.organisations(session)
    # Held until the transaction ends, so that the lines of the list find them without asking again.
    session.info["named"] = (teams, people, organisations)
    return Names(
        staff_id=staff.id,
        team_id=staff.team_id,
        today=today(),
        teams={one.id: one.name for one in teams},
        people={one.id: one.name for one in people},
        organisations={one.id: one.name for one in organisations},
    )


def in_total(total: int | None) -> str:
    """Return how long a list is, in words."""
    if total is None:
        return ""
    return f"plus de {wording.count(COUNTED, 'demande')}" if total > COUNTED else wording.count(total, "demande")


def _first_to_sort(asked: Asked, lines: Sequence[Line]) -> UUID | None:
    """Return where to begin in a list one goes through to say what each complaint is about; None in any other list."""
    if asked.view not in lists.TO_SORT and asked.filters.band != "unknown":
        return None
    return next((line.complaint.id for line in lines if not line.complaint.category_by_person), None)


def _chips(asked: Asked) -> list[Chip]:
    """Return each filter that counts, with the address of the list without it."""
    whole = {"chiffre": ("chiffre", "cle")}
    return [
        Chip(one.words, url_for("staff.inbox", **asked.without(*whole.get(one.name, (one.name,)))))
        for one in asked.criteria
        if one.words
    ]


def _facets(asked: Asked, page: Page) -> list[Chip]:
    """Return what narrows the list in one press: the subjects of its complaints, and periods."""
    found = []
    if not asked.filters.category and len(page.by_category) > 1:
        is_all = page.total is not None and page.total <= COUNTED
        ranked = sorted(page.by_category.items(), key=lambda one: -one[1])
        found = [
            Chip(wording.category(code), _narrowed(asked, "categorie", code), number if is_all else None)
            for code, number in ranked
            if code
        ][:MOST_FACETS]
    if not (asked.filters.since or asked.filters.until):
        found += [Chip(label, _narrowed(asked, "periode", slug)) for slug, label in PERIODS.items()]
    return found


def _narrowed(asked: Asked, name: str, value: str) -> str:
    return url_for("staff.inbox", **{**asked.address, name: value})


def write_down(session: Session, asked: Asked, found: int, *, is_watched: bool = False) -> None:
    """Keep that somebody looked for words. Programs that only ask whether a page is there have not looked."""
    words = asked.filters.words or asked.filters.reference
    if words and request.method == "GET":
        who = (g.staff.member_id, g.staff.id)
        search.write_down(session, *who, words, min(found, COUNTED), now(), is_watched=is_watched)

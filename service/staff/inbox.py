"""The inbox: the rail with its counts, the filters, one page of complaints."""

from flask import g, render_template, request, url_for

from service.domain.taxonomy import FAMILIES, categories, urgencies
from service.journey import reading
from service.journey.transactions import member_transaction
from service.staff import filters
from service.staff.request_context import now, today


def inbox() -> str:
    """Show one list of the member's complaints, the newest first."""
    cursor = request.args.get("apres")
    with member_transaction(g.staff.member_id) as session:
        teams = {team.id: team.name for team in reading.teams(session)}
        asked = filters.read_address(request.args, g.staff.id, teams)
        counts = reading.counts(session, {**filters.lists(g.staff.id), "here": asked.filters}, now())
        page = reading.page(session, asked.filters, now(), cursor)
        sheets = reading.sheets(session, page.complaints)
    return render_template(
        "staff/inbox.html",
        asked=asked,
        rail=_rail(asked, counts),
        total=counts["here"],
        chips=_chips(asked),
        sheets=sheets,
        is_first=cursor is None,
        next_url=url_for("staff.inbox", **asked.address, apres=page.next_cursor) if page.next_cursor else None,
        empty=filters.VIEWS[asked.view][2],
        today=today(),
        teams=teams,
        families=FAMILIES,
        categories=categories().values(),
        urgencies=urgencies().values(),
    )


def _rail(asked: filters.Asked, counts: dict[str, int]) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "count": counts[slug],
            "url": url_for("staff.inbox", vue=slug),
            "is_here": slug == asked.view,
            "slug": slug,
        }
        for slug, (label, _, _) in filters.VIEWS.items()
    ]


def _chips(asked: filters.Asked) -> list[tuple[str, str]]:
    """Return the words of each filter that counts, and the address of the list without it."""
    return [
        (
            criterion.words,
            url_for("staff.inbox", **{key: value for key, value in asked.address.items() if key != criterion.name}),
        )
        for criterion in asked.criteria
    ]

"""The page of trends: what changed, six figures, and all that shows them."""

from datetime import date

from flask import abort, render_template, request

from service.journey.trends.decisions import read_decisions
from service.journey.trends.published import Published, read_published
from service.journey.trends.watching import read_labels
from service.network.member_rows import make_member_rows
from service.network.overview import make_overview
from service.network.sheet import Section
from service.network.timeline import as_of


def show() -> str:
    """Show the latest published month, or the one that is asked for, or say that nothing is published yet."""
    published = read_published()
    if not published.months:
        return render_template("network/nothing.html", published=published)
    month = month_asked_for(published)
    seen = as_of(published, month)
    return render_template(
        "network/trends.html",
        shown=month,
        month="" if month == published.months[-1] else f"{month:%Y-%m}",
        months=published.months[::-1],
        sections=read_overview(seen),
        stock=max(sum(seen.dwellings(code, month).values()) for code in seen.snapshots),
    )


def read_overview(seen: Published) -> list[Section]:
    """Return the parts of the page, which the report takes too."""
    return make_overview(seen, read_decisions(seen), read_labels(), make_member_rows(seen))


def month_asked_for(published: Published) -> date:
    """Return the month of the address, the latest where it names none; 404 where it names one that is not published."""
    asked = request.args.get("mois")
    if asked is None:
        return published.months[-1]
    months: dict[str, date] = {f"{month:%Y-%m}": month for month in published.months}
    return months[asked] if asked in months else abort(404)

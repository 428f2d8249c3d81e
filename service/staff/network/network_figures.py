"""One's own figures beside the network's: exact ones of this member, and nothing of any other."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from flask import Response, g, render_template, request

from service.domain.permissions import Act
from service.domain.taxonomy import FAMILIES
from service.journey.dates import month_in_words, quarter_in_words
from service.journey.trends import own_standing
from service.journey.trends.own_standing import Standing
from service.journey.trends.published import Published, read_published
from service.staff.network import network_wording as wording
from service.staff.network.network_charts import curve
from service.staff.route import page

HEADER = (
    "Période", "Table", "Sujet", "Vos foyers", "Votre taux pour 1 000 logements", "Taux du réseau", "Marge",
    "Médiane des bailleurs", "Milieu, de", "Milieu, à",
)  # fmt: skip


def network_figures() -> str:
    """Show the member beside the middle of the network."""
    published = read_published()
    if not published.months:
        return render_template("staff/network_figures.html", found=None, is_too_small=published.is_too_small)
    found = _found(published)
    months = published.months[-own_standing.SHOWN :]
    shown = [one for one in published.months if one <= found.month][-own_standing.SHOWN :]
    last = [lines[-1] for lines in found.themes.values()]
    return render_template(
        "staff/network_figures.html",
        found=found,
        months=[(one.strftime("%Y-%m"), month_in_words(one)) for one in reversed(months)],
        chosen=found.month.strftime("%Y-%m"),
        month=month_in_words(found.month),
        quarter=quarter_in_words(found.quarter) if found.quarter else None,
        summary=wording.summary(last),
        themes=wording.rows_of(last),
        curves=[(FAMILIES[code], curve(shown[-len(lines) :], lines)) for code, lines in found.themes.items()],
        tables=[wording.months_of(shown[-len(lines) :], lines) for lines in found.themes.values()],
        subjects=wording.rows_of(found.subjects),
        shares=wording.shares_of(found),
    )


def network_figures_file() -> Response:
    """Give the same page as a file."""
    published = read_published()
    lines = list(_lines(_found(published))) if published.months else []
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([HEADER, *lines])
    response = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="face-au-reseau.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _found(published: Published) -> Standing:
    slug, own = own_standing.own_figures(g.staff.member_id)
    return own_standing.standing(slug, own, published, _month(published))


def _month(published: Published) -> date:
    """Return the month asked for, or the last one."""
    asked = request.args.get("mois", "")
    return next((one for one in published.months if one.strftime("%Y-%m") == asked), published.months[-1])


def _lines(found: Standing) -> Iterator[tuple[str, ...]]:
    month = month_in_words(found.month)
    for row in wording.rows_of([lines[-1] for lines in found.themes.values()]):
        yield month, "Thèmes", *_cells(row)
    if found.quarter:
        quarter = quarter_in_words(found.quarter)
        for row in wording.rows_of(found.subjects):
            yield quarter, "Sujets", *_cells(row)
    for share in wording.shares_of(found):
        yield share.period, "Parts", share.label, share.detail, share.own, share.network, "", "", "", ""


def _cells(row: wording.Row) -> tuple[str, ...]:
    return row.label, row.households, row.own, row.network, row.margin, row.median, row.low, row.high


ROUTES = (
    page("/reseau", network_figures, Act.STEER),
    page("/reseau.csv", network_figures_file, Act.STEER),
)

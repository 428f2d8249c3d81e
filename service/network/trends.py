"""The page of trends, and the same figures in a file."""

import csv
import io

from flask import Response, render_template

from service.domain.taxonomy import FAMILIES
from service.journey.trends import MonthOfTrends, read_trends
from service.network.figures import HIDDEN, per_thousand, share
from service.network.overview import make_overview


def show() -> str:
    """Show what was published, or say that nothing is yet."""
    months = read_trends()
    if not months:
        return render_template("network/nothing.html")
    return render_template("network/trends.html", page=make_overview(months), families=FAMILIES)


def download() -> Response:
    """Give every published month as a file that a French spreadsheet opens as it is."""
    file = io.StringIO()
    table = csv.writer(file, delimiter=";")
    table.writerow(_heads())
    table.writerows(_line(month) for month in read_trends())
    return Response(
        file.getvalue().encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="seve-tendances.csv"'},
    )


def _heads() -> list[str]:
    themes = [head for label in FAMILIES.values() for head in (f"{label} : logements", f"{label} : pour 1 000")]
    return ["Mois", "Logements du réseau", *themes, "Réponses", "Notes de 7 à 10", "Satisfaction (%)"]


def _line(month: MonthOfTrends) -> list[str]:
    counts = [month.families.get(family) for family in FAMILIES]
    themes = [cell for count in counts for cell in (_cell(count), _cell(per_thousand(count, month.stock)))]
    answers = [_cell(month.answers), _cell(month.satisfied), _cell(share(month.satisfied, month.answers))]
    return [f"{month.month:%Y-%m}", str(month.stock), *themes, *answers]


def _cell(value: object) -> str:
    """Return a figure with a decimal comma, or the words of a hidden one."""
    return HIDDEN if value is None else str(value).replace(".", ",")

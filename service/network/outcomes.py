"""What became of the text model's readings, month after month: kept, corrected, left to a person."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from service.charts import Scale
from service.domain.estimates import Estimate, share, total
from service.domain.products import OUTCOMES
from service.journey.dates import month_in_words
from service.journey.trends.published import Published
from service.network.figures import count_and_margin, near, percent, share_and_margin
from service.network.sheet import Picture, Section, Table
from service.network.timeline import Line, absences, calendar, draw_line, errata_of, scale_of

_HUNDRED = Scale(Decimal(100), "\u202f%")
_HEADS = ("Lectures gardées", "Lectures corrigées", "Laissés à une personne")


def make_outcomes(published: Published) -> Section | None:
    """Return what became of the readings; None before the first published month."""
    months = calendar(published, "MODEL")
    if not months:
        return None
    month, name = months[-1], month_in_words(months[-1])
    lines = {outcome: _line(published, months, outcome) for outcome in OUTCOMES}
    kept, corrected = shares_of(published, month), lines["corrected"]
    return Section(
        slug="mois",
        title="Mois après mois",
        intro=(
            "Pour chaque foyer qui a écrit dans le mois, une lecture est comptée : gardée telle quelle, corrigée par "
            "une personne, ou laissée à une personne parce que le programme n'était pas assez sûr. Une correction "
            "venue après la publication n'est pas comptée. Réseau entier, jamais par bailleur."
        ),
        pictures=(
            Picture(
                "gardees",
                "Part des lectures gardées",
                draw_line(lines["kept"], _HUNDRED, _label(kept["kept"])),
                _read(kept, name),
            ),
            Picture(
                "corrigees",
                "Part des lectures corrigées",
                draw_line(corrected, scale_of([corrected], "\u202f%"), _label(kept["corrected"])),
                "L'échelle est plus petite que celle des lectures gardées, pour voir ce qui bouge.",
            ),
        ),
        tables=(_by_month(published, months),),
        errata=errata_of(published, "MODEL"),
    )


def shares_of(published: Published, month: date) -> dict[str, Estimate | None]:
    """Return the share of each outcome; None where it is not shown."""
    found = published.table("MODEL", month)
    return {
        one: share(found[one], total(other for name, other in found.items() if name != one)) if found else None
        for one in OUTCOMES
    }


def _line(published: Published, months: Sequence[date], outcome: str) -> Line:
    values = [shares_of(published, month)[outcome] for month in months]
    return Line(
        months, [one and Estimate(one.value * 100, one.deviation * 100) for one in values], absences(published, "MODEL")
    )


def _label(one: Estimate | None) -> str:
    return "" if one is None else percent(one.value)


def _read(found: dict[str, Estimate | None], name: str) -> str:
    kept, corrected = found["kept"], found["corrected"]
    if kept is None:
        return f"En {name}, trop peu de foyers ont écrit pour le dire."
    said = f"En {name}, {percent(kept.value)} des lectures ont été gardées, {near(kept)}"
    return f"{said}." if corrected is None else f"{said}, et {percent(corrected.value)} corrigées, {near(corrected)}."


def _cells(published: Published, month: date) -> tuple[str, ...]:
    whole, shares = total(published.table("MODEL", month).values()), shares_of(published, month)
    return (count_and_margin(whole), *(share_and_margin(shares[one]) for one in OUTCOMES))


def _by_month(published: Published, months: Sequence[date]) -> Table:
    absent = absences(published, "MODEL")
    return Table(
        slug="lectures-mois",
        caption="Ce que sont devenues les lectures du réseau, du mois le plus récent au plus ancien",
        heads=("Mois", "Foyers", *_HEADS),
        rows=tuple(
            (month_in_words(month), *((absent[month],) * 4 if month in absent else _cells(published, month)))
            for month in reversed(months)
        ),
    )

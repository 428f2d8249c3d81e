"""What became of the text model's readings, month after month and by theme: kept, corrected, left to a person."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from service.bars import Length, draw_bars
from service.charts import Scale
from service.domain.estimates import Estimate, share, total
from service.domain.figures import Figure
from service.domain.products import OUTCOMES
from service.domain.taxonomy import FAMILIES
from service.journey.published import Published
from service.network.figures import count_and_margin, month_in_words, near, percent, share_and_margin
from service.network.sheet import NOT_SHOWN, Picture, Section, Table
from service.network.timeline import Line, absences, calendar, draw_line, errata_of, scale_of

_HUNDRED = Scale(Decimal(100), "\u202f%")
_HEADS = ("Lectures gardées", "Lectures corrigées", "Laissés à une personne")
_ALL = tuple(FAMILIES)


def make_outcomes(published: Published) -> Section | None:
    """Return what became of the readings; None before the first published month."""
    months = calendar(published, "MODEL")
    if not months:
        return None
    month, name = months[-1], month_in_words(months[-1])
    lines = {outcome: _line(published, months, outcome) for outcome in OUTCOMES}
    kept, corrected = shares_of(published, month, _ALL), lines["corrected"]
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
            Picture(
                "corrigees-themes",
                f"Part des lectures gardées, par thème, {name}",
                draw_bars(
                    [_length(label, shares_of(published, month, (code,))["kept"]) for code, label in FAMILIES.items()],
                    _HUNDRED,
                ),
                "Le trait noir au bout de chaque barre est la marge.",
            ),
        ),
        tables=(_by_theme(published, month), _by_month(published, months)),
        errata=errata_of(published, "MODEL"),
    )


def outcomes_of(published: Published, month: date, families: Sequence[str]) -> dict[str, Figure]:
    """Return the households of some families by what became of the reading; empty when not published."""
    table = published.table("MODEL", month)
    return {one: total(table[f"{family}|{one}"] for family in families) for one in OUTCOMES} if table else {}


def shares_of(published: Published, month: date, families: Sequence[str]) -> dict[str, Estimate | None]:
    """Return the share of each outcome; None where it is not shown."""
    found = outcomes_of(published, month, families)
    return {
        one: share(found[one], total(other for name, other in found.items() if name != one)) if found else None
        for one in OUTCOMES
    }


def _line(published: Published, months: Sequence[date], outcome: str) -> Line:
    values = [shares_of(published, month, _ALL)[outcome] for month in months]
    return Line(
        months, [one and Estimate(one.value * 100, one.deviation * 100) for one in values], absences(published, "MODEL")
    )


def _label(one: Estimate | None) -> str:
    return "" if one is None else percent(one.value)


def _length(name: str, one: Estimate | None) -> Length:
    if one is None:
        return Length(name, None, NOT_SHOWN)
    return Length(name, Decimal(str(one.value * 100)), percent(one.value), Decimal(str(one.margin * 100)))


def _read(found: dict[str, Estimate | None], name: str) -> str:
    kept, corrected = found["kept"], found["corrected"]
    if kept is None:
        return f"En {name}, trop peu de foyers ont écrit pour le dire."
    said = f"En {name}, {percent(kept.value)} des lectures ont été gardées, {near(kept)}"
    return f"{said}." if corrected is None else f"{said}, et {percent(corrected.value)} corrigées, {near(corrected)}."


def _cells(published: Published, month: date, families: Sequence[str]) -> tuple[str, ...]:
    whole, shares = total(outcomes_of(published, month, families).values()), shares_of(published, month, families)
    return (count_and_margin(whole), *(share_and_margin(shares[one]) for one in OUTCOMES))


def _by_theme(published: Published, month: date) -> Table:
    return Table(
        slug="lectures-themes",
        caption=f"Ce que sont devenues les lectures, par thème, {month_in_words(month)}",
        heads=("Thème", "Foyers", *_HEADS),
        rows=(
            ("Réseau, tous thèmes", *_cells(published, month, _ALL)),
            *((label, *_cells(published, month, (code,))) for code, label in FAMILIES.items()),
        ),
    )


def _by_month(published: Published, months: Sequence[date]) -> Table:
    absent = absences(published, "MODEL")
    return Table(
        slug="lectures-mois",
        caption="Ce que sont devenues les lectures du réseau, du mois le plus récent au plus ancien",
        heads=("Mois", "Foyers", *_HEADS),
        rows=tuple(
            (month_in_words(month), *((absent[month],) * 4 if month in absent else _cells(published, month, _ALL)))
            for month in reversed(months)
        ),
    )

"""How long the complete answer takes, by theme, in working days."""

from datetime import date
from decimal import Decimal

from service.bars import Length, draw_bars
from service.charts import Scale
from service.domain.estimates import Estimate, total
from service.domain.products import SOON
from service.domain.taxonomy import FAMILIES
from service.journey.dates import month_in_words
from service.journey.trends.published import Published
from service.network.answers import days_of, quick, reached_by
from service.network.figures import count, in_days, near, percent, share_and_margin, span
from service.network.sheet import NOT_SHOWN, Picture, Section, Table
from service.network.timeline import Line, absences, calendar, draw_line, errata_of

_HUNDRED = Scale(Decimal(100), "\u202f%")
_HALF, _NINE = 0.5, 0.9
_QUICK = f"en moins de {SOON} jours ouvrés"


def make_delays(published: Published) -> Section | None:
    """Return the delays of the latest month by theme, and those of the network month after month; None before any."""
    months = calendar(published, "DELAY_FAM")
    if not months:
        return None
    month, name = months[-1], month_in_words(months[-1])
    shares = {family: quick(published, month, (family,)) for family in FAMILIES}
    line = Line(months, [_in_hundred(quick(published, one)) for one in months], absences(published, "DELAY_FAM"))
    return Section(
        slug="delais",
        title="Les délais de réponse",
        intro=(
            "Jours ouvrés entre le message et la réponse complète, sans les jours où l'on attendait le locataire. Le "
            "mois est celui de la réponse. Pas de classement : les thèmes ne demandent pas le même travail."
        ),
        pictures=(
            Picture(
                "delais-reseau",
                f"Réponses {_QUICK}, réseau entier",
                draw_line(line, _HUNDRED, _label(quick(published, month))),
                _read_network(published, month),
            ),
            Picture(
                "delais-themes",
                f"Réponses {_QUICK}, par thème, {name}",
                draw_bars([_length(FAMILIES[family], one) for family, one in shares.items()], _HUNDRED),
                "Le trait noir au bout de chaque barre est la marge.",
            ),
        ),
        tables=(_by_theme(published, month), _by_month(published, line)),
        errata=errata_of(published, "DELAY_FAM"),
    )


def _in_hundred(one: Estimate | None) -> Estimate | None:
    return one and Estimate(one.value * 100, one.deviation * 100)


def _label(one: Estimate | None) -> str:
    return "" if one is None else percent(one.value)


def _length(name: str, one: Estimate | None) -> Length:
    if one is None:
        return Length(name, None, NOT_SHOWN)
    return Length(name, Decimal(str(one.value * 100)), percent(one.value), Decimal(str(one.margin * 100)))


def _read_network(published: Published, month: date) -> str:
    soon, half, nine = quick(published, month), reached_by(published, month, _HALF), reached_by(published, month, _NINE)
    if soon is None or half is None:
        return f"En {month_in_words(month)}, trop peu de réponses complètes pour dire leur délai."
    said = (
        f"En {month_in_words(month)}, {percent(soon.value)} des foyers ont eu leur réponse complète {_QUICK}, "
        f"{near(soon)}. La moitié l'a eue en {in_days(half.value)}"
    )
    return f"{said}." if nine is None else f"{said}, neuf sur dix en {in_days(nine.value)}."


def _by_theme(published: Published, month: date) -> Table:
    nine = reached_by(published, month, _NINE)
    lines = {"Réseau, tous thèmes": tuple(FAMILIES)} | {label: (family,) for family, label in FAMILIES.items()}
    return Table(
        slug="delais-themes",
        caption=f"Délai de la réponse complète, {month_in_words(month)}",
        heads=("Thème", "Foyers", "La moitié en (jours ouvrés)", f"Part {_QUICK}"),
        rows=tuple(
            (
                label,
                count(total(days_of(published, month, families))),
                span(reached_by(published, month, _HALF, families)),
                share_and_margin(quick(published, month, families)),
            )
            for label, families in lines.items()
        ),
        note=f"Neuf foyers sur dix, réseau entier : {span(nine)} jours ouvrés. Ce chiffre n'est pas donné par thème."
        if nine
        else "",
    )


def _by_month(published: Published, line: Line) -> Table:
    rows = []
    for month in reversed(line.months):
        why = line.absent.get(month)
        cells = (
            (why, why)
            if why
            else (span(reached_by(published, month, _HALF)), share_and_margin(quick(published, month)))
        )
        rows.append((month_in_words(month), *cells))
    return Table(
        slug="delais-mois",
        caption="Délai de la réponse complète dans le réseau, du mois le plus récent au plus ancien",
        heads=("Mois", "La moitié en (jours ouvrés)", f"Part {_QUICK}"),
        rows=tuple(rows),
    )

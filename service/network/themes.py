"""The families month after month on one scale, and the subjects of the month beside those of the year before."""

from collections.abc import Mapping
from datetime import date

from service.domain.estimates import Estimate, rate
from service.domain.figures import Figure
from service.domain.taxonomy import FAMILIES, categories
from service.journey.dates import month_in_words
from service.journey.numbers import tenths, whole
from service.journey.trends.published import Published
from service.network.comparing import UNKNOWN, reference_of, subject_gaps
from service.network.decided import Decided
from service.network.figures import count, margin, rate_or_not
from service.network.sheet import NOT_SHOWN, Picture, Section, Table
from service.network.timeline import ABSENT, Line, absences, calendar, draw_line, errata_of, scale_of, stock_of

_NOTE = "Un foyer qui écrit sur deux thèmes compte dans chacun : les thèmes ne s'additionnent pas, les mois non plus."

_NOTE_ON_SUBJECTS = (
    f"«\u00a0{NOT_SHOWN}\u00a0» : pas significatif, ce n'est pas zéro. Un foyer qui écrit sur deux sujets compte dans "
    "chacun : les sujets ne s'additionnent pas."
)


def make_themes(published: Published, decided: Decided) -> Section | None:
    """Return the families of two years, each with its chart, and the table of them all; None before the first month."""
    lines = lines_of(published)
    if not lines:
        return None
    scale = scale_of(list(lines.values()))
    return Section(
        slug="themes",
        title="Les thèmes, mois par mois",
        intro=(
            "Foyers ayant écrit au moins une fois sur le thème, pour 1\u202f000 logements. Les dessins ont la même "
            f"échelle, de 0 à {scale.in_words(scale.top)} : leurs hauteurs se comparent. La bande claire est la marge."
        ),
        pictures=tuple(
            Picture(
                slug=f"theme-{family}",
                title=FAMILIES[family],
                chart=draw_line(line, scale, "" if line.values[-1] is None else tenths(line.values[-1].value)),
                reading=_read(line),
                decisions=decided.about(family),
            )
            for family, line in lines.items()
        ),
        tables=(_table_of(lines),),
        errata=errata_of(published, "MF", "AF"),
    )


def lines_of(published: Published) -> dict[str, Line]:
    """Return the rate of each family over the months, members and areas made to agree; empty before the first."""
    months, absent = calendar(published, "MF"), absences(published, "MF") | absences(published, "AF")
    totals = {month: published.families(month)[2] for month in months}
    absent = {month: absent.get(month, ABSENT) for month in months if not totals[month]}
    if not any(totals.values()):
        return {}
    return {
        family: Line(
            months,
            [_rate(published, totals[month], family, month) for month in months],
            absent,
        )
        for family in FAMILIES
    }


def _rate(published: Published, totals: Mapping[str, Figure], family: str, month: date) -> Estimate | None:
    return rate(totals[family], stock_of(published, "MF", month)) if totals else None


def _read(line: Line) -> str:
    """Return one sentence: the latest month, the year before, and the highest month."""
    name, now = month_in_words(line.months[-1]), line.values[-1]
    seen = [(one.value, month) for one, month in zip(line.values, line.months, strict=True) if one]
    if not seen:
        return "Aucun mois n'est assez net pour être montré."
    if now is None:
        value, month = seen[-1]
        return f"Non significatif en {name}. Le dernier chiffre montré est {tenths(value)}, en {month_in_words(month)}."
    before = line.values[-13] if len(line.values) > 12 else None  # noqa: PLR2004  Twelve months before the last.
    against = f", contre {tenths(before.value)} un an avant" if before else ""
    highest, month = max(seen)
    return (
        f"{tenths(now.value)} foyers pour 1\u202f000 logements en {name}, à {margin(now.margin)} près{against}. "
        f"Le mois le plus haut est {month_in_words(month)}, avec {tenths(highest)}."
    )


def _table_of(lines: Mapping[str, Line]) -> Table:
    first = next(iter(lines.values()))
    widest = max((one.margin for line in lines.values() for one in line.values if one), default=0.0)
    rows = [
        (month_in_words(month), *(_cell(line, place) for line in lines.values()))
        for place, month in enumerate(first.months)
    ]
    return Table(
        slug="themes",
        caption="Foyers ayant écrit sur chaque thème, pour 1\u202f000 logements, du mois le plus récent au plus ancien",
        heads=("Mois", *(FAMILIES[family] for family in lines)),
        rows=tuple(reversed(rows)),
        note=f"Chaque chiffre est à {margin(widest)} près au plus. {_NOTE}",
    )


def _cell(line: Line, place: int) -> str:
    return line.absent.get(line.months[place]) or rate_or_not(line.values[place])


def make_subjects(published: Published, month: date) -> Section | None:
    """Return the forty subjects of a month beside those of the year before; None when not published."""
    now = published.table("C1", month)
    if not now:
        return None
    then = reference_of(published, "C1", month)
    before = published.table("C1", then) if then else {}
    ways = {one.name: one.way for one in subject_gaps(published, month)}
    named = month_in_words(then) if then else "Un an avant"
    widest = next(iter(now.values())).margin
    return Section(
        slug="sujets",
        title="Les sujets du mois",
        intro=(
            "Foyers ayant écrit au moins une fois sur le sujet. Un écart n'est dit que s'il dépasse nettement le "
            "hasard et la marge. Les sujets sont dans l'ordre de la liste commune, pas du plus grand au plus petit."
        ),
        tables=(
            Table(
                slug="sujets",
                caption=f"Foyers ayant écrit sur chaque sujet en {month_in_words(month)}",
                heads=("Sujet", "Thème", month_in_words(month).capitalize(), named.capitalize(), "Écart"),
                rows=tuple(
                    (
                        one.label,
                        FAMILIES[one.family],
                        count(now.get(code)),
                        count(before.get(code)) if before else ABSENT,
                        ways.get(code, UNKNOWN),
                    )
                    for code, one in categories().items()
                ),
                note=f"Chaque nombre est à {whole(widest)} foyers près. {_NOTE_ON_SUBJECTS}",
            ),
        ),
        errata=errata_of(published, "C1"),
    )

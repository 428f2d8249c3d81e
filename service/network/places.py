"""By moment of a tenant's life, and by type of area."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from service.bars import Length, draw_bars
from service.charts import Scale
from service.domain.areas import AREAS
from service.domain.estimates import Estimate, rate, total
from service.domain.figures import Figure
from service.domain.taxonomy import FAMILIES, categories
from service.journey.dates import month_in_words, quarter_in_words
from service.journey.numbers import tenths, whole
from service.journey.trends.published import Published
from service.network.figures import count, count_and_margin, margin, nice_top, percent, rate_and_margin, rate_or_not
from service.network.sheet import Picture, Section, Table
from service.network.timeline import errata_of, last_of, same_last_year

STAGES: Mapping[str, str] = {
    "candidature": "Demande de logement et mutation",
    "entree": "Entrée dans le logement",
    "vie": "Vie dans le logement",
    "travaux": "Travaux et réhabilitation",
    "depart": "Bail et départ",
}


def make_stages(published: Published) -> Section | None:
    """Return the subjects of a quarter gathered by moment; None before the first published quarter."""
    quarter = last_of(published, "Q2")
    stages = stages_of(published, quarter) if quarter else {}
    if not quarter or not stages:
        return None
    then = same_last_year(published, "Q2", quarter)
    before = stages_of(published, then) if then else {}
    scale = Scale(nice_top(max(one.noisy for one in stages.values())))
    return Section(
        slug="parcours",
        title="Par moment de la vie de locataire",
        intro=(
            "Chaque sujet est rangé dans un seul moment, même s'il en touche plusieurs : « Bail, entrée, états des "
            "lieux et départ » est compté au départ. À lire comme un ordre de grandeur."
        ),
        pictures=(
            Picture(
                "parcours",
                f"Sujets signalés par moment, {quarter_in_words(quarter)}",
                draw_bars([_length(STAGES[code], one) for code, one in stages.items()], scale),
                _read_stages(stages),
            ),
        ),
        tables=(
            Table(
                slug="parcours",
                caption=f"Sujets signalés par moment, {quarter_in_words(quarter)}",
                heads=("Moment", "Sujets signalés", quarter_in_words(then) if then else "Un an avant"),
                rows=tuple(
                    (STAGES[code], count_and_margin(one), count_and_margin(before.get(code)))
                    for code, one in stages.items()
                ),
                note="Un foyer qui écrit sur deux sujets compte deux fois : on compte ici des sujets signalés.",
            ),
        ),
        errata=errata_of(published, "Q2", "Q3"),
    )


def stages_of(published: Published, quarter: date) -> dict[str, Figure]:
    """Return what was reported in a quarter by moment; empty when not published."""
    subjects = published.subjects(quarter)[2]
    known = categories()
    used = {one.stage for one in known.values()}
    return {
        stage: total(figure for code, figure in subjects.items() if code in known and known[code].stage == stage)
        for stage in STAGES
        if stage in used and subjects
    }


def _length(name: str, one: Figure) -> Length:
    value = None if one.value is None else Decimal(one.value)
    return Length(name, value, count(one), Decimal(one.margin))


def _read_stages(stages: Mapping[str, Figure]) -> str:
    whole_, life = total(stages.values()), stages["vie"]
    if not (life.is_shown and whole_.is_shown):
        return "Trop peu de sujets signalés pour comparer les moments."
    part = percent(life.noisy / whole_.noisy)
    if part == percent(1) and any(one.is_shown for stage, one in stages.items() if stage != "vie"):
        part = f"plus de {percent(0.99)}"
    return f"{part[:1].upper()}{part[1:]} des sujets signalés viennent de la vie dans le logement."


def make_areas(published: Published) -> Section | None:
    """Return the families of a month by type of area, for 1,000 dwellings of it; None when not published."""
    month = last_of(published, "AF")
    rows = published.families(month)[1] if month else {}
    if not month or not rows:
        return None
    stock = areas_of(published, month)
    rates = {area: {family: rate(one, stock[area]) for family, one in row.items()} for area, row in rows.items()}
    scale = Scale(
        nice_top(max((one.value + one.margin for row in rates.values() for one in row.values() if one), default=0))
    )
    return Section(
        slug="territoires",
        title="Par type de territoire",
        intro=(
            f"Foyers ayant écrit en {month_in_words(month)}, pour 1\u202f000 logements du même type. Les dessins ont "
            f"la même échelle, de 0 à {scale.in_words(scale.top)}. Un type n'est montré à part que si au moins trois "
            f"bailleurs y ont des logements et qu'aucun n'en a presque tout.{_merged(published, month)}"
        ),
        pictures=tuple(
            Picture(
                f"territoire-{area}",
                f"{AREAS[area]}, {whole(stock[area])} logements",
                draw_bars([_rate(FAMILIES[family], one) for family, one in row.items()], scale),
                _read_area(row),
            )
            for area, row in rates.items()
        ),
        tables=(_area_table(rates, month),),
        errata=errata_of(published, "MF", "AF"),
    )


def areas_of(published: Published, month: date) -> dict[str, int]:
    """Return the public stock of each type of area on the day a month was drawn."""
    return dict(published.snapshots["AF"][month].stock["areas"])


def _merged(published: Published, month: date) -> str:
    merged: Mapping[str, str] = published.snapshots["AF"][month].stock["merged"]
    return "".join(
        f" « {AREAS[area]} » est compté avec « {AREAS[into]} »." for area, into in merged.items() if area != into
    )


def _rate(name: str, one: Estimate | None) -> Length:
    if one is None:
        return Length(name, None, rate_or_not(one))
    return Length(name, Decimal(str(one.value)), tenths(one.value), Decimal(str(one.margin)))


def _read_area(row: Mapping[str, Estimate | None]) -> str:
    seen = [(one.value, family, one) for family, one in row.items() if one]
    if not seen:
        return "Aucun thème n'est assez net pour être montré."
    _, family, one = max(seen)
    return f"On écrit le plus sur « {FAMILIES[family]} » : {tenths(one.value)}, à {margin(one.margin)} près."


def _area_table(rates: Mapping[str, Mapping[str, Estimate | None]], month: date) -> Table:
    areas: Sequence[str] = list(rates)
    return Table(
        slug="territoires",
        caption=f"Foyers ayant écrit sur chaque thème, pour 1\u202f000 logements, {month_in_words(month)}",
        heads=("Thème", *(AREAS[area] for area in areas)),
        rows=tuple(
            (label, *(rate_and_margin(rates[area][family]) for area in areas)) for family, label in FAMILIES.items()
        ),
        note="Un foyer qui écrit sur deux thèmes compte dans chacun : les thèmes ne s'additionnent pas.",
    )

"""What stands above what was to be expected, by subject and month, and by theme and week: the list, and its charts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from service.charts import Chart, Scale, Series, draw, draw_weeks
from service.domain.expected import YEARLY, Spike, band, find_spikes
from service.domain.figures import Figure
from service.domain.products import PRODUCTS
from service.domain.taxonomy import FAMILIES, category_label
from service.domain.usual import History
from service.journey.dates import day_in_words, month_in_words
from service.journey.numbers import whole
from service.journey.trends.published import Published
from service.network.comparing import histories_of
from service.network.figures import nice_top
from service.network.sheet import Picture, Section, Table
from service.network.timeline import calendar, errata_of

_DRAWN = 6  # spikes with a chart; the table has them all
_WEEKS = 26  # on a chart
_WEEK = timedelta(days=7)
_INTRO = (
    "L'attendu vient des mois et des semaines d'avant : le niveau, la saison, la tendance. Un chiffre au-dessus "
    "signale, il n'explique pas."
)
_LIMITS = (
    "Sur des réseaux inventés où rien ne montait, moins d'un chiffre sur mille a été signalé à tort. Une vraie hausse "
    "n'est pas toujours vue la première fois. Avant un an de publication, seules les semaines sont regardées, sans "
    "tenir compte de la saison, et il faut deux semaines de suite : on signale alors plus souvent à tort."
)
_CALM = "Aucun sujet, aucun thème ne dépasse ce que son passé laissait attendre."
_TOO_EARLY = "Il est trop tôt : il faut un an de mois publiés, ou onze semaines, pour savoir ce qui est attendu."


@dataclass(frozen=True)
class Watch:
    """One family of series: where they are read, how their names and periods are said, how they are drawn."""

    product: str
    label: Callable[[str], str]
    period: Callable[[date], str]
    draw: Callable[[Series, Scale, str], Chart]
    shown: int  # periods on a chart


@dataclass(frozen=True)
class Found:
    """One spike with the series it stands in, up to its own period."""

    watch: Watch
    spike: Spike
    periods: Sequence[date]
    history: History
    sigma: float


_MONTHS = Watch("C1", category_label, lambda month: f"en {month_in_words(month)}", draw, 25)
_BY_WEEK = Watch(
    "WK",
    lambda family: f"{FAMILIES[family]} (thème)",
    lambda day: f"la semaine du {day_in_words(day)}",
    draw_weeks,
    _WEEKS,
)


def make_spikes(published: Published, month: date) -> Section:
    """Return what stands above the expected in a month and in the weeks that end in it."""
    found = [*_by_month(published, month), *_by_week(published, month)]
    return Section(
        slug="pics",
        title="Au-dessus de l'attendu",
        intro=_INTRO,
        sentences=() if found else (_CALM if _can_judge(published) else _TOO_EARLY, _LIMITS),
        pictures=tuple(_picture(one) for one in found[:_DRAWN]),
        tables=(_table(found),) if found else (),
        errata=errata_of(published, "C1", "WK"),
    )


def _can_judge(published: Published) -> bool:
    return len(published.months) > YEARLY["month"] or len(published.periods("WK")) > 11  # noqa: PLR2004  See EARS C2.


def _by_month(published: Published, month: date) -> list[Found]:
    periods = [one for one in calendar(published, "C1") if one <= month]
    return _found(published, _MONTHS, periods) if periods and periods[-1] == month else []


def _by_week(published: Published, month: date) -> list[Found]:
    """Return the latest spike of each theme in the weeks that end in a month."""
    periods, latest = calendar(published, "WK"), dict[str, Found]()
    for place, monday in enumerate(periods, start=1):
        if monday + _WEEK > month:
            latest |= {one.spike.name: one for one in _found(published, _BY_WEEK, periods[:place])}
    return list(latest.values())


def _found(published: Published, watch: Watch, periods: Sequence[date]) -> list[Found]:
    histories = histories_of(published, watch.product, periods)
    sigma, season = PRODUCTS[watch.product].sigma, YEARLY[PRODUCTS[watch.product].length]
    latest = published.table(watch.product, periods[-1])
    sigma = next((one.sigma for one in latest.values()), sigma)
    return [
        Found(watch, spike, periods, histories[spike.name], sigma)
        for spike in find_spikes(histories, sigma, season)
        if latest[spike.name].is_shown
    ]


def _reading(one: Found) -> str:
    judged, watch = one.spike.judgement, one.watch
    said = (
        f"{whole(judged.value)} foyers {watch.period(one.periods[-1])}, à {_near(one)} près : au-dessus de l'attendu "
        f"(entre {whole(judged.least)} et {whole(judged.most)})"
    )
    if one.spike.periods == 1:
        return f"{said}, pour la première fois."
    return f"{said}, depuis {_since(one)}."


def _since(one: Found) -> str:
    first = one.periods[-one.spike.periods]
    return one.watch.period(first).removeprefix("en ")


def _near(one: Found) -> str:
    return whole(Figure(0, one.sigma).margin)


def _picture(one: Found) -> Picture:
    shown = one.watch.shown
    season = YEARLY[PRODUCTS[one.watch.product].length]
    expected = band(one.history, one.sigma, season, one.spike.usual, one.spike.left_out)[-shown:]
    values = [None if value is None else Decimal(str(max(0.0, value))) for value in one.history[-shown:]]
    bounds = [pair and (Decimal(str(pair[0])), Decimal(str(pair[1]))) for pair in expected]
    highest = max([value for value in values if value] + [pair[1] for pair in bounds if pair])
    series = Series(
        list(one.periods)[-shown:],
        values,
        [False] * len(values),
        bounds,
        [place >= len(values) - one.spike.periods for place in range(len(values))],
    )
    chart = one.watch.draw(series, Scale(nice_top(float(highest))), whole(one.spike.judgement.value))
    slug = f"pic-{one.watch.product}-{one.spike.name}".lower().replace("_", "-")
    return Picture(slug, one.watch.label(one.spike.name), chart, _reading(one))


def _table(found: Sequence[Found]) -> Table:
    return Table(
        slug="pics",
        caption="Ce qui dépasse l'attendu, du moins explicable par le hasard au plus explicable",
        heads=("Sujet ou thème", "Quand", "Foyers", "Attendu", "Depuis"),
        rows=tuple(
            (
                one.watch.label(one.spike.name),
                one.watch.period(one.periods[-1]).removeprefix("en "),
                f"{whole(one.spike.judgement.value)} ± {_near(one)}",
                f"entre {whole(one.spike.judgement.least)} et {whole(one.spike.judgement.most)}",
                _since(one),
            )
            for one in found
        ),
        note=f"La bande des dessins est ce qui était attendu. Un triangle marque ce qui est au-dessus. {_LIMITS}",
    )
